// How many different values fit a schema: as many as are needed to tell whether a list of different items can be filled.

import { canonicalJson } from '../canonical-json.ts';
import { definitionName, dereference } from '../dereference.ts';
import { isRecord } from '../json-schema.ts';
import type { JsonSchema } from '../json-schema.ts';

/** More values than this are not told apart from endlessly many. */
const countedMax = 1_000_000;

/** Deeper schemas are not counted. */
const depthMax = 100;

interface Counting {
  readonly root: JsonSchema;
  readonly known: WeakMap<JsonSchema, number>;
  /** Definitions of which there is no value. */
  readonly isEmpty: (definition: string) => boolean;
}

const known = new WeakMap<JsonSchema, number>();

/** An upper bound of the number of values; `Infinity` when it is large or unknown. */
export function countValues(schema: JsonSchema, root: JsonSchema): number {
  return count(schema, { root, known, isEmpty: () => false }, 0);
}

/** The same when the definitions that `isEmpty` names have no values at all. */
export function countFiniteValues(
  schema: JsonSchema,
  root: JsonSchema,
  isEmpty: (definition: string) => boolean,
): number {
  return count(schema, { root, known: new WeakMap(), isEmpty }, 0);
}

function count(schema: JsonSchema, counting: Counting, depth: number): number {
  const before = counting.known.get(schema);
  if (before !== undefined) return before;
  if (depth > depthMax) return Infinity;
  // A schema that is met again inside itself has no end.
  counting.known.set(schema, Infinity);
  const values = countNew(schema, counting, depth + 1);
  counting.known.set(schema, values);
  return values;
}

function countNew(schema: JsonSchema, counting: Counting, depth: number): number {
  const name = definitionName(schema['$ref']);
  if (name !== undefined && counting.isEmpty(name)) return 0;
  const resolved = dereference(schema, counting.root);
  if (resolved['const'] !== undefined) return 1;
  if (Array.isArray(resolved['enum'])) return new Set(resolved['enum'].map(canonicalJson)).size;
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  if (union !== undefined) return countUnion(leavesOf(union, counting), counting, depth);
  const { type } = resolved;
  const types = Array.isArray(type) ? (type as unknown[]) : [type];
  return sum(types.map((each) => countOfType(each, resolved, counting, depth)));
}

/** The branches that have values, those of unions inside a union among them. */
function leavesOf(union: unknown, counting: Counting, seen = new Set<unknown>()): JsonSchema[] {
  if (!Array.isArray(union) || seen.has(union) || seen.size > depthMax) return [];
  seen.add(union);
  return union.filter(isRecord).flatMap((branch) => {
    const name = definitionName(branch['$ref']);
    if (name !== undefined && counting.isEmpty(name)) return [];
    const resolved = dereference(branch, counting.root);
    const inner = resolved['anyOf'] ?? resolved['oneOf'];
    return inner === undefined ? [resolved] : leavesOf(inner, counting, seen);
  });
}

/** Branches that list their values may list the same. */
function countUnion(branches: readonly JsonSchema[], counting: Counting, depth: number): number {
  const listed = new Set<string>();
  let others = 0;
  for (const branch of branches) {
    if (branch['const'] !== undefined) listed.add(canonicalJson(branch['const']));
    else if (Array.isArray(branch['enum']))
      for (const value of branch['enum']) listed.add(canonicalJson(value));
    else others += count(branch, counting, depth);
  }
  return others + listed.size;
}

function countOfType(type: unknown, schema: JsonSchema, counting: Counting, depth: number): number {
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
      return countLists(schema, counting, depth);
    case 'object':
      return countObjects(schema, counting, depth);
    default:
      return Infinity;
  }
}

/** The lists of each length that is allowed, added up. */
function countLists(schema: JsonSchema, counting: Counting, depth: number): number {
  const { items, minItems, maxItems, uniqueItems } = schema;
  const least = typeof minItems === 'number' ? minItems : 0;
  const most = typeof maxItems === 'number' ? maxItems : Infinity;
  const choices = isRecord(items) && most > 0 ? count(items, counting, depth) : 0;
  let ways = 1;
  let values = least === 0 ? 1 : 0;
  for (let length = 1; length <= most; length += 1) {
    ways *= uniqueItems === true ? choices - length + 1 : choices;
    if (ways === 0) break;
    if (length >= least) values += ways;
    if (ways > countedMax || values > countedMax || length > countedMax) return Infinity;
  }
  return values;
}

function countIntegers(schema: JsonSchema): number {
  const low = boundOf(schema, 'minimum', 'exclusiveMinimum', 1);
  const high = boundOf(schema, 'maximum', 'exclusiveMaximum', -1);
  if (low === undefined || high === undefined) return Infinity;
  const factor = schema['multipleOf'];
  const step = typeof factor === 'number' && Number.isInteger(factor) ? factor : 1;
  const values = Math.floor(high / step) - Math.ceil(low / step) + 1;
  return values > countedMax ? Infinity : Math.max(0, values);
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

function countObjects(schema: JsonSchema, counting: Counting, depth: number): number {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const choices = Object.entries(properties).map(([name, property]) => {
    if (!isRecord(property)) return Infinity;
    const isAlways = required.includes(name) || property['default'] !== undefined;
    return count(property, counting, depth) + (isAlways ? 0 : 1);
  });
  if (choices.includes(0)) return 0;
  const additional = schema['additionalProperties'];
  const isOpen = additional !== false && !(isRecord(additional) && count(additional, counting, depth) === 0);
  const values = isOpen ? Infinity : choices.reduce((product, each) => product * each, 1);
  return values > countedMax ? Infinity : values;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
