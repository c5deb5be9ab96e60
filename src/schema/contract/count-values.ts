// How many different values fit a schema: as many as are needed to tell whether a list of different items can be filled.

import { canonicalJson } from '../canonical-json.ts';
import { dereference } from '../dereference.ts';
import { isRecord } from '../json-schema.ts';
import type { JsonSchema } from '../json-schema.ts';
import { branchesOf } from '../select-branch.ts';

/** More values than this are not told apart from endlessly many. */
const countedMax = 1_000_000;

/** Deeper schemas are not counted. */
const depthMax = 100;

const known = new WeakMap<JsonSchema, number>();

/** An upper bound of the number of values; `Infinity` when it is large or unknown. */
export function countValues(schema: JsonSchema, root: JsonSchema, depth = 0): number {
  const before = known.get(schema);
  if (before !== undefined) return before;
  if (depth > depthMax) return Infinity;
  // A schema that is met again inside itself has no end.
  known.set(schema, Infinity);
  const count = countNew(schema, root, depth + 1);
  known.set(schema, count);
  return count;
}

function countNew(schema: JsonSchema, root: JsonSchema, depth: number): number {
  const resolved = dereference(schema, root);
  if (resolved['const'] !== undefined) return 1;
  if (Array.isArray(resolved['enum'])) return new Set(resolved['enum'].map(canonicalJson)).size;
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  if (union !== undefined) return countUnion(branchesOf(union, root), root, depth);
  const { type } = resolved;
  const types = Array.isArray(type) ? (type as unknown[]) : [type];
  return sum(types.map((each) => countOfType(each, resolved, root, depth)));
}

/** Branches that list their values may list the same. */
function countUnion(branches: readonly JsonSchema[], root: JsonSchema, depth: number): number {
  const listed = new Set<string>();
  let others = 0;
  for (const branch of branches) {
    if (branch['const'] !== undefined) listed.add(canonicalJson(branch['const']));
    else if (Array.isArray(branch['enum']))
      for (const value of branch['enum']) listed.add(canonicalJson(value));
    else others += countValues(branch, root, depth);
  }
  return others + listed.size;
}

function countOfType(type: unknown, schema: JsonSchema, root: JsonSchema, depth: number): number {
  switch (type) {
    case 'null':
      return 1;
    case 'boolean':
      return 2;
    case 'integer':
      return countIntegers(schema);
    case 'string':
      return schema['maxLength'] === 0 ? 1 : Infinity;
    case 'array':
      return schema['maxItems'] === 0 ? 1 : Infinity;
    case 'object':
      return countObjects(schema, root, depth);
    default:
      return Infinity;
  }
}

function countIntegers(schema: JsonSchema): number {
  const low = boundOf(schema, 'minimum', 'exclusiveMinimum', 1);
  const high = boundOf(schema, 'maximum', 'exclusiveMaximum', -1);
  if (low === undefined || high === undefined) return Infinity;
  const factor = schema['multipleOf'];
  const step = typeof factor === 'number' && Number.isInteger(factor) ? factor : 1;
  const count = Math.floor(high / step) - Math.ceil(low / step) + 1;
  return count > countedMax ? Infinity : Math.max(0, count);
}

/** The first, or last, whole number that the bounds allow. */
function boundOf(schema: JsonSchema, closed: string, open: string, inward: 1 | -1): number | undefined {
  const bounds: number[] = [];
  const [atMost, beyond] = [schema[closed], schema[open]];
  const round = inward === 1 ? Math.ceil : Math.floor;
  if (typeof atMost === 'number') bounds.push(round(atMost));
  if (typeof beyond === 'number') bounds.push(Number.isInteger(beyond) ? beyond + inward : round(beyond));
  if (bounds.length === 0) return undefined;
  return inward === 1 ? Math.max(...bounds) : Math.min(...bounds);
}

function countObjects(schema: JsonSchema, root: JsonSchema, depth: number): number {
  if (schema['additionalProperties'] !== false) return Infinity;
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  let count = 1;
  for (const [name, property] of Object.entries(properties)) {
    if (!isRecord(property)) return Infinity;
    const isAlways = required.includes(name) || property['default'] !== undefined;
    count *= countValues(property, root, depth) + (isAlways ? 0 : 1);
    if (count > countedMax) return Infinity;
  }
  return count;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
