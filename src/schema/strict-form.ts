// The forms in which a contract is given to a provider, each with its way back. The strict form is what providers can
// enforce while a model writes: every object closed, every property required, what may be absent nullable, keywords they
// do not know left out. The contract form is the contract itself, for everybody else.

import { dereference } from './dereference.ts';
import { isRecord, ownProperty, setOwnProperty } from './json-schema.ts';
import type { Json, JsonSchema } from './json-schema.ts';
import { alternativesOf, branchesOf, discriminatorOf, selectBranches, typesOf } from './select-branch.ts';
import { mapSubschemas, subschemasOf } from './subschemas.ts';

export interface OutputForm {
  /** What the provider is shown; an object at its root. */
  readonly schema: JsonSchema;
  /** Whether the schema keeps to the rules of strict modes. */
  readonly strict: boolean;
  /** The property that holds the value, when the contract is not an object; no branch of the contract has it. */
  readonly wrapper?: string;
  /**
   * An answer in this form → a value of the contract. Reads any value whose nesting is within `jsonDepthMax`, and leaves
   * alone what it does not know; validation comes after.
   */
  readonly restore: (value: unknown) => Json;
}

/** The property that holds a value that may be absent or null. */
export const boxProperty = 'value';

/** The contract itself, in an object when it is none. */
export function toContractForm(schema: JsonSchema): OutputForm {
  if (isPlainObject(schema)) return { schema, strict: false, restore: asItIs };
  const { $defs, ...body } = schema;
  const wrapper = wrapperFor(schema);
  return {
    schema: { ...wrap(body, wrapper), ...($defs === undefined ? {} : { $defs }) },
    strict: false,
    wrapper,
    restore: (value) => unwrap(value, wrapper),
  };
}

/**
 * The strict form of a resolved, closed schema; undefined when no strict mode can enforce it: it has free keys, values of any
 * shape, branches that cannot be told apart, or is larger than providers take.
 */
export function toStrictForm(schema: JsonSchema): OutputForm | undefined {
  if (!isEnforceable(schema, schema)) return undefined;
  const { $defs, ...body } = schema;
  const definitions = isRecord($defs)
    ? { $defs: mapValues($defs, (inner) => strictNode(inner, schema)) }
    : {};
  const strict = strictNode(body, schema);
  const wrapper = isPlainObject(schema) ? undefined : wrapperFor(schema);
  const form = { ...(wrapper === undefined ? strict : wrap(strict, wrapper)), ...definitions };
  if (!isWithinLimits(form)) return undefined;
  // Only what may be absent is written differently; without it, an answer is a value of the contract as it stands.
  const way = hasOptional(schema) ? (value: unknown) => restore(schema, value, schema) : asItIs;
  return {
    schema: form,
    strict: true,
    ...(wrapper === undefined
      ? { restore: way }
      : { wrapper, restore: (value) => way(unwrap(value, wrapper)) }),
  };
}

function asItIs(value: unknown): Json {
  return value as Json;
}

function hasOptional(schema: JsonSchema): boolean {
  const { properties } = schema;
  const names = isRecord(properties) ? Object.keys(properties) : [];
  return (
    names.some((name) => !isRequired(schema, name)) ||
    subschemasOf(schema).some((inner) => hasOptional(inner.schema))
  );
}

function isPlainObject(schema: JsonSchema): boolean {
  return schema['type'] === 'object' && schema['anyOf'] === undefined && schema['oneOf'] === undefined;
}

/** A name that no branch of the contract has, nor an item of it, so that a wrapper is known when it is seen. */
function wrapperFor(schema: JsonSchema): string {
  const branches = alternativesOf(schema, schema);
  const items = branches.flatMap((branch) =>
    isRecord(branch['items']) ? alternativesOf(branch['items'], schema) : [],
  );
  const taken = [...branches, ...items].flatMap(({ properties }) =>
    isRecord(properties) ? Object.keys(properties) : [],
  );
  let name = boxProperty;
  while (taken.includes(name)) name += '_';
  return name;
}

function wrap(schema: JsonSchema, name: string): JsonSchema {
  return {
    type: 'object',
    properties: { [name]: schema },
    required: [name],
    additionalProperties: false,
  };
}

/** A model that ignored the wrapper is understood as well. */
function unwrap(value: unknown, name: string): Json {
  return isWrapped(value, name) ? (value[name] as Json) : (value as Json);
}

function isWrapped(value: unknown, name: string): value is { readonly [name: string]: unknown } {
  return isRecord(value) && Object.hasOwn(value, name) && Object.keys(value).length === 1;
}

const annotations: ReadonlySet<string> = new Set([
  ...['title', 'description', 'default', 'examples', 'deprecated', '$comment', '$schema', '$id', '$defs'],
  ...['x-trust', 'x-pii', 'x-extensible-enum', 'x-text'],
]);

/** Whether every value is fully described, in a way that leaves one way back. */
function isEnforceable(schema: JsonSchema, root: JsonSchema): boolean {
  let enforceable = hasKnownShape(schema, root);
  mapSubschemas(schema, (inner) => {
    enforceable &&= isEnforceable(inner, root);
    return inner;
  });
  return enforceable;
}

function hasKnownShape(schema: JsonSchema, root: JsonSchema): boolean {
  const union = schema['anyOf'] ?? schema['oneOf'];
  const shaping = Object.keys(schema).filter((keyword) => !annotations.has(keyword));
  if (schema['$ref'] !== undefined) return shaping.length === 1;
  if (union !== undefined) {
    return (
      shaping.every((keyword) => keyword === 'type' || schema[keyword] === union) && isDistinct(union, root)
    );
  }
  const values = listedValues(schema);
  if (values?.some((value) => typeof value === 'object' && value !== null) === true) return false;
  const types = typesOf(schema);
  if (types === undefined) return false;
  if (types.has('object') && schema['additionalProperties'] !== false) return false;
  return !types.has('array') || isRecord(schema['items']);
}

/** Whether the type of a value, or its tag, names the one branch that it can have meant. */
function isDistinct(union: unknown, root: JsonSchema): boolean {
  const branches = branchesOf(union, root);
  const ofType = (type: 'array' | 'object') =>
    branches.filter((branch) => typesOf(branch)?.has(type) ?? true);
  const objects = ofType('object');
  if (ofType('array').length > 1) return false;
  if (objects.length < 2) return true;
  const discriminator = discriminatorOf(objects);
  const tagged = new Set([...(discriminator?.branches.values() ?? [])].flat());
  return (
    objects.every((branch) => tagged.has(branch)) &&
    [...(discriminator?.branches.values() ?? [])].every((owners) => owners.length === 1)
  );
}

function listedValues(schema: JsonSchema): readonly unknown[] | undefined {
  if (schema['const'] !== undefined) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

function strictNode(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const texts = textsOf(schema);
  const union = schema['anyOf'] ?? schema['oneOf'];
  if (schema['$ref'] !== undefined) return besideTexts(texts, { $ref: schema['$ref'] });
  if (Array.isArray(union)) {
    return { ...texts, anyOf: (union as JsonSchema[]).map((branch) => strictNode(branch, root)) };
  }
  const strict: { [keyword: string]: unknown } = { ...texts, type: typeKeyword(schema) };
  const values = listedValues(schema);
  if (values !== undefined) strict['enum'] = values;
  for (const keyword of keptKeywords) {
    if (schema[keyword] !== undefined) strict[keyword] = schema[keyword];
  }
  if (keptFormats.has(String(schema['format']))) strict['format'] = schema['format'];
  if (isPlainPattern(schema['pattern'])) strict['pattern'] = schema['pattern'];
  if (isRecord(schema['items'])) strict['items'] = strictNode(schema['items'], root);
  return (typesOf(schema)?.has('object') ?? false) ? { ...strict, ...strictObject(schema, root) } : strict;
}

const keptKeywords: readonly string[] = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minItems', 'maxItems'],
];

const keptFormats: ReadonlySet<string> = new Set([
  ...['date', 'time', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'],
]);

/** Grammars know neither what stands around a match nor what was matched before. */
function isPlainPattern(pattern: unknown): boolean {
  return typeof pattern === 'string' && !/\(\?[=!<]|\\[1-9bBk]/.test(pattern);
}

function typeKeyword(schema: JsonSchema): unknown {
  if (schema['type'] !== undefined) return schema['type'];
  const types = [...(typesOf(schema) ?? [])];
  return types.length === 1 ? types[0] : types;
}

function textsOf({ title, description }: JsonSchema): JsonSchema {
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  };
}

/** Strict modes allow nothing beside a `$ref`: texts move to a wrapper around it. */
function besideTexts(texts: JsonSchema, schema: JsonSchema): JsonSchema {
  return Object.keys(texts).length === 0 ? schema : { ...texts, anyOf: [schema] };
}

function strictObject(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const declared = isRecord(schema['properties']) ? schema['properties'] : {};
  const properties = {};
  for (const [name, property] of Object.entries(declared)) {
    if (isRecord(property)) setOwnProperty(properties, name, strictProperty(schema, name, property, root));
  }
  return { properties, required: Object.keys(properties), additionalProperties: false };
}

/** `null` says that an optional property is absent; where null is a value of its own, every value is wrapped. */
function strictProperty(owner: JsonSchema, name: string, property: JsonSchema, root: JsonSchema): JsonSchema {
  const strict = strictNode(property, root);
  if (isRequired(owner, name)) return strict;
  const { title: _title, description: _description, ...rest } = strict;
  const texts = textsOf(strict);
  if (admitsNull(property, root)) return { ...texts, anyOf: [wrap(rest, boxProperty), { type: 'null' }] };
  const branches: readonly unknown[] =
    Array.isArray(rest['anyOf']) && Object.keys(rest).length === 1 ? rest['anyOf'] : [rest];
  return { ...texts, anyOf: [...branches, { type: 'null' }] };
}

function isRequired(schema: JsonSchema, name: string): boolean {
  return Array.isArray(schema['required']) && schema['required'].includes(name);
}

/** Whether null is a value of the schema, as far as its types say. */
export function admitsNull(schema: JsonSchema, root: JsonSchema): boolean {
  return alternativesOf(schema, root).some((branch) => typesOf(branch)?.has('null') ?? true);
}

/** What providers take of one schema, all together. */
const strictLimits = { properties: 5_000, depth: 10, enumValues: 1_000, characters: 120_000 };

function isWithinLimits(schema: JsonSchema): boolean {
  const size = { properties: 0, depth: 0, enumValues: 0, characters: 0 };
  measure(schema, 0, size);
  return (Object.keys(size) as (keyof typeof size)[]).every((name) => size[name] <= strictLimits[name]);
}

function measure(
  schema: JsonSchema,
  depth: number,
  size: { -readonly [name in keyof typeof strictLimits]: number },
) {
  const names = isRecord(schema['properties']) ? Object.keys(schema['properties']) : [];
  const definitions = isRecord(schema['$defs']) ? Object.keys(schema['$defs']) : [];
  const values: readonly unknown[] = Array.isArray(schema['enum']) ? schema['enum'] : [];
  const nesting = depth + (names.length > 0 || schema['items'] !== undefined ? 1 : 0);
  size.properties += names.length;
  size.enumValues += values.length;
  size.depth = Math.max(size.depth, nesting);
  for (const word of [...names, ...definitions, ...values]) size.characters += String(word).length;
  mapSubschemas(schema, (inner, [keyword]) => {
    measure(inner, keyword === '$defs' ? 0 : nesting, size);
    return inner;
  });
}

function restore(schema: JsonSchema, value: unknown, root: JsonSchema): Json {
  if (typeof value !== 'object' || value === null) return value as Json;
  const resolved = dereference(schema, root);
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  const [branch, ...others] =
    union === undefined ? [resolved] : selectBranches(branchesOf(union, root), value);
  if (branch === undefined || others.length > 0) return value as Json;
  if (Array.isArray(value)) {
    const { items } = branch;
    return isRecord(items) ? value.map((item) => restore(items, item, root)) : (value as Json);
  }
  return restoreObject(branch, value as { readonly [key: string]: unknown }, root);
}

function restoreObject(
  schema: JsonSchema,
  value: { readonly [key: string]: unknown },
  root: JsonSchema,
): Json {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const restored = {};
  for (const [name, inner] of Object.entries(value)) {
    const property = ownProperty(properties, name);
    const isOptional = isRecord(property) && !isRequired(schema, name);
    if (isOptional && inner === null) continue;
    const meant = isOptional && admitsNull(property, root) ? unwrap(inner, boxProperty) : inner;
    setOwnProperty(restored, name, isRecord(property) ? restore(property, meant, root) : meant);
  }
  return restored;
}

function mapValues(
  record: { readonly [name: string]: unknown },
  change: (schema: JsonSchema) => JsonSchema,
): { readonly [name: string]: unknown } {
  const mapped = {};
  for (const [name, value] of Object.entries(record)) {
    setOwnProperty(mapped, name, isRecord(value) ? change(value) : value);
  }
  return mapped;
}
