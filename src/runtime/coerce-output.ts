// What models spell otherwise than the contract, and what a reader would take without a second thought: "5" for 5, one item
// for a list of one, " Open " for "open". Only steps that can be undone are taken; what is left out, cut or chosen between
// several meanings is not our business but the model's, which is asked again.

import { dereference } from '../schema/dereference.ts';
import { appendPointer } from '../schema/json-pointer.ts';
import { isRecord, jsonTypeOf, ownProperty, setOwnProperty } from '../schema/json-schema.ts';
import type { Json, JsonSchema } from '../schema/json-schema.ts';
import {
  alternativesOf,
  branchesOf,
  discriminatorOf,
  selectBranches,
  typesOf,
} from '../schema/select-branch.ts';
import { findValues } from './find-values.ts';
import { createReceiptList } from './repair-receipts.ts';
import type { ReceiptList, RepairReceipt } from './repair-receipts.ts';

/** The value in the contract's spelling, with a receipt for each place that was changed. `root` holds the definitions. */
export function coerceOutput(
  schema: JsonSchema,
  value: Json,
  root: JsonSchema = schema,
): { readonly value: Json; readonly repairs: readonly RepairReceipt[] } {
  const receipts = createReceiptList();
  const coerced = coerce({ root, receipts }, schema, value, '');
  return { value: coerced, repairs: receipts.list() };
}

interface Coercion {
  readonly root: JsonSchema;
  readonly receipts: ReceiptList;
}

type JsonObject = { readonly [name: string]: Json };

function coerce(coercion: Coercion, schema: JsonSchema, value: Json, pointer: string): Json {
  const tagged = matchTag(coercion, schema, value, pointer);
  const meant = meantBranch(schema, tagged, coercion.root);
  if (meant === undefined) return tagged;
  const respelt = respell(meant, tagged, coercion.root);
  if (respelt !== undefined) {
    const { step, result } = respelt;
    coercion.receipts.add(step, pointer, JSON.stringify(tagged), JSON.stringify(result));
    return respelt.isWhole ? result : coerce(coercion, meant, result, pointer);
  }
  if (Array.isArray(tagged)) {
    const { items } = meant;
    if (!isRecord(items)) return tagged;
    return tagged.map((item: Json, index) => coerce(coercion, items, item, appendPointer(pointer, index)));
  }
  return isRecord(tagged) ? coerceObject(coercion, meant, tagged as JsonObject, pointer) : tagged;
}

function coerceObject(coercion: Coercion, schema: JsonSchema, value: JsonObject, pointer: string): Json {
  const { properties } = schema;
  if (!isRecord(properties)) return value;
  const coerced = {};
  const names = declaredNames(schema, value);
  for (const [written, inner] of Object.entries(value)) {
    const name = names.get(written) ?? written;
    const property = ownProperty(properties, name);
    const place = appendPointer(pointer, name);
    if (name !== written) coercion.receipts.add('match-name', place, written, name);
    if (inner === null && isRecord(property) && isLeftOut(schema, name, property, coercion.root)) {
      coercion.receipts.add('drop-null', place, 'null', '');
      continue;
    }
    setOwnProperty(coerced, name, isRecord(property) ? coerce(coercion, property, inner, place) : inner);
  }
  return coerced;
}

/** `null` for a property that may be absent but not null. */
function isLeftOut(schema: JsonSchema, name: string, property: JsonSchema, root: JsonSchema): boolean {
  const { required } = schema;
  if (Array.isArray(required) && required.includes(name)) return false;
  return alternativesOf(property, root).every((branch) => typesOf(branch)?.has('null') === false);
}

/** Undeclared names that are declared ones, but for case, white space, `_` and `-`: as written → as declared, one for one. */
function declaredNames(schema: JsonSchema, value: JsonObject): ReadonlyMap<string, string> {
  const { properties, additionalProperties } = schema;
  const names = new Map<string, string>();
  if (!isRecord(properties) || additionalProperties !== false) return names;
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
  if (unknown.length === 0) return names;
  const declared = Map.groupBy(Object.keys(properties), foldName);
  const written = Map.groupBy(Object.keys(value), foldName);
  for (const name of unknown) {
    const folded = foldName(name);
    const [only, ...others] = declared.get(folded) ?? [];
    if (only !== undefined && others.length === 0 && written.get(folded)?.length === 1) names.set(name, only);
  }
  return names;
}

function foldName(name: string): string {
  return fold(name).replaceAll(/[\s_-]/g, '');
}

/** In a union told apart by a tag, a tag in another case or with white space is the tag. */
function matchTag(coercion: Coercion, schema: JsonSchema, value: Json, pointer: string): Json {
  const resolved = dereference(schema, coercion.root);
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  if (union === undefined || !isRecord(value)) return value;
  const objects = branchesOf(union, coercion.root).filter(
    (branch) => typesOf(branch)?.has('object') === true,
  );
  const discriminator = objects.length > 1 ? discriminatorOf(objects) : undefined;
  const tag = discriminator === undefined ? undefined : ownProperty(value, discriminator.property);
  if (discriminator === undefined || typeof tag !== 'string') return value as Json;
  const allowed = [...discriminator.branches.keys()].map((key): unknown => JSON.parse(key));
  const matched = matchListed(allowed, tag);
  if (matched === undefined) return value as Json;
  const { property } = discriminator;
  coercion.receipts.add(
    matched.step,
    appendPointer(pointer, property),
    JSON.stringify(tag),
    JSON.stringify(matched.result),
  );
  const changed = {};
  for (const [name, inner] of Object.entries(value)) {
    setOwnProperty(changed, name, name === property ? matched.result : inner);
  }
  return changed;
}

/** The one schema that the value can be held against; none when a union leaves it open. */
function meantBranch(schema: JsonSchema, value: Json, root: JsonSchema): JsonSchema | undefined {
  const resolved = dereference(schema, root);
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  if (union === undefined) return resolved;
  const branches = branchesOf(union, root);
  const fitting = selectBranches(branches, value);
  if (fitting.length > 0) return fitting.length === 1 ? fitting[0] : undefined;
  const others = branches.filter((branch) => !(typesOf(branch)?.has('null') ?? false));
  return others.length === 1 ? others[0] : undefined;
}

interface Respelt {
  readonly step: string;
  readonly result: Json;
  /** Nothing inside is left to respell. */
  readonly isWhole: boolean;
}

function respell(schema: JsonSchema, value: Json, root: JsonSchema): Respelt | undefined {
  const listed = schema['const'] === undefined ? schema['enum'] : [schema['const']];
  const isScalar = typeof value !== 'object';
  const matched = Array.isArray(listed) && isScalar ? matchListed(listed, value) : undefined;
  if (matched !== undefined) return matched;
  const types = typesOf(schema);
  const type = jsonTypeOf(value);
  if (types === undefined || type === undefined || types.has(type)) return undefined;
  const read =
    typeof value === 'string' ? (readScalar(types, value) ?? readContainer(types, value)) : undefined;
  return read ?? wrapInList(schema, value, root);
}

/** The one listed value that is written the same, but for case, white space and quotes. */
function matchListed(listed: readonly unknown[], value: Json): Respelt | undefined {
  if (listed.includes(value)) return undefined;
  const folded = fold(String(value));
  const near = listed.filter((word): word is string => typeof word === 'string' && fold(word) === folded);
  return near.length === 1 && near[0] !== undefined
    ? { step: 'match-enum', result: near[0], isWhole: true }
    : undefined;
}

function fold(word: string): string {
  return word.trim().normalize('NFC').toLowerCase();
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** More digits than a double holds would come back as another number. */
const SIGNIFICANT_DIGITS_MAX = 15;

function readScalar(types: ReadonlySet<string>, value: string): Respelt | undefined {
  const text = value.trim();
  const isNumber = jsonNumber.test(text) && text.replaceAll(/\D/g, '').length <= SIGNIFICANT_DIGITS_MAX;
  if (types.has('number') && isNumber) return { step: 'text-to-number', result: Number(text), isWhole: true };
  const word = text.toLowerCase();
  if (types.has('boolean') && (word === 'true' || word === 'false')) {
    return { step: 'text-to-boolean', result: word === 'true', isWhole: true };
  }
  if (types.has('null') && word === 'null') return { step: 'text-to-null', result: null, isWhole: true };
  return undefined;
}

/** A list or an object that was written into a text, as it is. */
function readContainer(types: ReadonlySet<string>, value: string): Respelt | undefined {
  const isList = types.has('array') && /^\s*\[/.test(value);
  const isObject = types.has('object') && /^\s*\{/.test(value);
  if (!isList && !isObject) return undefined;
  const found = findValues(value);
  const only = found.ok && found.values.length === 1 ? found.values[0] : undefined;
  if (only === undefined || only.repairs.length > 0) return undefined;
  return { step: isList ? 'text-to-list' : 'text-to-object', result: only.value, isWhole: false };
}

/** A text that could be several items, or none, is not taken for one. */
const openListText =
  /[\n\r,;|•[{]|^\s*(?:[-*]|\d+[.)])\s|^\s*(?:none|null|nil|nothing|empty|n\/?a|-|—)?\s*$/i;

function wrapInList(schema: JsonSchema, value: Json, root: JsonSchema): Respelt | undefined {
  const { items } = schema;
  if (!(typesOf(schema)?.has('array') ?? false) || !isRecord(items) || value === null) return undefined;
  if (typeof value === 'string' && openListText.test(value)) return undefined;
  const branches = alternativesOf(items, root);
  const type = jsonTypeOf(value);
  const isItem = branches.some((branch) => type !== undefined && typesOf(branch)?.has(type) === true);
  return isItem ? { step: 'wrap-in-list', result: [value], isWhole: false } : undefined;
}
