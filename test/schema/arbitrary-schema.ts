// Random schemas of the subset, sound and contradictory ones, and values that fit them.
import fc from 'fast-check';
import { canonicalJson } from '../../src/schema/canonical-json.ts';
import { dereference } from '../../src/schema/dereference.ts';
import { explain } from '../../src/schema/explain.ts';
import { formats } from '../../src/schema/formats.ts';
import type { Json, JsonSchema } from '../../src/schema/json-schema.ts';
import { branchesOf } from '../../src/schema/select-branch.ts';

const names = ['a', 'b', 'constructor', 'ä ö', '1'];
const definitionNames = ['Leaf', 'Node', 'Pair'];

/** Patterns, each with texts that match it. */
export const patterns: { readonly [pattern: string]: readonly string[] } = {
  '^[A-Z]{3}$': ['EUR'],
  '^a+b?$': ['a', 'aaaa', 'aaaaaaaaaaab'],
  x: ['x', 'xxxxxx', 'xxxxxxxxxxxx'],
  '^(?:ab|cd)*$': ['', 'ab', 'abcdab', 'abcdabcdabcd'],
};

const small = fc.integer({ min: 0, max: 6 });
const scalar: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  'a',
  'b',
  'EUR',
  '',
  0,
  1,
  2.5,
  -3,
  true,
  false,
  null,
);

/** Each keyword is there once in four times. */
function some(keywords: { readonly [name: string]: fc.Arbitrary<unknown> }): fc.Arbitrary<JsonSchema> {
  const maybe = Object.entries(keywords).map(([name, value]) => [
    name,
    fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value }),
  ]);
  return fc
    .record(Object.fromEntries(maybe) as typeof keywords)
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
}

const text = some({
  minLength: small,
  maxLength: fc.integer({ min: 0, max: 12 }),
  pattern: fc.constantFrom(...Object.keys(patterns)),
  format: fc.constantFrom('date', 'uuid', 'ipv4'),
}).map(({ format, pattern, ...rest }) => ({
  type: 'string',
  ...rest,
  ...(pattern === undefined ? (format === undefined ? {} : { format }) : { pattern }),
}));

const bound = fc.constantFrom(-2, -0.5, 0, 0.3, 1, 1.5, 4, 7);
const number = fc
  .tuple(
    fc.constantFrom('integer', 'number'),
    some({
      minimum: bound,
      exclusiveMinimum: bound,
      maximum: bound,
      exclusiveMaximum: bound,
      multipleOf: fc.constantFrom(0.5, 1, 3),
    }),
  )
  .map(([type, rest]) => ({ type, ...rest }));

const listed = fc.oneof(
  scalar.map((value) => ({ const: value })),
  fc
    .uniqueArray(scalar, { minLength: 1, maxLength: 3, selector: canonicalJson })
    .map((values) => ({ enum: values })),
  fc
    .tuple(
      fc.constantFrom('string', 'integer', 'boolean'),
      fc.uniqueArray(scalar, { minLength: 1, maxLength: 3, selector: canonicalJson }),
    )
    .map(([type, values]) => ({ type, enum: values })),
);

const { schema } = fc.letrec<{ schema: JsonSchema; list: JsonSchema; object: JsonSchema; union: JsonSchema }>(
  (tie) => ({
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      text,
      number,
      listed,
      fc.constantFrom<JsonSchema>(
        { type: 'boolean' },
        { type: 'null' },
        { type: ['string', 'null'], maxLength: 3 },
      ),
      fc.constantFrom(...definitionNames).map((name) => ({ $ref: `#/$defs/${name}` })),
      tie('list'),
      tie('object'),
      tie('union'),
    ),
    list: fc
      .tuple(
        tie('schema'),
        some({
          minItems: fc.integer({ min: 0, max: 3 }),
          maxItems: fc.integer({ min: 0, max: 3 }),
          uniqueItems: fc.boolean(),
        }),
      )
      .map(([items, rest]) => ({ type: 'array', items, ...rest })),
    object: fc
      .tuple(
        fc.uniqueArray(
          fc.tuple(
            fc.constantFrom(...names),
            tie('schema'),
            fc.constantFrom('required', 'required', 'optional', 'optional', 'default'),
            scalar,
          ),
          {
            maxLength: 3,
            selector: ([name]) => name,
          },
        ),
        some({
          minProperties: fc.integer({ min: 0, max: 2 }),
          maxProperties: fc.integer({ min: 0, max: 3 }),
        }),
        fc.constantFrom<JsonSchema>({}, {}, { additionalProperties: { type: 'boolean' } }),
      )
      .map(([members, counts, rest]) => ({
        type: 'object',
        required: members.flatMap(([name, , kind]) => (kind === 'required' ? [name] : [])),
        properties: Object.fromEntries(
          members.map(([name, inner, kind, value]) => [
            name,
            kind === 'default' ? { ...inner, default: value } : inner,
          ]),
        ),
        ...counts,
        ...rest,
      })),
    union: fc.oneof(
      fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((branches) => ({ anyOf: branches })),
      fc.array(tie('object'), { minLength: 2, maxLength: 3 }).map((branches) => ({
        oneOf: branches.map((branch, index) => ({
          ...branch,
          required: [...new Set([...(branch['required'] as string[]), 'kind'])],
          properties: { ...(branch['properties'] as JsonSchema), kind: { const: `k${index}` } },
        })),
      })),
    ),
  }),
);

/** A contract with definitions that may refer to one another. */
export const contract: fc.Arbitrary<JsonSchema> = fc
  .tuple(schema, ...definitionNames.map(() => schema))
  .map(([root, ...definitions]) => ({
    type: 'object',
    required: ['root'],
    properties: { root },
    $defs: Object.fromEntries(definitions.map((definition, index) => [definitionNames[index], definition])),
  }));

/** A value that fits, as small as it can be; undefined when none is found. `root` is resolved and closed. */
export function sample(node: JsonSchema, root: JsonSchema, depth = 0): Json | undefined {
  if (depth > 12) return undefined;
  const resolved = dereference(node, root);
  return candidates(resolved, root, depth).find(
    (value) => value !== undefined && explain(resolved, value, root).length === 0,
  );
}

function candidates(node: JsonSchema, root: JsonSchema, depth: number): (Json | undefined)[] {
  if (node['const'] !== undefined) return [node['const'] as Json];
  if (Array.isArray(node['enum'])) return node['enum'] as Json[];
  const union = node['anyOf'] ?? node['oneOf'];
  if (union !== undefined) return branchesOf(union, root).map((branch) => sample(branch, root, depth + 1));
  const types = (Array.isArray(node['type']) ? node['type'] : [node['type']]) as string[];
  return types.flatMap((type) => candidatesOfType(type, node, root, depth));
}

function candidatesOfType(
  type: string,
  node: JsonSchema,
  root: JsonSchema,
  depth: number,
): (Json | undefined)[] {
  switch (type) {
    case 'null':
      return [null];
    case 'boolean':
      return [true, false];
    case 'string':
      return texts(node);
    case 'integer':
    case 'number':
      // One division, so that 0.3 is 0.3 and not 4.3 - 4.
      return Array.from({ length: 200 }, (_, index) => (index - 40) / 10);
    case 'array':
      return [list(node, root, depth)];
    default:
      return [object(node, root, depth)];
  }
}

function texts({ minLength, pattern, format }: JsonSchema): Json[] {
  if (typeof format === 'string') return [formats[format]?.example ?? '', '0.0.0.0'];
  if (typeof pattern === 'string') {
    const padded = pattern === 'x' ? ['x'.repeat(Number(minLength ?? 1))] : [];
    const grown = pattern === '^a+b?$' ? ['a'.repeat(Number(minLength ?? 1))] : [];
    const even = Number(minLength ?? 0) + (Number(minLength ?? 0) % 2);
    return [...(patterns[pattern] ?? []), ...padded, ...grown, 'ab'.repeat(even / 2)];
  }
  return ['z'.repeat(Number(minLength ?? 0))];
}

function list(node: JsonSchema, root: JsonSchema, depth: number): Json | undefined {
  const count = Number(node['minItems'] ?? 0);
  const items = node['items'] as JsonSchema;
  if (count === 0) return [];
  if (node['uniqueItems'] !== true) {
    const item = sample(items, root, depth + 1);
    return item === undefined ? undefined : Array.from({ length: count }, () => item);
  }
  const found = new Map<string, Json>();
  for (const value of manyValues(items, root, depth + 1)) {
    found.set(canonicalJson(value), value);
    if (found.size === count) return [...found.values()];
  }
  return undefined;
}

/** Different values, as many as a list of different ones may need. */
function manyValues(node: JsonSchema, root: JsonSchema, depth: number): Json[] {
  if (depth > 8) return [];
  const resolved = dereference(node, root);
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  if (union !== undefined)
    return branchesOf(union, root).flatMap((branch) => manyValues(branch, root, depth + 1));
  const all = candidates(resolved, root, depth).filter((value) => value !== undefined);
  const longer =
    resolved['type'] === 'string' || Array.isArray(resolved['type'])
      ? Array.from({ length: 14 }, (_, length) => [
          'z'.repeat(length),
          'x'.repeat(length),
          'a'.repeat(length),
          'ab'.repeat(length),
        ])
          .flat()
          .concat([
            'y',
            'w',
            'EUR',
            'USD',
            'NOK',
            '2026-01-31',
            '2026-02-01',
            '2026-03-01',
            '192.0.2.1',
            '192.0.2.2',
            '0.0.0.0',
          ])
          .concat(['1', '2', '3'].map((digit) => `123e4567-e89b-12d3-a456-42661417400${digit}`))
      : [];
  const variants = resolved['type'] === 'object' ? objectVariants(resolved, root, depth) : [];
  const lists = resolved['type'] === 'array' ? listVariants(resolved, root, depth) : [];
  return [...all, ...longer, ...variants, ...lists].filter(
    (value) => explain(resolved, value, root).length === 0,
  );
}

function objectVariants(node: JsonSchema, root: JsonSchema, depth: number): Json[] {
  const base = object(node, root, depth);
  if (base === undefined) return [];
  const properties = node['properties'] as { readonly [name: string]: JsonSchema };
  const additional = node['additionalProperties'];
  const extra: readonly [string, JsonSchema][] =
    typeof additional === 'object'
      ? ['extra1', 'extra2'].map((name) => [name, additional as JsonSchema])
      : [];
  return [...Object.entries(properties), ...extra].flatMap(([name, property]) =>
    manyValues(property, root, depth + 1).map((value) => ({ ...(base as object), [name]: value }) as Json),
  );
}

function listVariants(node: JsonSchema, root: JsonSchema, depth: number): Json[] {
  const items = manyValues(node['items'] as JsonSchema, root, depth + 1);
  return [
    ...items.map((item) => [item]),
    ...items.map((item) => [item, item]),
    ...items.map((item) => [item, item, item]),
  ];
}

function object(node: JsonSchema, root: JsonSchema, depth: number): Json | undefined {
  const properties = (node['properties'] ?? {}) as { readonly [name: string]: JsonSchema };
  const required = (node['required'] ?? []) as readonly string[];
  const made: [string, Json][] = [];
  const take = (name: string): boolean => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const value = schema === undefined ? true : sample(schema, root, depth + 1);
    if (value !== undefined) made.push([name, value]);
    return value !== undefined;
  };
  for (const name of required) if (!take(name)) return undefined;
  for (const [name, property] of Object.entries(properties)) {
    if (property['default'] !== undefined) made.push([name, property['default'] as Json]);
  }
  const least = Number(node['minProperties'] ?? 0);
  for (const name of [...Object.keys(properties), 'extra1', 'extra2']) {
    if (made.length >= least) break;
    if (
      made.some(([each]) => each === name) ||
      (!Object.hasOwn(properties, name) && node['additionalProperties'] === false)
    )
      continue;
    take(name);
  }
  return Object.fromEntries(made);
}
