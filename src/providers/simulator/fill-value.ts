// Makes a value that fits a schema, filled from the caller's own text: leading sentences for summaries, values found by
// format and by label for extractions, the first fitting word for choices. Deterministic; knows no language.

import type { Json, JsonSchemaLike } from '../../chat/json.ts';
import type { CallerText, Sentence } from './caller-text.ts';
import { callerText, joinSentences, readText, shorten } from './caller-text.ts';
import { fillNumber, findNumberFor } from './fill-number.ts';
import { fillString, findStringFor, fitString } from './fill-string.ts';
import { wordsOf } from './find-in-text.ts';

export interface FillOptions {
  readonly input: Json;
  /** Whether patterns may be run over the text; only those of a compiled capability are known to be harmless. */
  readonly patterns: boolean;
}

/** Where in the schema we are, and which part of the text speaks about it. */
export interface Place {
  readonly root: JsonSchemaLike;
  readonly input: Json;
  readonly name: string;
  readonly text: CallerText;
  /** For items of a list: the part of the text that this item is about. */
  readonly sentence?: Sentence;
  readonly patterns: boolean;
  readonly depth: number;
}

/** Below this, lists get their fewest items, optional properties are left out and unions end where they can. */
const DEPTH_SHALLOW = 5;
/** A schema that demands more than this cannot be filled by anybody. */
const DEPTH_MAX = 40;
const ITEMS_DEFAULT = 3;
const ITEMS_MAX = 100;

export function fillValue(schema: JsonSchemaLike, options: FillOptions): Json {
  return fill(schema, {
    root: schema,
    input: options.input,
    name: '',
    text: callerText(options.input),
    patterns: options.patterns,
    depth: 0,
  });
}

/** Always a value that fits, from the text where it has one. */
function fill(given: JsonSchemaLike, place: Place): Json {
  const schema = resolve(given, place.root);
  if (place.depth > DEPTH_MAX) return null;
  if ('const' in schema) return schema['const'] as Json;
  const values = schema['enum'];
  if (Array.isArray(values)) return chooseValue(values as readonly Json[], place) ?? null;
  const branches = branchesOf(schema);
  if (branches !== undefined) return fillBranch(schema, branches, place);
  const types = typesOf(schema);
  if (types.length > 1) {
    const nullable = types.includes('null');
    const single = { ...schema, type: types.find((type) => type !== 'null') };
    if (!nullable) return fill(single, place);
    return (place.depth > DEPTH_SHALLOW ? undefined : find(single, place)) ?? null;
  }
  switch (types[0] ?? impliedType(schema)) {
    case 'null':
      return null;
    case 'boolean':
      return echoed(place, 'boolean') ?? false;
    case 'integer':
    case 'number':
      return fillNumber(schema, place);
    case 'array':
      return fillArray(schema, place);
    case 'object':
      return fillObject(schema, place);
    default:
      return fillString(schema, place);
  }
}

/** A value that the text really has, or undefined: the difference between `null` and a guess. */
function find(given: JsonSchemaLike, place: Place): Json | undefined {
  const schema = resolve(given, place.root);
  if ('const' in schema) return schema['const'] as Json;
  const values = schema['enum'];
  if (Array.isArray(values)) return mentionedValue(values as readonly Json[], place);
  const branches = branchesOf(schema);
  if (branches !== undefined) {
    const found = branches.map((branch) => find(withBase(schema, branch), place));
    return found.find((value) => value !== undefined && value !== null);
  }
  const types = typesOf(schema).filter((type) => type !== 'null');
  switch (types[0] ?? impliedType(schema)) {
    case 'null':
      return undefined;
    case 'boolean':
      return echoed(place, 'boolean');
    case 'integer':
    case 'number':
      return findNumberFor(schema, place);
    case 'array': {
      const list = place.depth > DEPTH_SHALLOW ? [] : fillArray(schema, place);
      return list.length === 0 ? undefined : list;
    }
    case 'object':
      return findObject(schema, place);
    default:
      return findStringFor(schema, place);
  }
}

function fillObject(schema: JsonSchemaLike, place: Place): { [key: string]: Json } {
  const required = new Set(asList(schema['required']).map(String));
  const filled: { [key: string]: Json } = {};
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    const inner = { ...place, name, depth: place.depth + 1 };
    const value = required.has(name)
      ? fill(property, inner)
      : place.depth > DEPTH_SHALLOW
        ? undefined
        : find(property, inner);
    if (value !== undefined) filled[name] = value;
  }
  for (const name of required) {
    if (!Object.hasOwn(filled, name)) filled[name] = fill(additionalSchema(schema), { ...place, name });
  }
  return filled;
}

/** An object counts as found when one of its required parts was found. */
function findObject(schema: JsonSchemaLike, place: Place): Json | undefined {
  if (place.depth > DEPTH_SHALLOW) return undefined;
  const required = asList(schema['required']).map(String);
  const names = required.length === 0 ? Object.keys(propertiesOf(schema)) : required;
  const someFound = names.some((name) => {
    const property = propertiesOf(schema)[name];
    if (property === undefined) return false;
    return find(property, { ...place, name, depth: place.depth + 1 }) !== undefined;
  });
  return someFound ? fillObject(schema, place) : undefined;
}

function fillArray(schema: JsonSchemaLike, place: Place): Json[] {
  const least = asNumber(schema['minItems']) ?? 0;
  const most = Math.min(asNumber(schema['maxItems']) ?? ITEMS_MAX, Math.max(ITEMS_MAX, least));
  const deep = place.depth > DEPTH_SHALLOW;
  const wanted = deep ? least : Math.min(Math.max(wantedItems(place), least), most);
  const items = asSchema(schema['items']);
  const parts = partsFor(items, place);
  const list: Json[] = [];
  const seen = new Set<string>();
  const unique = schema['uniqueItems'] === true;
  // Items that repeat are left out where they may not; a few more tries find others or nothing does.
  for (let index = 0; list.length < wanted && index < wanted + ITEMS_MAX; index += 1) {
    const part = parts[index];
    if (part === undefined && list.length >= least) break;
    const item = fillItem(items, place, part, index);
    const printed = JSON.stringify(item);
    if (seen.has(printed) && (unique || list.length >= least)) continue;
    seen.add(printed);
    list.push(item);
  }
  return list;
}

function fillItem(items: JsonSchemaLike, place: Place, part: Sentence | undefined, index: number): Json {
  const values = resolve(items, place.root)['enum'];
  if (Array.isArray(values)) {
    const mentioned = (values as readonly Json[]).filter((value) => mentions(place, value) > 0);
    const order = [...new Set([...mentioned, ...(values as readonly Json[])])];
    return order[index % Math.max(1, order.length)] ?? null;
  }
  const inner = { ...place, depth: place.depth + 1 };
  return part === undefined
    ? fill(items, inner)
    : fill(items, { ...inner, sentence: part, text: { ...readText(part.text), labels: place.text.labels } });
}

/** As many items as the input asks for (`maxPoints` for `points`), else a few. */
function wantedItems(place: Place): number {
  const words = wordsOf(place.name);
  if (typeof place.input === 'object' && place.input !== null && !Array.isArray(place.input)) {
    for (const [name, value] of Object.entries(place.input)) {
      const asked = typeof value === 'number' && /^(?:max|num|count|n|limit|top)/i.test(name);
      if (asked && wordsOf(name).some((word) => words.includes(word))) return Math.min(value, ITEMS_MAX);
    }
  }
  return TABLES.test(place.name) ? ITEMS_MAX : ITEMS_DEFAULT;
}

const TABLES = /line|items|positions|rows|entries/i;
const ROW = /^(?=.*\p{L}{2})(?=.*\d.*\s.*\d).{4,200}$/u;
const HEADING_LABEL = /^\s*[\p{L} ./#-]{2,40}[:：]/u;

/** The pieces of text that the items of a list are about: rows for a table, sentences for the rest. */
function partsFor(items: JsonSchemaLike, place: Place): readonly Sentence[] {
  const isTable = TABLES.test(place.name) && impliedType(resolve(items, place.root)) === 'object';
  if (!isTable) return place.text.sentences;
  return place.text.text
    .split('\n')
    .filter((line) => ROW.test(line.trim()) && !HEADING_LABEL.test(line))
    .map((line) => ({ text: line.trim().replace(/\s+/g, ' '), paragraph: 1 }));
}

function fillBranch(schema: JsonSchemaLike, branches: readonly JsonSchemaLike[], place: Place): Json {
  const isNull = (branch: JsonSchemaLike): boolean => {
    const resolved = resolve(branch, place.root);
    return resolved['type'] === 'null' || ('const' in resolved && resolved['const'] === null);
  };
  const others = branches.filter((branch) => !isNull(branch));
  const nullable = others.length < branches.length;
  if (nullable && place.depth > DEPTH_SHALLOW) return null;
  const chosen = chooseBranch(others, place);
  if (chosen === undefined) return null;
  const branch = withBase(schema, chosen);
  return nullable ? (find(branch, place) ?? null) : fill(branch, place);
}

/** Of a discriminated union, the branch whose tag the text mentions most; deep down, the one with the least in it. */
function chooseBranch(branches: readonly JsonSchemaLike[], place: Place): JsonSchemaLike | undefined {
  if (place.depth > DEPTH_SHALLOW) {
    return branches.toSorted((left, right) => sizeOf(left, place) - sizeOf(right, place))[0];
  }
  const scored = branches.map((branch) => ({ branch, score: branchScore(branch, place) }));
  return scored.toSorted((left, right) => right.score - left.score)[0]?.branch;
}

function branchScore(branch: JsonSchemaLike, place: Place): number {
  const tags = Object.values(propertiesOf(resolve(branch, place.root))).flatMap((property) =>
    'const' in property ? [property['const'] as Json] : [],
  );
  return tags.reduce<number>((score, tag) => score + mentions(place, tag), 0);
}

function sizeOf(branch: JsonSchemaLike, place: Place): number {
  const resolved = resolve(branch, place.root);
  const nested = Object.values(propertiesOf(resolved)).filter((property) => '$ref' in property);
  return asList(resolved['required']).length + nested.length * 10;
}

function chooseValue(values: readonly Json[], place: Place): Json | undefined {
  return echoedChoice(values, place) ?? mentionedValue(values, place) ?? values[0];
}

function mentionedValue(values: readonly Json[], place: Place): Json | undefined {
  const scored = values
    .filter((value) => value !== null)
    .map((value) => ({ value, score: mentions(place, value) }));
  const best = scored.toSorted((left, right) => right.score - left.score)[0];
  return best === undefined || best.score === 0 ? undefined : best.value;
}

/** How often the text has the words of a choice. */
function mentions(place: Place, value: Json): number {
  if (typeof value !== 'string') return 0;
  const text = place.text.text.toLowerCase();
  const words = wordsOf(value).filter((word) => word.length > 2);
  return (
    words.reduce((score, word) => score + Math.min(5, text.split(word).length - 1), 0) / (words.length || 1)
  );
}

function echoedChoice(values: readonly Json[], place: Place): Json | undefined {
  const same = inputProperty(place);
  return same !== undefined && values.includes(same) ? same : undefined;
}

/** What the input says under the same name, when it is of the type. */
function echoed(place: Place, type: 'boolean'): boolean | undefined {
  const value = inputProperty(place);
  return typeof value === type ? (value as boolean) : undefined;
}

/** The input's own property of that name. */
export function inputProperty(place: Place): Json | undefined {
  const { input, name } = place;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  return Object.hasOwn(input, name) ? (input as { readonly [key: string]: Json })[name] : undefined;
}

const REF_STEPS_MAX = 16;

function resolve(schema: JsonSchemaLike, root: JsonSchemaLike): JsonSchemaLike {
  let current = schema;
  for (let step = 0; step < REF_STEPS_MAX && typeof current['$ref'] === 'string'; step += 1) {
    const { $ref, ...beside } = current;
    const target = follow(String($ref), root);
    if (target === undefined) return beside;
    current = { ...target, ...beside };
  }
  return current;
}

function follow(ref: string, root: JsonSchemaLike): JsonSchemaLike | undefined {
  if (ref === '#') return root;
  if (!ref.startsWith('#/')) return undefined;
  let value: unknown = root;
  for (const part of ref.slice(2).split('/')) {
    const key = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return typeof value === 'object' && value !== null ? (value as JsonSchemaLike) : undefined;
}

function branchesOf(schema: JsonSchemaLike): readonly JsonSchemaLike[] | undefined {
  const branches = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(branches) && branches.length > 0 ? (branches as JsonSchemaLike[]) : undefined;
}

/** A branch together with what stands beside `anyOf`. */
function withBase(schema: JsonSchemaLike, branch: JsonSchemaLike): JsonSchemaLike {
  const { anyOf: _anyOf, oneOf: _oneOf, ...base } = schema;
  const properties = { ...propertiesOf(base), ...propertiesOf(branch) };
  const required = [...new Set([...asList(base['required']), ...asList(branch['required'])])];
  const merged: Record<string, unknown> = { ...base, ...branch };
  if (Object.keys(properties).length > 0) merged['properties'] = properties;
  if (required.length > 0) merged['required'] = required;
  return merged;
}

function propertiesOf(schema: JsonSchemaLike): Readonly<Record<string, JsonSchemaLike>> {
  const properties = schema['properties'];
  return typeof properties === 'object' && properties !== null
    ? (properties as Record<string, JsonSchemaLike>)
    : {};
}

function additionalSchema(schema: JsonSchemaLike): JsonSchemaLike {
  return asSchema(schema['additionalProperties']);
}

function asSchema(value: unknown): JsonSchemaLike {
  return typeof value === 'object' && value !== null ? (value as JsonSchemaLike) : {};
}

function typesOf(schema: JsonSchemaLike): readonly string[] {
  const type = schema['type'];
  if (typeof type === 'string') return [type];
  return asList(type).map(String);
}

function impliedType(schema: JsonSchemaLike): string | undefined {
  if (typeof schema['type'] === 'string') return schema['type'];
  if ('properties' in schema || 'additionalProperties' in schema) return 'object';
  return 'items' in schema ? 'array' : undefined;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The first sentences that a place is about, on one line. */
export function sentencesAt(place: Place, count: number, charactersMax: number): string {
  if (place.sentence !== undefined) return shorten(place.sentence.text, charactersMax);
  return fitString(joinSentences(place.text.sentences.slice(0, count)), { maxLength: charactersMax });
}
