// The strict form of a contract: it keeps to the rules of strict modes, takes every value of the contract, and gives back
// the same value.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/schema/canonical-json.ts';
import { compileValidator } from '../../src/schema/compile-validator.ts';
import { isRecord } from '../../src/schema/json-schema.ts';
import type { JsonSchema } from '../../src/schema/json-schema.ts';
import { typesOf } from '../../src/schema/select-branch.ts';
import { toContractForm, toStrictForm } from '../../src/schema/strict-form.ts';
import { subschemasOf } from '../../src/schema/subschemas.ts';
import { contracts } from '../support/arbitrary-contract.ts';
import { strictValue } from '../support/strict-value.ts';

const closed = (properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
  additionalProperties: false,
});
const text: JsonSchema = { type: 'string' };

test('every value of a contract has a strict form that the strict schema takes, and comes back as it was', () => {
  fc.assert(
    fc.property(contracts(), ({ schema, value }) => {
      const form = toStrictForm(schema);
      fc.pre(form !== undefined);
      const strict = strictValue(schema, value);
      expect(compileValidator(form.schema)(strict), JSON.stringify(form.schema)).toMatchObject({ ok: true });
      expect(canonicalJson(form.restore(strict))).toBe(canonicalJson(value));
      expect(compileValidator(schema)(form.restore(strict)).ok).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('contracts of fixed shape have a strict form, always; it breaks no rule of strict modes', () => {
  fc.assert(
    fc.property(contracts(), ({ schema }) => {
      const form = toStrictForm(schema);
      expect(form, JSON.stringify(schema)).toBeDefined();
      expect(brokenRules(form?.schema ?? {}, true)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('the contract form takes every value of every contract, and reads it without its wrapper as well', () => {
  fc.assert(
    fc.property(contracts({ open: true }), ({ schema, value }) => {
      const form = toContractForm(schema);
      const asked = form.wrapper === undefined ? value : { [form.wrapper]: value };
      expect(compileValidator(form.schema)(asked).ok).toBe(true);
      expect(canonicalJson(form.restore(asked))).toBe(canonicalJson(value));
      if (!isRecord(value)) expect(canonicalJson(form.restore(value))).toBe(canonicalJson(value));
    }),
  );
});

test('what may be absent is required and nullable; what may be absent or null is boxed', () => {
  const form = toStrictForm(
    closed({ a: text, b: text, c: { type: ['string', 'null'], description: 'C' } }, ['a']),
  );
  expect(form?.schema).toEqual({
    type: 'object',
    properties: {
      a: { type: 'string' },
      b: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      c: {
        description: 'C',
        anyOf: [
          {
            type: 'object',
            properties: { value: { type: ['string', 'null'] } },
            required: ['value'],
            additionalProperties: false,
          },
          { type: 'null' },
        ],
      },
    },
    required: ['a', 'b', 'c'],
    additionalProperties: false,
  });
  expect(form?.restore({ a: 'x', b: null, c: null })).toEqual({ a: 'x' });
  expect(form?.restore({ a: 'x', b: 'y', c: { value: null } })).toEqual({ a: 'x', b: 'y', c: null });
  expect(form?.restore({ a: 'x', b: 'y', c: 'unboxed' })).toEqual({ a: 'x', b: 'y', c: 'unboxed' });
});

test('keywords that strict modes do not know are left out, and texts stay beside references', () => {
  const word = { type: 'string', enum: ['a'] };
  const schema = {
    ...closed(
      {
        word: { $ref: '#/$defs/Word', description: 'One word.' },
        link: { type: 'string', format: 'uri', minLength: 3, default: 'x' },
        code: { type: 'string', pattern: '^[A-Z]{3}$', format: 'date' },
        hard: { type: 'string', pattern: '^(?!x)' },
        tags: { type: 'array', items: { const: 'v1' }, minItems: 1, uniqueItems: true },
      },
      ['word', 'link', 'code', 'hard', 'tags'],
    ),
    $defs: { Word: word },
  };
  const form = toStrictForm(schema);
  expect(form?.schema['properties']).toEqual({
    word: { description: 'One word.', anyOf: [{ $ref: '#/$defs/Word' }] },
    link: { type: 'string' },
    code: { type: 'string', pattern: '^[A-Z]{3}$', format: 'date' },
    hard: { type: 'string' },
    tags: { type: 'array', items: { type: 'string', enum: ['v1'] }, minItems: 1 },
  });
  expect(form?.schema['$defs']).toEqual({ Word: word });
});

test.each<[string, JsonSchema]>([
  ['free names', { type: 'object', additionalProperties: text }],
  ['any value', closed({ a: {} })],
  ['a list of anything', closed({ a: { type: 'array' } })],
  ['an open object', { type: 'object', properties: { a: text } }],
  [
    'two lists in one union',
    {
      anyOf: [
        { type: 'array', items: closed({ a: text }) },
        { type: 'array', items: text },
      ],
    },
  ],
  ['objects without a tag', { anyOf: [closed({ a: text }), closed({ b: text })] }],
  ['listed objects', { enum: [{ a: 1 }] }],
  [
    'a reference with more beside it',
    { anyOf: [{ $ref: '#/$defs/A', required: ['a'] }], $defs: { A: closed({ a: text }) } },
  ],
  [
    'more properties than providers take',
    closed(Object.fromEntries(Array.from({ length: 5_001 }, (_, index) => [`p${index}`, text]))),
  ],
  [
    'more listed values than providers take',
    { type: 'string', enum: Array.from({ length: 1_001 }, (_, index) => `w${index}`) },
  ],
  [
    'deeper than providers take',
    Array.from({ length: 11 }).reduce<JsonSchema>((inner) => closed({ a: inner }), text),
  ],
])('%s: no strict mode can enforce it', (_name, schema) => {
  expect(toStrictForm(schema)).toBeUndefined();
});

const allowed = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'anyOf', '$ref', '$defs'],
  ...[
    'title',
    'description',
    'pattern',
    'format',
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'exclusiveMaximum',
  ],
  ...['multipleOf', 'minItems', 'maxItems'],
]);

/** The published rules of strict structured outputs, as far as one schema shows them. */
function brokenRules(schema: JsonSchema, isRoot: boolean): string[] {
  const broken = Object.keys(schema)
    .filter((keyword) => !allowed.has(keyword))
    .map((keyword) => `keyword ${keyword}`);
  const { type, properties, required, anyOf, $ref } = schema;
  if (isRoot && (type !== 'object' || anyOf !== undefined)) broken.push('the root is no object');
  if (type === undefined && anyOf === undefined && $ref === undefined) broken.push('no type');
  if ($ref !== undefined && Object.keys(schema).length > 1) broken.push('something beside $ref');
  if (typesOf(schema)?.has('object') === true) {
    if (schema['additionalProperties'] !== false) broken.push('an open object');
    const names = Object.keys((properties ?? {}) as object);
    const isComplete =
      Array.isArray(required) && names.every((name) => (required as string[]).includes(name));
    if (!isComplete) broken.push('an optional property');
  }
  if (typesOf(schema)?.has('array') === true && schema['items'] === undefined)
    broken.push('a list of anything');
  return [...broken, ...subschemasOf(schema).flatMap(({ schema: inner }) => brokenRules(inner, false))];
}
