// References: every way in which people write one, what is said of those that lead nowhere, and what is written instead.
import { describe, expect, test } from 'vitest';
import { resolveSchema } from '../../src/schema/resolve-schema.ts';
import type { JsonSchema } from '../../src/schema/json-schema.ts';

const documents: { readonly [name: string]: JsonSchema } = {
  common: {
    $defs: {
      Locale: { type: 'string' },
      Money: { type: 'object', properties: { in: { $ref: '#/$defs/Locale' } } },
    },
  },
  invoice: { type: 'object', properties: { total: { $ref: 'schema:common#/$defs/Money' } } },
};

function resolve(
  reference: unknown,
  own: JsonSchema = { Size: { type: 'string' } },
): ReturnType<typeof resolveSchema> {
  const schema = { type: 'object', properties: { a: { $ref: reference } }, $defs: own };
  return resolveSchema(
    schema,
    (name) => {
      const document = documents[name.replace('schema:', '')];
      return document && { schema: document, name: name.replace('schema:', '') };
    },
    (name) => Object.keys(documents).filter((each) => each.startsWith(name.slice(0, 4))),
  );
}

test.each(['#/$defs/Size', 'schema:common#/$defs/Locale', 'schema:common#/$defs/Money', 'schema:invoice'])(
  '%s is found',
  (reference) => {
    const { problems, isComplete } = resolve(reference);
    expect(problems).toEqual([]);
    expect(isComplete).toBe(true);
  },
);

test('what a shared schema uses comes with it, and is known to come from there', () => {
  const { schema, imports } = resolve('schema:invoice');
  expect(Object.keys(schema['$defs'] as object)).toEqual(['Size', 'Invoice', 'Money', 'Locale']);
  expect(imports.get('Invoice')).toEqual({ document: 'schema:invoice', pointer: '' });
  expect(imports.get('Locale')).toEqual({ document: 'schema:common', pointer: '/$defs/Locale' });
});

describe('what is written instead', () => {
  const meant: readonly (readonly [written: string, code: string, replacement: string])[] = [
    ['#/$defs/Siz', 'unresolved-ref', '#/$defs/Size'],
    ['#Size', 'unresolved-ref', '#/$defs/Size'],
    ['#/Size', 'unresolved-ref', '#/$defs/Size'],
    ['#/definitions/Size', 'unresolved-ref', '#/$defs/Size'],
    ['#/components/schemas/Size', 'unresolved-ref', '#/$defs/Size'],
    ['Size', 'unresolved-ref', '#/$defs/Size'],
    ['schema:common#/$defs/locale', 'unresolved-ref', 'schema:common#/$defs/Locale'],
    ['schema:common#Locale', 'unresolved-ref', 'schema:common#/$defs/Locale'],
    ['schema:commn#/$defs/Locale', 'unresolved-ref', 'schema:common#/$defs/Locale'],
    ['schema:common.schema.yaml#/$defs/Locale', 'unresolved-ref', 'schema:common#/$defs/Locale'],
    ['schema:shared/common#/$defs/Locale', 'unresolved-ref', 'schema:common#/$defs/Locale'],
    ['common#/$defs/Locale', 'unresolved-ref', 'schema:common#/$defs/Locale'],
    ['common', 'unresolved-ref', 'schema:common'],
    ['./common.yaml#/$defs/Locale', 'path-ref', 'schema:common#/$defs/Locale'],
    ['../schemas/invoice.schema.yaml', 'path-ref', 'schema:invoice'],
    ['..\\schemas\\common.schema.json#/definitions/Locale', 'path-ref', 'schema:common#/$defs/Locale'],
  ];
  test.each(meant)('%s', (written, code, replacement) => {
    const [problem, ...others] = resolve(written).problems;
    expect(others).toEqual([]);
    expect(problem?.code).toBe(`schema/${code}`);
    expect(problem?.pointer).toBe('/properties/a/$ref');
    expect(problem?.fixes).toMatchObject([{ safety: 'safe', edits: [{ value: replacement }] }]);
  });
});

describe('what cannot be known', () => {
  const unknown: readonly (readonly [written: unknown, code: string, help: RegExp])[] = [
    ['https://example.org/schema.json', 'remote-ref', /copy the schema/],
    ['//example.org/schema.json', 'remote-ref', /copy the schema/],
    ['file:///etc/passwd', 'remote-ref', /copy the schema/],
    ['urn:example:schema', 'remote-ref', /copy the schema/],
    ['/etc/passwd', 'path-ref', /copy the schema/],
    ['../../outside.yaml', 'path-ref', /copy the schema/],
    ['#/$defs/Weight', 'unresolved-ref', /this schema defines Size/],
    ['#/properties/a', 'unresolved-ref', /under `\$defs`/],
    ['#/$defs/Size/properties/x', 'unresolved-ref', /this schema defines Size/],
    ['#', 'unresolved-ref', /under `\$defs`/],
    ['', 'unresolved-ref', /under `\$defs`/],
    ['schema:', 'unresolved-ref', /./],
    ['schema:nothing', 'unresolved-ref', /schemas\/nothing\.schema\.yaml/],
    ['schema:common#/$defs/Currency', 'unresolved-ref', /schema:common defines Locale, Money/],
    [7, 'unresolved-ref', /in quotes/],
    [null, 'unresolved-ref', /in quotes/],
  ];
  test.each(unknown)('%s', (written, code, help) => {
    const { problems, isComplete } = resolve(written);
    expect(problems).toMatchObject([{ code: `schema/${code}` }]);
    expect(problems[0]?.help).toMatch(help);
    expect(problems[0]?.fixes).toBeUndefined();
    expect(isComplete).toBe(false);
  });
});
