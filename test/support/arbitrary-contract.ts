// Random contracts inside the schema subset, with random values that fit them: for tests that claim “always”.
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { alternativesOf, typesOf } from '../../src/schema/select-branch.ts';
import { isRecord } from '../../src/schema/json-schema.ts';
import type { Json, JsonSchema } from '../../src/schema/json-schema.ts';

export interface Contract {
  readonly schema: JsonSchema;
  readonly value: Json;
}

export interface ContractOptions {
  /** Whether objects may have free names, and values any shape. */
  readonly open?: boolean;
  /** Whether properties may have defaults. */
  readonly defaults?: boolean;
}

/** A closed, resolved schema and a value of it, of the kind that the compiler hands on. */
export function contracts(options: ContractOptions = {}): Arbitrary<Contract> {
  return schemaOf(options, 3)
    .map(withDefinitions)
    .chain((schema) => valueOf(schema, schema, 4).map((value) => ({ schema, value })));
}

/** Names that trip over prototypes, escapes and each other. */
const names = [
  'summary',
  'points',
  'a',
  'b/c',
  'd~e',
  'with space',
  'ünïcode',
  'constructor',
  'value',
  'kind',
];
const words = ['open', 'In progress', 'closed', '', 'ouvert é', 'true', '5', 'a"b', 'ja\\nein'];
const text = fc.string({ unit: fc.constantFrom(...'ab 1,:{}[]"\\/\n\té€😀‮`\'<>'), maxLength: 12 });

function schemaOf(options: ContractOptions, depth: number): Arbitrary<JsonSchema> {
  const leaves = [
    fc.constant({ type: 'string' }),
    fc.constant({ type: 'string', description: 'A text.', maxLength: 200 }),
    fc.constant({ type: 'string', format: 'date' }),
    fc.constant({ type: 'integer', minimum: -5, maximum: 1_000_000 }),
    fc.constant({ type: 'number' }),
    fc.constant({ type: 'boolean' }),
    fc.constant({ type: ['string', 'null'] }),
    fc.constant({ type: ['number', 'null'], title: 'Maybe' }),
    fc
      .uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 4 })
      .map((list) => ({ type: 'string', enum: list })),
    fc.constant({ enum: [1, 2, 3] }),
    fc.constant({ enum: ['x', null] }),
    fc.constantFrom(...words).map((word) => ({ const: word })),
    fc.constant({ type: 'null' }),
    ...(options.open === true ? [fc.constant({})] : []),
  ];
  if (depth <= 0) return fc.oneof(...leaves);
  const inner = schemaOf(options, depth - 1);
  return fc.oneof(
    { weight: 4, arbitrary: fc.oneof(...leaves) },
    { weight: 1, arbitrary: fc.constant({ $ref: '#/$defs/Tree', description: 'A tree.' }) },
    { weight: 1, arbitrary: fc.constant({ $ref: '#/$defs/Word' }) },
    { weight: 2, arbitrary: inner.map((items) => ({ type: 'array', items })) },
    { weight: 4, arbitrary: objectOf(options, inner) },
    { weight: 2, arbitrary: unionOf(options, inner) },
    { weight: 1, arbitrary: nullable(objectOf(options, inner)) },
    ...(options.open === true
      ? [{ weight: 1, arbitrary: inner.map((each) => ({ type: 'object', additionalProperties: each })) }]
      : []),
  );
}

function nullable(schema: Arbitrary<JsonSchema>): Arbitrary<JsonSchema> {
  return schema.map((each) => ({ anyOf: [each, { type: 'null' }], description: 'Or null.' }));
}

function objectOf(options: ContractOptions, inner: Arbitrary<JsonSchema>): Arbitrary<JsonSchema> {
  const property = fc.tuple(fc.constantFrom(...names), inner, fc.boolean(), fc.boolean());
  return fc
    .uniqueArray(property, { maxLength: 5, selector: ([name]) => name })
    .map((properties) => objectSchema(options, properties));
}

function objectSchema(
  options: ContractOptions,
  entries: readonly (readonly [string, JsonSchema, boolean, boolean])[],
): JsonSchema {
  const properties = Object.fromEntries(
    entries.map(([name, schema, isRequired, hasDefault]) => {
      const withDefault =
        options.defaults === true && !isRequired && hasDefault && schema['type'] === 'boolean';
      return [name, withDefault ? { ...schema, default: true } : schema];
    }),
  );
  const required = entries.filter(([, , isRequired]) => isRequired).map(([name]) => name);
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

/** Branches of different types, and objects that are told apart by a tag which may stand anywhere. */
function unionOf(options: ContractOptions, inner: Arbitrary<JsonSchema>): Arbitrary<JsonSchema> {
  const tagged = fc
    .uniqueArray(fc.constantFrom('circle', 'square', 'line'), { minLength: 2, maxLength: 3 })
    .chain((tags) =>
      fc
        .tuple(...tags.map((tag) => objectOf(options, inner).map((object) => withTag(object, tag))))
        .map((branches) => ({ oneOf: branches })),
    );
  const mixed = fc
    .uniqueArray(
      fc.oneof(
        fc.constant({ type: 'string' }),
        fc.constant({ type: 'number' }),
        fc.constant({ type: 'boolean' }),
        inner.map((items) => ({ type: 'array', items })),
        objectOf(options, inner),
      ),
      { minLength: 2, maxLength: 4, selector: ({ type }) => type },
    )
    .map((branches) => ({ anyOf: branches }));
  return fc.oneof(tagged, mixed);
}

function withTag(object: JsonSchema, tag: string): JsonSchema {
  const { shape: _, ...properties } = (object['properties'] ?? {}) as { readonly [name: string]: unknown };
  return {
    ...object,
    properties: { ...properties, shape: { const: tag } },
    required: [...((object['required'] ?? []) as readonly string[]), 'shape'],
  };
}

function withDefinitions(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema);
  const tree = {
    type: 'object',
    properties: {
      label: { type: 'string' },
      note: { type: ['string', 'null'] },
      children: { type: 'array', items: { $ref: '#/$defs/Tree' } },
    },
    required: ['label'],
    additionalProperties: false,
  };
  if (!text.includes('#/$defs/')) return schema;
  const whole = { ...schema, $defs: { Tree: tree, Word: { type: 'string', enum: ['yes', 'no'] } } };
  const { $ref, ...rest } = whole as JsonSchema & { $ref?: string };
  // The compiler writes the target of a reference into the root.
  return $ref === undefined ? whole : { ...whole.$defs[$ref.endsWith('Tree') ? 'Tree' : 'Word'], ...rest };
}

/** A value of the schema; small ones where the schema goes on without end. */
export function valueOf(schema: JsonSchema, root: JsonSchema, depth: number): Arbitrary<Json> {
  return fc.oneof(...alternativesOf(schema, root).map((branch) => valueOfBranch(branch, root, depth)));
}

function valueOfBranch(branch: JsonSchema, root: JsonSchema, depth: number): Arbitrary<Json> {
  if (branch['const'] !== undefined) return fc.constant(branch['const'] as Json);
  if (Array.isArray(branch['enum'])) return fc.constantFrom(...(branch['enum'] as readonly Json[]));
  const types = typesOf(branch);
  if (types === undefined)
    return fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
  return fc.oneof(...[...types].map((type) => valueOfType(type, branch, root, depth)));
}

function valueOfType(type: string, branch: JsonSchema, root: JsonSchema, depth: number): Arbitrary<Json> {
  switch (type) {
    case 'string':
      return branch['format'] === 'date' ? fc.constantFrom('2025-02-03', '1999-12-31') : text;
    case 'number':
      return branch['type'] === 'integer' ? fc.integer({ min: -5, max: 1_000_000 }) : plainNumber;
    case 'boolean':
      return fc.boolean();
    case 'array': {
      const { items } = branch;
      if (depth <= 0 || !isRecord(items)) return fc.constant([]);
      return fc.array(valueOf(items, root, depth - 1), { maxLength: 3 });
    }
    case 'object':
      return objectValue(branch, root, depth);
    default:
      return fc.constant(null);
  }
}

const plainNumber = fc
  .oneof(fc.integer({ min: -1e9, max: 1e9 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((number) => (number === 0 ? 0 : number));

function objectValue(branch: JsonSchema, root: JsonSchema, depth: number): Arbitrary<Json> {
  const { properties, required, additionalProperties } = branch;
  if (isRecord(additionalProperties)) {
    const inner = valueOf(additionalProperties, root, depth - 1);
    return fc.array(fc.tuple(text, inner), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));
  }
  const listed = Array.isArray(required) ? (required as readonly unknown[]) : [];
  const entries = Object.entries(isRecord(properties) ? properties : {}).map(([name, property]) => {
    const inner = isRecord(property) ? valueOf(property, root, depth - 1) : fc.constant(null);
    const entry = inner.map((value): readonly [string, Json][] => [[name, value]]);
    if (listed.includes(name)) return entry;
    return depth > 0 ? fc.oneof(entry, fc.constant([])) : fc.constant([]);
  });
  const order = fc.array(fc.nat({ max: 1_000 }), { minLength: entries.length, maxLength: entries.length });
  return fc.tuple(fc.tuple(...entries), order).map(([lists, ranks]) => {
    const ranked = lists.map((list, index) => ({ list, rank: ranks[index] ?? 0 }));
    return Object.fromEntries(ranked.toSorted((a, b) => a.rank - b.rank).flatMap(({ list }) => list));
  });
}
