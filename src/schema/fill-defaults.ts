// Defaults: a property that is absent and has a `default` gets it. Nested ones too, when their parent is there.

import { copyJson } from './copy-json.ts';
import { dereference } from './dereference.ts';
import { isRecord, ownProperty, setOwnProperty } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { branchesOf, selectBranches } from './select-branch.ts';
import { subschemasOf } from './subschemas.ts';

/** Whether any property of a schema has a default, so that filling is worth a walk. */
export function hasDefaults(schema: JsonSchema): boolean {
  return schema['default'] !== undefined || subschemasOf(schema).some((inner) => hasDefaults(inner.schema));
}

/**
 * Fills defaults into `value`, which the caller owns, in place. In a union only the branch that the value has chosen is
 * filled. A default that would contain itself without end is given once and not filled further.
 */
export function fillDefaults(schema: JsonSchema, value: unknown, root: JsonSchema = schema): void {
  fill(schema, value, { root, filling: new Set() });
}

interface Filling {
  readonly root: JsonSchema;
  /** Property schemas whose default is being filled, outermost first. */
  readonly filling: Set<JsonSchema>;
}

function fill(schema: JsonSchema, value: unknown, context: Filling): void {
  if (typeof value !== 'object' || value === null) return;
  const resolved = dereference(schema, context.root);
  for (const union of [resolved['anyOf'], resolved['oneOf']]) fillUnion(union, value, context);
  if (Array.isArray(value)) fillItems(resolved['items'], value, context);
  else fillProperties(resolved, value as { [key: string]: unknown }, context);
}

function fillUnion(union: unknown, value: unknown, context: Filling): void {
  if (union === undefined) return;
  const [branch, ...others] = selectBranches(branchesOf(union, context.root), value);
  if (branch !== undefined && others.length === 0) fill(branch, value, context);
}

function fillItems(items: unknown, values: readonly unknown[], context: Filling): void {
  if (!isRecord(items)) return;
  for (const value of values) fill(items, value, context);
}

function fillProperties(schema: JsonSchema, value: { [key: string]: unknown }, context: Filling): void {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  for (const [name, property] of fillableIn(properties)) {
    if (Object.hasOwn(value, name)) fill(property, value[name], context);
    else if (property['default'] !== undefined) fillAbsent(name, property, value, context);
  }
  const { additionalProperties } = schema;
  if (!isRecord(additionalProperties)) return;
  for (const name of Object.keys(value)) {
    if (ownProperty(properties, name) === undefined) fill(additionalProperties, value[name], context);
  }
}

/** The properties of an object that can be filled, or hold what can be; looked for once for each schema. */
const fillable = new WeakMap<object, readonly (readonly [name: string, property: JsonSchema])[]>();

function fillableIn(properties: JsonSchema): readonly (readonly [name: string, property: JsonSchema])[] {
  const known = fillable.get(properties);
  if (known !== undefined) return known;
  const found = Object.entries(properties).flatMap(([name, property]) =>
    isRecord(property) && mayBeFilled(property) ? [[name, property] as const] : [],
  );
  fillable.set(properties, found);
  return found;
}

/** What it refers to may have defaults too. */
function mayBeFilled(schema: JsonSchema): boolean {
  return (
    schema['default'] !== undefined ||
    schema['$ref'] !== undefined ||
    subschemasOf(schema).some((inner) => mayBeFilled(inner.schema))
  );
}

function fillAbsent(name: string, property: JsonSchema, value: object, context: Filling): void {
  const copied = copyJson(property['default']);
  if ('fault' in copied) return;
  setOwnProperty(value, name, copied.value);
  if (context.filling.has(property)) return;
  context.filling.add(property);
  fill(property, copied.value, context);
  context.filling.delete(property);
}
