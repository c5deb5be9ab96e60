// What models spell otherwise than the contract, and what a reader would take without a second thought: "5" for 5, one item
// for a list of one, " Open " for "open". Only steps that can be undone are taken; what is left out, cut or chosen between
// several meanings is not our business but the model's, which is asked again.

import { dereference } from '../schema/dereference.ts';
import { appendPointer } from '../schema/json-pointer.ts';
import { isRecord, jsonTypeOf, ownProperty, setOwnProperty } from '../schema/json-schema.ts';
import type { Json, JsonSchema } from '../schema/json-schema.ts';
import { branchesOf, selectBranches, typesOf } from '../schema/select-branch.ts';
import type { RepairReceipt } from './repair-json.ts';

/** The value in the contract's spelling, with a receipt for each place that was changed. */
export function coerceOutput(
  schema: JsonSchema,
  value: Json,
): { readonly value: Json; readonly repairs: readonly RepairReceipt[] } {
  const repairs: RepairReceipt[] = [];
  const coerced = coerce({ root: schema, repairs }, schema, value, '');
  return { value: coerced, repairs };
}

interface Coercion {
  readonly root: JsonSchema;
  readonly repairs: RepairReceipt[];
}

function coerce(coercion: Coercion, schema: JsonSchema, value: Json, pointer: string): Json {
  const meant = meantBranch(schema, value, coercion.root);
  if (meant === undefined) return value;
  const respelt = respell(meant, value, coercion.root);
  if (respelt !== undefined) {
    const { step, result } = respelt;
    coercion.repairs.push({ step, pointer, before: shown(value), after: shown(result) });
    return step === 'wrap-in-list' ? coerce(coercion, meant, result, pointer) : result;
  }
  if (Array.isArray(value)) {
    const { items } = meant;
    if (!isRecord(items)) return value;
    return value.map((item: Json, index) => coerce(coercion, items, item, appendPointer(pointer, index)));
  }
  return isRecord(value)
    ? coerceObject(coercion, meant, value as { readonly [name: string]: Json }, pointer)
    : value;
}

function coerceObject(
  coercion: Coercion,
  schema: JsonSchema,
  value: { readonly [name: string]: Json },
  pointer: string,
): Json {
  const { properties } = schema;
  if (!isRecord(properties)) return value;
  const coerced = {};
  for (const [name, inner] of Object.entries(value)) {
    const property = ownProperty(properties, name);
    const result = isRecord(property)
      ? coerce(coercion, property, inner, appendPointer(pointer, name))
      : inner;
    setOwnProperty(coerced, name, result);
  }
  return coerced;
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
}

function respell(schema: JsonSchema, value: Json, root: JsonSchema): Respelt | undefined {
  if (typeof value === 'string' && Array.isArray(schema['enum'])) return matchEnum(schema['enum'], value);
  const types = typesOf(schema);
  const type = jsonTypeOf(value);
  if (types === undefined || type === undefined || types.has(type)) return undefined;
  const scalar = typeof value === 'string' ? readScalar(types, value) : undefined;
  return scalar ?? wrapInList(schema, value, root);
}

/** The one allowed word that is equal but for case and white space around it. */
function matchEnum(allowed: readonly unknown[], value: string): Respelt | undefined {
  if (allowed.includes(value)) return undefined;
  const near = allowed.filter(
    (word): word is string => typeof word === 'string' && fold(word) === fold(value),
  );
  return near.length === 1 && near[0] !== undefined ? { step: 'match-enum', result: near[0] } : undefined;
}

function fold(word: string): string {
  return word.trim().normalize('NFC').toLowerCase();
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** More digits than a double holds would come back as another number. */
const SIGNIFICANT_DIGITS_MAX = 15;

function readScalar(types: ReadonlySet<string>, value: string): Respelt | undefined {
  const text = value.trim();
  if (
    types.has('number') &&
    jsonNumber.test(text) &&
    text.replaceAll(/\D/g, '').length <= SIGNIFICANT_DIGITS_MAX
  ) {
    return { step: 'text-to-number', result: Number(text) };
  }
  const word = text.toLowerCase();
  if (types.has('boolean') && (word === 'true' || word === 'false')) {
    return { step: 'text-to-boolean', result: word === 'true' };
  }
  return undefined;
}

function wrapInList(schema: JsonSchema, value: Json, root: JsonSchema): Respelt | undefined {
  const { items } = schema;
  if (!(typesOf(schema)?.has('array') ?? false) || !isRecord(items) || value === null) return undefined;
  const types = typesOf(dereference(items, root));
  const type = jsonTypeOf(value);
  return type !== undefined && types?.has(type) === true
    ? { step: 'wrap-in-list', result: [value] }
    : undefined;
}

const SHOWN_CHARACTERS = 80;

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS - 1)}…`;
}
