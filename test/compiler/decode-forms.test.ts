// Every pattern of the DSL's schemas has words of its own: an author never reads a regular expression.
import { expect, test } from 'vitest';
import capabilitySchema from '../../schemas/capability.schema.json' with { type: 'json' };
import projectSchema from '../../schemas/project.schema.json' with { type: 'json' };
import { isDiagnosticCode } from '../../src/compiler/codes.ts';
import { completeVersion, formNamed } from '../../src/compiler/decode/forms.ts';

/** The names of the definitions and properties that hold a pattern or a format. */
function namesOfForms(schema: unknown, name: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'pattern' in schema || 'format' in schema ? [name] : [];
  const inner = Object.entries(schema).flatMap(([key, value]) =>
    key === 'examples'
      ? []
      : namesOfForms(
          value,
          /^(properties|\$defs|propertyNames|items|additionalProperties)$/.test(key) ? name : key,
        ),
  );
  return [...own, ...inner];
}

const names = [...namesOfForms(capabilitySchema, ''), ...namesOfForms(projectSchema, '')];

test('the schemas have patterns', () => {
  expect(names.length).toBeGreaterThan(10);
});

test.each([...new Set(names)])('%s has words', (name) => {
  const form = formNamed(name);
  expect(form, `add "${name}" to src/compiler/decode/forms.ts`).toBeDefined();
  expect(isDiagnosticCode(form?.code ?? '')).toBe(true);
});

test.each([
  ['1', '1.0.0'],
  ['1.10', '1.10.0'],
  ['v2', '2.0.0'],
  ['V2.3', '2.3.0'],
  ['01.2.3', '1.2.3'],
  ['1.2-beta.1', '1.2.0-beta.1'],
  ['1.2.3.4', undefined],
  ['latest', undefined],
  ['', undefined],
])('the version %j is meant as %j', (written, version) => {
  expect(completeVersion(written)).toBe(version);
});
