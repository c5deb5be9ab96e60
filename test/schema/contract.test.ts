// What the checker says of a contract, against the validator and against values: for every schema, not for chosen ones.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closeObjects } from '../../src/schema/close-objects.ts';
import { compileValidator } from '../../src/schema/compile-validator.ts';
import { checkContract } from '../../src/schema/contract/check-contract.ts';
import { explain } from '../../src/schema/explain.ts';
import { fillDefaults } from '../../src/schema/fill-defaults.ts';
import { readPointer } from '../../src/schema/json-pointer.ts';
import type { Json, JsonSchema } from '../../src/schema/json-schema.ts';
import { resolveSchema } from '../../src/schema/resolve-schema.ts';
import type { SchemaProblem } from '../../src/schema/schema-problem.ts';
import { readSchema } from '../../src/schema/subset/read-schema.ts';
import { contract, sample } from './arbitrary-schema.ts';

function look(schema: JsonSchema): {
  readonly errors: readonly SchemaProblem[];
  readonly closed: JsonSchema;
} {
  const { problems, sound } = readSchema(schema);
  const resolved = resolveSchema(sound, () => undefined);
  const all = [...problems, ...resolved.problems, ...checkContract(resolved.schema)];
  const errors = all.filter(({ severity }) => severity === undefined || severity === 'error');
  return { errors, closed: closeObjects(resolved.schema) };
}

// More by command: npm run fuzz:contracts. Every run has the same schemas here, and others there.
const { RUNS: runs } = process.env;
const extent = runs === undefined ? { numRuns: 600, seed: 20_261_125 } : { numRuns: Number(runs) };

test('a contract without errors has a value, and the validator takes it with all defaults filled', () => {
  let clean = 0;
  fc.assert(
    fc.property(contract, (schema) => {
      const { errors, closed } = look(schema);
      if (errors.length > 0) return;
      clean += 1;
      const value = sample(closed, closed);
      expect(value, JSON.stringify(closed)).toBeDefined();
      const checked = compileValidator(closed)(value);
      expect(checked.ok ? [] : checked.violations, JSON.stringify({ closed, value })).toEqual([]);
    }),
    extent,
  );
  expect(clean).toBeGreaterThan(80);
});

test('a contract that has no value has an error', () => {
  fc.assert(
    fc.property(contract, fc.integer({ min: 0, max: 7 }), (schema, choice) => {
      const nothing = impossible[choice] ?? {};
      const wrapped = { ...schema, properties: { root: nothing } };
      const { errors } = look(wrapped);
      expect(errors.map(({ code }) => code)).toContain('schema/contradiction');
    }),
    { numRuns: 100 },
  );
});

const impossible: readonly JsonSchema[] = [
  { type: 'string', minLength: 5, maxLength: 3 },
  { type: 'string', pattern: '^[A-Z]{3}$', maxLength: 2 },
  { type: 'string', format: 'uuid', maxLength: 20 },
  { type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 },
  { type: 'number', multipleOf: 7, minimum: 1, maximum: 6 },
  { type: 'string', enum: [1, true] },
  { type: 'array', uniqueItems: true, minItems: 3, items: { type: 'boolean' } },
  { type: 'object', minProperties: 2, properties: { a: { type: 'null' } } },
];

test('the account of a value agrees with the verdict on it', () => {
  fc.assert(
    fc.property(contract, fc.jsonValue({ maxDepth: 3 }), fc.nat(), (schema, other, seed) => {
      const { errors, closed } = look(schema);
      fc.pre(errors.length === 0);
      const validate = compileValidator(closed);
      const good = sample(closed, closed);
      for (const value of [{ root: other }, other, mutate(good ?? null, seed)]) {
        const checked = validate(value);
        const filled = structuredClone(value) as Json;
        fillDefaults(closed, filled);
        const account = explain(closed, filled);
        expect(account.length === 0, JSON.stringify({ closed, value, account })).toBe(checked.ok);
      }
    }),
    { numRuns: 150 },
  );
});

/** The value with one place of it changed. */
function mutate(value: Json, seed: number): Json {
  const others: readonly Json[] = [null, 'z', 7, true, [], {}, 'EUR'];
  if (typeof value !== 'object' || value === null) return others[seed % others.length] ?? null;
  const keys = Object.keys(value);
  const key = keys[seed % Math.max(1, keys.length)];
  if (key === undefined) return { extra: 1 };
  const next = Math.floor(seed / Math.max(1, keys.length));
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? mutate(item, next) : item) as Json);
  const members = Object.entries(value).map(([name, inner]) => [
    name,
    name === key ? mutate(inner as Json, next) : inner,
  ]);
  return Object.fromEntries(members) as Json;
}

test('whatever JSON is read as a schema, nothing throws and every place is there', () => {
  const words = [
    'type',
    'properties',
    'items',
    'enum',
    '$ref',
    '$defs',
    'anyOf',
    'default',
    'required',
    'pattern',
    'not',
    'x-trust',
    '__proto__',
    'const',
    'minLength',
  ];
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<unknown>(
        'string',
        'object',
        '#/$defs/a',
        '^(a+)+$',
        'schema:x',
        3,
        -1,
        true,
        null,
        '(',
        '',
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...words), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(value, (schema) => {
      const { problems, sound } = readSchema(schema);
      const resolved = resolveSchema(sound, () => undefined);
      for (const { pointer } of problems) expect(readPointer(schema, pointer), pointer).toBeDefined();
      checkContract(resolved.schema);
      if (problems.length === 0 && resolved.problems.length === 0)
        compileValidator(closeObjects(resolved.schema));
    }),
    { numRuns: 600 },
  );
});
