// Which branches of a union a value can have meant: by its JSON type, then by the property that tells the branches apart.

import { canonicalJson } from './canonical-json.ts';
import { dereference } from './dereference.ts';
import { isRecord, jsonTypeOf, ownProperty } from './json-schema.ts';
import type { JsonSchema, JsonType } from './json-schema.ts';

/** The property whose `const` (or `enum`) tells the object branches of a union apart. */
export interface Discriminator {
  readonly property: string;
  /** Canonical JSON of a tag → the branches that have it; more than one is a mistake of the schema. */
  readonly branches: ReadonlyMap<string, readonly JsonSchema[]>;
}

/** Unions inside unions are looked into this far. */
const unionDepthMax = 64;

/** The branches of `anyOf` or `oneOf`, references followed; branches that are unions themselves give their own. */
export function branchesOf(
  union: unknown,
  root: JsonSchema,
  depth = 0,
  seen = new Set<unknown>(),
): JsonSchema[] {
  // A union that contains itself gives its branches once.
  if (!Array.isArray(union) || seen.has(union) || depth > unionDepthMax) return [];
  seen.add(union);
  return union.filter(isRecord).flatMap((branch) => {
    const resolved = dereference(branch, root);
    const inner = resolved['anyOf'] ?? resolved['oneOf'];
    return inner === undefined ? [resolved] : branchesOf(inner, root, depth + 1, seen);
  });
}

/** What a schema stands for, references followed: the branches of a union, or itself. */
export function alternativesOf(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  const resolved = dereference(schema, root);
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  return union === undefined ? [resolved] : branchesOf(union, root);
}

/** The branches that `value` can have meant; several when nothing tells them apart, none when nothing fits. */
export function selectBranches(branches: readonly JsonSchema[], value: unknown): readonly JsonSchema[] {
  const type = jsonTypeOf(value);
  const sameType = branches.filter((branch) => {
    const types = typesOf(branch);
    return types === undefined || (type !== undefined && types.has(type));
  });
  if (sameType.length < 2 || !isRecord(value)) return sameType;
  const discriminator = discriminatorOf(sameType);
  if (discriminator === undefined) return sameType;
  const tag = ownProperty(value, discriminator.property);
  return tag === undefined ? [] : (discriminator.branches.get(canonicalJson(tag)) ?? []);
}

/**
 * The property that every object branch requires and fixes to values; one whose values differ in all branches before one
 * in which they overlap, which is a mistake of the schema.
 */
export function discriminatorOf(branches: readonly JsonSchema[]): Discriminator | undefined {
  const objects = branches.filter((branch) => isRecord(branch['properties']));
  const [first] = objects;
  if (first === undefined || objects.length < 2) return undefined;
  const candidates = requiredNames(first).filter((name) =>
    objects.every((branch) => requiredNames(branch).includes(name) && tagsOf(branch, name).length > 0),
  );
  const tagged = candidates.map((property) => ({ property, branches: branchesByTag(objects, property) }));
  return (
    tagged.find(({ branches: byTag }) => [...byTag.values()].every(({ length }) => length === 1)) ?? tagged[0]
  );
}

function branchesByTag(objects: readonly JsonSchema[], property: string): Map<string, JsonSchema[]> {
  const byTag = new Map<string, JsonSchema[]>();
  for (const branch of objects) {
    for (const tag of tagsOf(branch, property)) {
      const key = canonicalJson(tag);
      const owners = byTag.get(key) ?? [];
      owners.push(branch);
      byTag.set(key, owners);
    }
  }
  return byTag;
}

/** The values that a branch allows for a property, when it lists them. */
export function tagsOf(branch: JsonSchema, property: string): readonly unknown[] {
  const properties = branch['properties'];
  const schema = isRecord(properties) ? ownProperty(properties, property) : undefined;
  if (!isRecord(schema)) return [];
  if (schema['const'] !== undefined) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : [];
}

/** The JSON types that a schema without `$ref` admits; `undefined` when it does not say. */
export function typesOf(schema: JsonSchema): ReadonlySet<JsonType> | undefined {
  const { type } = schema;
  if (typeof type === 'string') return new Set([asJsonType(type)]);
  if (Array.isArray(type)) return new Set(type.filter((each) => typeof each === 'string').map(asJsonType));
  if (schema['const'] !== undefined) return typesOfValues([schema['const']]);
  if (Array.isArray(schema['enum'])) return typesOfValues(schema['enum']);
  return undefined;
}

function typesOfValues(values: readonly unknown[]): ReadonlySet<JsonType> {
  return new Set(values.map(jsonTypeOf).filter((type) => type !== undefined));
}

function asJsonType(type: string): JsonType {
  return (type === 'integer' ? 'number' : type) as JsonType;
}

function requiredNames(schema: JsonSchema): readonly string[] {
  const { required } = schema;
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}
