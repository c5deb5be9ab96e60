// The form of a schema that providers can enforce while a model writes: every property required, what may be absent made
// nullable, keywords they do not know left out. And the way back from such an answer to a value of the contract.

import { dereference } from './dereference.ts';
import { isRecord, ownProperty, setOwnProperty } from './json-schema.ts';
import type { Json, JsonSchema } from './json-schema.ts';
import { branchesOf, selectBranches, typesOf } from './select-branch.ts';
import { mapSubschemas } from './subschemas.ts';

export interface StrictForm {
  readonly schema: JsonSchema;
  /** False when the contract has maps (objects with free keys) or values of any shape, which no strict mode can enforce. */
  readonly enforceable: boolean;
  /** An answer in strict form → a value of the contract. Reads anything without throwing; validation comes after. */
  readonly restore: (value: unknown) => Json;
}

/** The property that holds an answer whose contract is not an object at its root. */
const wrapperProperty = 'value';

const keptKeywords = new Set([
  ...['type', 'properties', 'items', 'enum', 'const', 'anyOf', '$ref', '$defs', 'title', 'description'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minItems', 'maxItems', 'pattern', 'format', 'additionalProperties'],
]);

const keptFormats = new Set([
  ...['date', 'time', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'],
]);

/** Derives the strict form of a resolved, closed schema. */
export function toStrictForm(schema: JsonSchema): StrictForm {
  const { $defs, ...body } = schema;
  const strict = strictNode(body);
  const wrapped = !isPlainObject(schema);
  const definitions = isRecord($defs) ? strictNode({ $defs }) : {};
  return {
    schema: { ...(wrapped ? wrap(strict) : strict), ...definitions },
    enforceable: isEnforceable(schema),
    restore: (value) => restore(schema, wrapped ? unwrap(value) : value, schema),
  };
}

function isPlainObject(schema: JsonSchema): boolean {
  return schema['type'] === 'object' && schema['anyOf'] === undefined && schema['oneOf'] === undefined;
}

function wrap(schema: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: { [wrapperProperty]: schema },
    required: [wrapperProperty],
    additionalProperties: false,
  };
}

/** A model that ignored the wrapper is understood as well. */
function unwrap(value: unknown): unknown {
  return isRecord(value) && Object.hasOwn(value, wrapperProperty) ? value[wrapperProperty] : value;
}

function strictNode(schema: JsonSchema): JsonSchema {
  const { oneOf, ...rest } = schema;
  const source = oneOf === undefined ? rest : { ...rest, anyOf: oneOf };
  const kept = Object.entries(mapSubschemas(source, strictNode)).filter(
    ([keyword, value]) =>
      keptKeywords.has(keyword) && (keyword !== 'format' || keptFormats.has(String(value))),
  );
  return requireAll(separateReference(Object.fromEntries(kept)), schema);
}

/** Strict modes allow nothing beside a `$ref`: texts move to a wrapper around it. */
function separateReference(schema: JsonSchema): JsonSchema {
  const { $ref, ...beside } = schema;
  if ($ref === undefined || Object.keys(beside).length === 0) return schema;
  return { ...beside, anyOf: [{ $ref }] };
}

function requireAll(strict: JsonSchema, source: JsonSchema): JsonSchema {
  if (!isRecord(strict['properties'])) return strict;
  const properties = {};
  for (const [name, property] of Object.entries(strict['properties'])) {
    const optional = isRecord(property) && !isRequired(source, name);
    setOwnProperty(properties, name, optional ? nullable(property) : property);
  }
  return { ...strict, properties, required: Object.keys(properties) };
}

function isRequired(schema: JsonSchema, name: string): boolean {
  return Array.isArray(schema['required']) && schema['required'].includes(name);
}

function nullable(schema: JsonSchema): JsonSchema {
  const { description, title, ...rest } = schema;
  const texts = {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  };
  const { anyOf, ...beside } = rest;
  if (Array.isArray(anyOf) && Object.keys(beside).length === 0) {
    return { ...texts, anyOf: anyOf.some(isNull) ? anyOf : [...anyOf, { type: 'null' }] };
  }
  if (typesOf(rest)?.has('null') === true) return schema;
  return { ...texts, anyOf: [rest, { type: 'null' }] };
}

function isNull(schema: unknown): boolean {
  return isRecord(schema) && schema['type'] === 'null';
}

/** Whether every value is fully described: no free keys, no schema without a shape. */
function isEnforceable(schema: JsonSchema): boolean {
  const shaped = ['type', 'const', 'enum', 'anyOf', 'oneOf', '$ref'].some((keyword) => keyword in schema);
  const { additionalProperties } = schema;
  if (!shaped || (additionalProperties !== undefined && additionalProperties !== false)) return false;
  let enforceable = true;
  mapSubschemas(schema, (inner) => {
    enforceable &&= isEnforceable(inner);
    return inner;
  });
  return enforceable;
}

function restore(schema: JsonSchema, value: unknown, root: JsonSchema): Json {
  const resolved = dereference(schema, root);
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  const [branch = resolved, ...others] =
    union === undefined ? [] : selectBranches(branchesOf(union, root), value);
  if (others.length > 0 || typeof value !== 'object' || value === null) return value as Json;
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
    if (!isRecord(property)) setOwnProperty(restored, name, inner);
    else if (inner !== null || isRequired(schema, name) || admitsNull(property, root)) {
      setOwnProperty(restored, name, restore(property, inner, root));
    }
  }
  return restored;
}

function admitsNull(schema: JsonSchema, root: JsonSchema): boolean {
  const resolved = dereference(schema, root);
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  const branches = union === undefined ? [resolved] : branchesOf(union, root);
  return branches.some((branch) => typesOf(branch)?.has('null') ?? true);
}
