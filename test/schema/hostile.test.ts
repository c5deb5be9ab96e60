// Large schemas in shapes that a careless checker would take hours for. Each must be answered within the time that any test
// has; what is linear takes a fraction of a second.
import { expect, test } from 'vitest';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { closeObjects } from '../../src/schema/close-objects.ts';
import { checkContract } from '../../src/schema/contract/check-contract.ts';
import type { JsonSchema } from '../../src/schema/json-schema.ts';
import { resolveSchema } from '../../src/schema/resolve-schema.ts';
import { readSchema } from '../../src/schema/subset/read-schema.ts';

function look(schema: JsonSchema): readonly string[] {
  const { problems, sound } = readSchema(schema);
  const resolved = resolveSchema(sound, () => undefined);
  const meaning = checkContract(resolved.schema);
  closeObjects(resolved.schema);
  return [...problems, ...resolved.problems, ...meaning].map(({ code }) => code);
}

const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

function properties(count: number, make: (index: number) => unknown): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(list(count, (index) => [`property${index}`, make(index)])),
  };
}

/** Definitions D0 … Dn, each made of the next one; the last is a leaf, or leads back. */
function chain(
  count: number,
  make: (next: JsonSchema) => unknown,
  last: unknown = { type: 'null' },
): JsonSchema {
  const definitions = list(count, (index) => [`D${index}`, make({ $ref: `#/$defs/D${index + 1}` })]);
  return { $defs: Object.fromEntries([...definitions, [`D${count}`, last]]) };
}

const twice = (next: JsonSchema): JsonSchema => ({
  type: 'object',
  required: ['a', 'b'],
  properties: { a: next, b: next },
});
const first = { $ref: '#/$defs/D0' };
const tagged = (tag: number): JsonSchema => ({
  type: 'object',
  required: ['k'],
  properties: { k: { const: tag } },
});

const shapes: readonly (readonly [what: string, schema: JsonSchema, codes: readonly string[]])[] = [
  ['properties', properties(6_000, (index) => ({ type: 'string', maxLength: index })), []],
  [
    'misspelt keywords',
    Object.fromEntries(list(6_000, (index) => [`propertees${index}`, {}])),
    ['unknown-keyword'],
  ],
  ['misspelt types', properties(6_000, () => ({ type: 'strng' })), ['unknown-type']],
  [
    'required names that are near to others',
    {
      ...properties(6_000, () => ({ type: 'null' })),
      required: list(6_000, (index) => `propertie${index}`),
    },
    ['required-unknown'],
  ],
  [
    'a name that is required again and again',
    { ...properties(1, () => ({ type: 'null' })), required: list(30_000, () => 'property0') },
    ['duplicate-value'],
  ],
  ['flags on properties', properties(6_000, () => ({ type: 'integer', required: true })), ['required-flag']],
  ['a huge enum', { type: 'string', enum: list(30_000, (index) => `v${index}`) }, []],
  [
    'a huge enum of the wrong type',
    { type: 'integer', enum: list(30_000, (index) => `v${index}`) },
    ['contradiction'],
  ],
  [
    'a huge enum with a default',
    { type: 'object', properties: { a: { enum: list(30_000, (index) => `v${index}`), default: 1 } } },
    ['default-mismatch'],
  ],
  ['branches with tags', { oneOf: list(2_500, tagged) }, []],
  ['branches with one tag', { oneOf: list(2_500, () => tagged(1)) }, ['overlapping-branches']],
  ['branches that list values', { anyOf: list(6_000, (index) => ({ const: index })) }, []],
  [
    'references that lead nowhere',
    {
      $defs: Object.fromEntries(
        list(6_000, (index) => [`Definition${index}`, { $ref: `#/$defs/Definitoin${index}` }]),
      ),
    },
    ['unresolved-ref'],
  ],
  ['a chain of references', chain(2_500, (next) => next), []],
  ['a circle of references', chain(2_500, (next) => next, first), ['endless-recursion']],
  ['many ways into a circle', chain(2_500, (next) => next, { $ref: '#/$defs/D2500' }), ['endless-recursion']],
  ['definitions twice as large as the next one', chain(2_500, twice), []],
  ['definitions twice as large as the next one, around', chain(2_500, twice, first), ['endless-recursion']],
  [
    'lists of different items, twice as many as the next one',
    chain(2_000, (next) => ({ type: 'array', uniqueItems: true, minItems: 2, items: twice(next) })),
    ['contradiction'],
  ],
  [
    'lists of different items from definitions that need it',
    {
      $defs: {
        All: {
          type: 'array',
          uniqueItems: true,
          minItems: 2_500,
          items: { anyOf: list(2_500, (index) => ({ $ref: `#/$defs/D${index}` })) },
        },
        ...Object.fromEntries(
          list(2_500, (index) => [
            `D${index}`,
            index % 2 === 0
              ? { const: index }
              : { type: 'array', minItems: 1, items: { $ref: '#/$defs/All' } },
          ]),
        ),
      },
    },
    ['endless-recursion'],
  ],
  ['unions of unions', chain(1_000, (next) => ({ anyOf: [{ type: 'string' }, next] })), ['no-discriminator']],
  [
    'unions of themselves',
    chain(1_000, (next) => ({ anyOf: [next, next, first] }), first),
    ['endless-recursion'],
  ],
  [
    'defaults in unions',
    chain(2_000, (next) => ({
      type: 'object',
      properties: { a: { anyOf: [next, { type: 'boolean' }], default: true } },
    })),
    [],
  ],
  [
    'patterns',
    properties(500, (index) => ({ type: 'string', maxLength: 99, pattern: `^([a-z]+[0-9]*)*x${index}$` })),
    ['exponential-pattern'],
  ],
  ['a pattern with too many groups', { type: 'string', pattern: '(a?b*)*'.repeat(40_000) }, ['bad-pattern']],
  [
    'a long pattern',
    { type: 'string', maxLength: 9, pattern: `^(?:${list(20_000, (index) => `w${index}`).join('|')})*$` },
    ['slow-pattern'],
  ],
  [
    'counts inside counts',
    { type: 'string', maxLength: 99, pattern: '^((((a{1,999}){1,999}){1,999}){1,999}){1,999}$' },
    ['exponential-pattern'],
  ],
  [
    'a default that is a large list',
    {
      type: 'object',
      properties: {
        a: {
          type: 'array',
          uniqueItems: true,
          items: { type: 'integer', maximum: 0 },
          default: list(90_000, (index) => index),
        },
      },
    },
    ['default-mismatch'],
  ],
  ['a deep value against a recursive union', deepDefault(), ['default-mismatch']],
];

/** Each level could be either branch, as far as the type goes; only the last one is wrong. */
function deepDefault(): JsonSchema {
  let value: unknown = 1;
  for (let depth = 0; depth < 60; depth += 1) value = { kind: depth % 2 === 0 ? 'a' : 'b', next: value };
  const branch = (kind: string): JsonSchema => ({
    type: 'object',
    required: ['kind', 'next'],
    properties: { kind: { const: kind }, next: { $ref: '#/$defs/Node' } },
  });
  return {
    type: 'object',
    properties: { root: { $ref: '#/$defs/Node', default: value } },
    $defs: { Node: { anyOf: [branch('a'), branch('b'), { type: 'null' }] } },
  };
}

test.each(shapes)('%s', (_what, schema, codes) => {
  expect([...new Set(look(schema))]).toEqual(codes.map((code) => `schema/${code}`));
});

test('a fix for each of very many items', () => {
  const text = `type: object\nproperties: { a: { type: integer } }\nrequired:\n${'- a\n'.repeat(10_000)}`;
  const project =
    'apiVersion: capstan/v1\nkind: Project\nmetadata: { name: sample }\nproviders: { simulator: { adapter: simulator } }\n';
  const { diagnostics } = compileSources([
    { path: 'schemas/large.schema.yaml', text },
    { path: 'capstan.yaml', text: project },
  ]);
  expect(diagnostics.filter(({ fixes }) => fixes !== undefined).length).toBe(100);
});
