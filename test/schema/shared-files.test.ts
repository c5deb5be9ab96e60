// Shared schema files in a project: what is wrong in one is said once, there, however many capabilities use it.
import { expect, test } from 'vitest';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { applyFixes } from '../../src/diagnostics/apply-fixes.ts';
import type { Diagnostic, Source } from '../../src/diagnostics/diagnostic.ts';

const project: Source = {
  path: 'capstan.yaml',
  text: 'apiVersion: capstan/v1\nkind: Project\nmetadata: { name: sample }\nproviders: { simulator: { adapter: simulator } }\n',
};

function capability(name: string, reference: string, where: 'input' | 'output' = 'input'): Source {
  const value = `{ type: object, required: [value], properties: { value: { $ref: "${reference}", description: One. } } }`;
  const [input, output] =
    where === 'input' ? [value, '{ type: string }'] : ['{ type: object, properties: {} }', value];
  return {
    path: `capabilities/${name}.cap.yaml`,
    text: `apiVersion: capstan/v1\nkind: Capability\nmetadata: { name: ${name}, version: 1.0.0, owner: team, description: Shows what a shared schema does. }\ninput: ${input}\noutput: ${output}\nprompt: [{ role: user, content: "{{json this}}" }]\n`,
  };
}

function shared(text: string, name = 'shop'): Source {
  return { path: `schemas/${name}.schema.yaml`, text };
}

function look(...sources: readonly Source[]): {
  readonly told: readonly string[];
  readonly served: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const { diagnostics, snapshot } = compileSources([project, ...sources]);
  return {
    told: diagnostics.map(({ code, span }) => `${span.path} ${code}`),
    served: Object.keys(snapshot?.capabilities ?? {}),
    diagnostics,
  };
}

const two = [capability('one', 'schema:shop#/$defs/Size'), capability('two', 'schema:shop#/$defs/Size')];

test.each([
  ['a misspelt keyword', 'Size: { type: string, maxLenght: 9, maxLength: 9 }', 'unknown-keyword'],
  ['a contradiction', 'Size: { type: string, minLength: 9, maxLength: 3 }', 'contradiction'],
  ['a pattern that is none', 'Size: { type: string, maxLength: 3, pattern: "(" }', 'bad-pattern'],
  [
    'a reference that leads nowhere',
    'Size: { type: object, properties: { a: { $ref: "#/$defs/B" } } }',
    'unresolved-ref',
  ],
  [
    'a default that does not fit',
    'Size: { type: object, properties: { a: { type: integer, default: x } } }',
    'default-mismatch',
  ],
  [
    'a definition without end',
    'Size: { type: object, required: [a], properties: { a: { $ref: "#/$defs/Size" } } }',
    'endless-recursion',
  ],
])('%s is said in the file, and who uses it is left out', (_what, definition, code) => {
  const { told, served } = look(shared(`$defs:\n  ${definition}\n`), ...two);
  expect(told).toEqual([`schemas/shop.schema.yaml schema/${code}`]);
  expect(served).toEqual([]);
});

test('a mistake in one definition does not keep back who uses another', () => {
  const file = shared('$defs:\n  Size: { type: strng }\n  Color: { type: string, enum: [red] }\n');
  const { served } = look(file, ...two, capability('three', 'schema:shop#/$defs/Color'));
  expect(served).toEqual(['three@1']);
});

test('a text without a limit is said once for all inputs that have it, and not for outputs', () => {
  const file = shared('$defs:\n  Size: { type: string }\n');
  expect(look(file, ...two).told).toEqual(['schemas/shop.schema.yaml schema/unbounded-text']);
  expect(look(file, capability('one', 'schema:shop#/$defs/Size', 'output')).told).toEqual([]);
});

test('an output property that may be missing is said in the shared file, where it can be mended', () => {
  const file = shared(
    '$defs:\n  Size:\n    type: object\n    properties:\n      label: { type: string, description: The label. }\n',
  );
  const { told, diagnostics } = look(file, capability('one', 'schema:shop#/$defs/Size', 'output'));
  expect(told).toEqual(['schemas/shop.schema.yaml schema/optional-output']);
  const [fix] = diagnostics[0]?.fixes ?? [];
  const taken = {
    ...diagnostics[0],
    fixes: fix === undefined ? [] : [{ ...fix, safety: 'safe' as const }],
  } as Diagnostic;
  const { sources } = applyFixes([file], [taken]);
  expect(sources[0]?.text).toBe(
    '$defs:\n  Size:\n    type: object\n    required: [label]\n    properties:\n      label: { type: [string, "null"], description: The label. }\n',
  );
});

test('a whole file may be the input of a capability', () => {
  const file = shared('type: object\nproperties:\n  a: { type: string }\n', 'request');
  const one = { ...two[0]!, text: two[0]!.text.replace(/input: .*/, 'input: { $ref: schema:request }') };
  const { told, served } = look(file, one);
  expect(told).toEqual(['schemas/request.schema.yaml schema/unbounded-text']);
  expect(served).toEqual(['one@1']);
});

test('a file that cannot be read is told once; who uses it is not told that it is not there', () => {
  const { told, served } = look(shared('$defs: [\n'), ...two);
  expect(told.map((each) => each.split(' ')[0])).toEqual(['schemas/shop.schema.yaml']);
  expect(served).toEqual([]);
});

test('definitions that refer to other files are known to be used', () => {
  const base = shared('$defs:\n  Letter: { type: string, enum: [s, m, l] }\n', 'base');
  const file = shared(
    '$defs:\n  Size: { type: array, maxItems: 3, items: { $ref: schema:base#/$defs/Letter } }\n',
  );
  expect(look(base, file, ...two).told).toEqual([]);
});

test('nothing is called unused while a capability cannot be read', () => {
  const file = shared('$defs:\n  Size: { type: string, enum: [s] }\n');
  expect(look(file).told).toEqual(['schemas/shop.schema.yaml schema/unused-definition']);
  const broken = { ...two[0]!, text: 'apiVersion: capstan/v1\nkind: Capability\n' };
  expect(look(file, broken).told).not.toContain('schemas/shop.schema.yaml schema/unused-definition');
});
