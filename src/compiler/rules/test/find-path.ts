// Whether a JSON pointer can lead to something in a value that fits a schema, and where it goes astray when it cannot.

import type { JsonSchema } from '../../../registry/snapshot.ts';
import { dereference } from '../../../schema/dereference.ts';
import { isRecord } from '../../../schema/json-schema.ts';
import { branchesOf } from '../../../schema/select-branch.ts';

export interface LostPath {
  /** The index of the first key that leads nowhere. */
  readonly at: number;
  /** What could stand in its place. */
  readonly names: readonly string[];
  /** True when a list is what the key is looked up in: its items have numbers, not names. */
  readonly isList: boolean;
}

/** Undefined when the path can exist. */
export function findPath(schema: JsonSchema, keys: readonly string[]): LostPath | undefined {
  let places = alternatives(schema, schema);
  for (const [at, key] of keys.entries()) {
    const next = places.flatMap((place) => step(place, key, schema));
    if (next.includes('anything')) return undefined;
    const found = next.filter((each) => each !== 'anything');
    if (found.length === 0) {
      const names = places.flatMap(({ properties }) => (isRecord(properties) ? Object.keys(properties) : []));
      return { at, names: [...new Set(names)], isList: places.some(({ items }) => isRecord(items)) };
    }
    places = found.flatMap((each) => alternatives(each, schema));
  }
  return undefined;
}

/** What may stand at the end of a path, without references; nothing where it leads nowhere, or where anything may be. */
export function schemasAt(schema: JsonSchema, keys: readonly string[]): readonly JsonSchema[] {
  let places = alternatives(schema, schema);
  for (const key of keys) {
    const next = places.flatMap((place) => step(place, key, schema)).filter((each) => each !== 'anything');
    places = next.flatMap((each) => alternatives(each, schema));
  }
  return places;
}

/** A schema without references, or the branches of a union. */
function alternatives(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const resolved = dereference(schema, root);
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  return union === undefined ? [resolved] : [resolved, ...branchesOf(union, root)];
}

function step(place: JsonSchema, key: string, root: JsonSchema): (JsonSchema | 'anything')[] {
  const { properties, items, additionalProperties } = place;
  if (isRecord(properties) && Object.hasOwn(properties, key)) {
    const property = properties[key];
    return isRecord(property) ? [property] : [];
  }
  if (isRecord(items) && /^(?:0|[1-9]\d*)$/.test(key)) return [dereference(items, root)];
  if (additionalProperties === true) return ['anything'];
  return isRecord(additionalProperties) ? [additionalProperties] : [];
}
