// Why a value does not fit a schema: every violation, at its place, in a plain sentence. The verdict is the validator's;
// this is the account of it. Long values are never quoted, and in a union only the branch that was meant is spoken of.

import { suggest } from '../diagnostics/suggest.ts';
import { listWords } from '../diagnostics/words.ts';
import { canonicalJson } from './canonical-json.ts';
import { dereference } from './dereference.ts';
import { formatNamed } from './formats.ts';
import { appendPointer } from './json-pointer.ts';
import { isRecord, jsonTypeOf, ownProperty } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { isMultipleOf } from './numbers.ts';
import { branchesOf, discriminatorOf, selectBranches, typesOf } from './select-branch.ts';
import { lengthOf } from './text-length.ts';

/** After this many violations the account ends; one more says so. */
export const violationsMax = 200;

/** Longer words and lists are cut off in messages. */
const quotedLengthMax = 60;
const listedMax = 20;

/**
 * One way in which a value does not fit: where (for a missing property, the place where it is missing), by which keyword,
 * and what is wanted.
 */
export interface Violation {
  readonly pointer: string;
  readonly keyword: string;
  readonly message: string;
}

/** A violation with what a suggestion needs: the names or values that would have been right. */
export interface Finding extends Violation {
  readonly allowed?: readonly string[];
}

/** Every violation of `schema` by `value`, in the order of the schema; none when it fits. */
export function explain(schema: JsonSchema, value: unknown, root: JsonSchema = schema): readonly Finding[] {
  const findings: Finding[] = [];
  explainNode({ schema, value, pointer: '' }, { root, findings });
  if (findings.length <= violationsMax) return findings;
  const message = `There are more than ${violationsMax} violations; the rest is not listed.`;
  return [...findings.slice(0, violationsMax), { pointer: '', keyword: 'limit', message }];
}

interface Place {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly pointer: string;
}

interface Context {
  readonly root: JsonSchema;
  readonly findings: Finding[];
}

function explainNode(place: Place, context: Context): void {
  if (context.findings.length > violationsMax) return;
  const schema = dereference(place.schema, context.root);
  const resolved = { ...place, schema };
  if (!explainType(resolved, context)) return;
  if (!explainChoice(resolved, context)) return;
  explainUnion(resolved, context);
  explainAllOf(resolved, context);
  if (typeof place.value === 'string') explainString(schema, place.value, place.pointer, context);
  else if (typeof place.value === 'number') explainNumber(schema, place.value, place.pointer, context);
  else if (Array.isArray(place.value)) explainArray(schema, place.value, place.pointer, context);
  else if (isRecord(place.value)) explainObject(schema, place.value, place.pointer, context);
}

/** Reports a wrong type; whether the value has a right one, so that more can be said about it. */
function explainType({ schema, value, pointer }: Place, { findings }: Context): boolean {
  const { type } = schema;
  if (type === undefined) return true;
  const types = (Array.isArray(type) ? type : [type]).map(String);
  if (types.some((each) => hasType(value, each))) return true;
  const wanted = listWords(
    types.map((each) => typeWords[each] ?? each),
    'or',
  );
  findings.push({ pointer, keyword: 'type', message: `This must be ${wanted}; it is ${describe(value)}.` });
  return false;
}

/** Reports a value that is not the one, or among the ones, that are listed; whether it is. */
function explainChoice({ schema, value, pointer }: Place, { findings }: Context): boolean {
  const constant = schema['const'];
  if (constant !== undefined && canonicalJson(constant) !== canonicalJson(value)) {
    const allowed = [plain(constant)];
    findings.push({ pointer, keyword: 'const', message: `This must be ${quote(constant)}.`, allowed });
    return false;
  }
  const choices = schema['enum'];
  if (!Array.isArray(choices)) return true;
  const text = canonicalJson(value);
  if (choices.some((choice) => canonicalJson(choice) === text)) return true;
  const allowed = choices.map(plain);
  const message = `This must be ${listOf(choices)}.${didYouMeanOneOf(value, allowed)}`;
  findings.push({ pointer, keyword: 'enum', message, allowed });
  return false;
}

function explainString(schema: JsonSchema, text: string, pointer: string, { findings }: Context): void {
  const { minLength, maxLength, pattern, format } = schema;
  const length = typeof minLength === 'number' || typeof maxLength === 'number' ? lengthOf(text) : 0;
  if (typeof minLength === 'number' && length < minLength) {
    const message = `This must have at least ${count(minLength, 'character')}; it has ${print(length)}.`;
    findings.push({ pointer, keyword: 'minLength', message });
  }
  if (typeof maxLength === 'number' && length > maxLength) {
    const message = `This must have at most ${count(maxLength, 'character')}; it has ${print(length)}.`;
    findings.push({ pointer, keyword: 'maxLength', message });
    return; // A pattern is not tried on a text that is longer than its author allowed.
  }
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(text)) {
    findings.push({ pointer, keyword: 'pattern', message: `This must match the pattern ${clip(pattern)}.` });
  }
  const known = formatNamed(format);
  if (known !== undefined && !known.fits(text)) {
    const message = `This must have the format ${String(format)}, such as ${known.example}.`;
    findings.push({ pointer, keyword: 'format', message });
  }
}

function explainNumber(schema: JsonSchema, value: number, pointer: string, { findings }: Context): void {
  for (const [keyword, limit] of Object.entries(schema)) {
    const rule = Object.hasOwn(numberRules, keyword) ? numberRules[keyword] : undefined;
    if (rule === undefined || typeof limit !== 'number' || rule.fits(value, limit)) continue;
    findings.push({ pointer, keyword, message: `This must be ${rule.words} ${limit}; it is ${value}.` });
  }
}

const numberRules: {
  readonly [keyword: string]: {
    readonly words: string;
    readonly fits: (value: number, limit: number) => boolean;
  };
} = {
  minimum: { words: 'at least', fits: (value, limit) => value >= limit },
  maximum: { words: 'at most', fits: (value, limit) => value <= limit },
  exclusiveMinimum: { words: 'above', fits: (value, limit) => value > limit },
  exclusiveMaximum: { words: 'below', fits: (value, limit) => value < limit },
  multipleOf: { words: 'a multiple of', fits: isMultipleOf },
};

function explainArray(
  schema: JsonSchema,
  items: readonly unknown[],
  pointer: string,
  context: Context,
): void {
  explainCount(schema, items.length, pointer, context, { min: 'minItems', max: 'maxItems', noun: 'item' });
  if (schema['uniqueItems'] === true) explainUnique(items, pointer, context);
  if (!isRecord(schema['items'])) return;
  for (const [index, value] of items.entries()) {
    explainNode({ schema: schema['items'], value, pointer: appendPointer(pointer, index) }, context);
  }
}

function explainUnique(items: readonly unknown[], pointer: string, { findings }: Context): void {
  const seen = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = canonicalJson(item);
    const first = seen.get(text);
    if (first === undefined) seen.set(text, index);
    else {
      const message = `This equals item ${first}; the items of this list must differ.`;
      findings.push({ pointer: appendPointer(pointer, index), keyword: 'uniqueItems', message });
    }
  }
}

function explainObject(
  schema: JsonSchema,
  value: { readonly [key: string]: unknown },
  pointer: string,
  context: Context,
): void {
  const counted = { min: 'minProperties', max: 'maxProperties', noun: 'entry' };
  explainCount(schema, Object.keys(value).length, pointer, context, counted);
  explainMissing(schema, value, pointer, context);
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  for (const [name, inner] of Object.entries(value)) {
    const property = ownProperty(properties, name);
    explainName(schema['propertyNames'], name, pointer, context);
    if (isRecord(property)) {
      explainNode({ schema: property, value: inner, pointer: appendPointer(pointer, name) }, context);
    } else if (property === undefined) {
      explainAdditional(schema, name, inner, pointer, context);
    }
  }
}

function explainMissing(
  schema: JsonSchema,
  value: { readonly [key: string]: unknown },
  pointer: string,
  { findings }: Context,
): void {
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  for (const name of required.filter((each) => !Object.hasOwn(value, each))) {
    const message = `${quote(name)} is required.`;
    findings.push({ pointer: appendPointer(pointer, name), keyword: 'required', message });
  }
}

function explainAdditional(
  schema: JsonSchema,
  name: string,
  value: unknown,
  pointer: string,
  context: Context,
): void {
  const { additionalProperties, properties } = schema;
  const place = appendPointer(pointer, name);
  if (isRecord(additionalProperties)) {
    explainNode({ schema: additionalProperties, value, pointer: place }, context);
  } else if (additionalProperties === false) {
    const allowed = isRecord(properties) ? Object.keys(properties) : [];
    const message = `There is no property ${quote(name)} here.${didYouMean(name, allowed)}`;
    context.findings.push({ pointer: place, keyword: 'additionalProperties', message, allowed });
  }
}

/** A rule for names is reported at the name's own place. */
function explainName(propertyNames: unknown, name: string, pointer: string, context: Context): void {
  if (!isRecord(propertyNames)) return;
  const place = appendPointer(pointer, name);
  for (const finding of explain(propertyNames, name, context.root)) {
    const message = finding.message.replace(/^This/, `The name ${quote(name)}`);
    context.findings.push({ ...finding, pointer: place, keyword: 'propertyNames', message });
  }
}

function explainAllOf({ schema, value, pointer }: Place, context: Context): void {
  const parts = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  for (const part of parts.filter(isRecord)) explainNode({ schema: part, value, pointer }, context);
}

function explainUnion({ schema, value, pointer }: Place, context: Context): void {
  for (const keyword of ['anyOf', 'oneOf']) {
    if (!Array.isArray(schema[keyword])) continue;
    const place = { schema, value, pointer };
    const all = branchesOf(schema[keyword], context.root);
    const selected = selectBranches(all, value);
    const [only, ...others] = selected;
    // Where type or tag decides, the other branches need not be tried; a deep value would be looked at again and again.
    if (only !== undefined && others.length === 0)
      context.findings.push(...explainBranch(only, place, context));
    else explainAmong(selected, all, keyword, place, context);
  }
}

function explainBranch(branch: JsonSchema, { value, pointer }: Place, { root }: Context): Finding[] {
  return explain(branch, value, root).map((finding) => ({ ...finding, pointer: pointer + finding.pointer }));
}

function explainAmong(
  selected: readonly JsonSchema[],
  all: readonly JsonSchema[],
  keyword: string,
  place: Place,
  context: Context,
): void {
  const { value, pointer } = place;
  const accounts = selected.map((branch) => explainBranch(branch, place, context));
  const fitting = accounts.filter(({ length }) => length === 0).length;
  if (fitting === 1 || (keyword === 'anyOf' && fitting > 0)) return;
  if (fitting > 1) {
    const message = `This fits ${fitting} alternatives; it must fit one only.`;
    context.findings.push({ pointer, keyword, message });
    return;
  }
  const nearest = accounts.toSorted((a, b) => a.length - b.length)[0];
  if (nearest !== undefined) {
    context.findings.push(...nearest);
    return;
  }
  const sameType = all.filter((branch) => typesOf(branch)?.has(jsonTypeOf(value) ?? 'null') ?? true);
  const discriminator = isRecord(value) ? discriminatorOf(sameType) : undefined;
  if (discriminator !== undefined) explainTag(place, discriminator, context);
  else context.findings.push({ pointer, keyword, message: noBranchMessage(all, value) });
}

function explainTag(
  { value, pointer }: Place,
  discriminator: NonNullable<ReturnType<typeof discriminatorOf>>,
  { findings }: Context,
): void {
  const { property, branches } = discriminator;
  const tags = [...branches.keys()].map((tag) => JSON.parse(tag) as unknown);
  const allowed = tags.map(plain);
  const place = appendPointer(pointer, property);
  const tag = isRecord(value) ? ownProperty(value, property) : undefined;
  if (tag === undefined) {
    const message = `${quote(property)} is required; it must be ${listOf(tags)}.`;
    findings.push({ pointer: place, keyword: 'required', message, allowed });
  } else {
    const message = `This must be ${listOf(tags)}.${didYouMeanOneOf(tag, allowed)}`;
    findings.push({ pointer: place, keyword: 'enum', message, allowed });
  }
}

function noBranchMessage(branches: readonly JsonSchema[], value: unknown): string {
  const words = branches.flatMap((branch) => {
    if (branch['const'] !== undefined) return [quote(branch['const'])];
    if (Array.isArray(branch['enum'])) return [listOf(branch['enum'])];
    const { type } = branch;
    return (Array.isArray(type) ? type : [type]).map((each) => typeWords[String(each)] ?? 'another value');
  });
  return `This must be ${listWords([...new Set(words)], 'or')}; it is ${describe(value)}.`;
}

function explainCount(
  schema: JsonSchema,
  actual: number,
  pointer: string,
  { findings }: Context,
  { min, max, noun }: { min: string; max: string; noun: string },
): void {
  const least = schema[min];
  const most = schema[max];
  if (typeof least === 'number' && actual < least) {
    const message = `This must have at least ${count(least, noun)}; it has ${print(actual)}.`;
    findings.push({ pointer, keyword: min, message });
  }
  if (typeof most === 'number' && actual > most) {
    const message = `This must have at most ${count(most, noun)}; it has ${print(actual)}.`;
    findings.push({ pointer, keyword: max, message });
  }
}

const typeWords: { readonly [type: string]: string } = {
  null: 'null',
  boolean: 'true or false',
  integer: 'an integer',
  number: 'a number',
  string: 'a string',
  array: 'a list',
  object: 'an object',
};

function hasType(value: unknown, type: string): boolean {
  return type === 'integer' ? Number.isInteger(value) : jsonTypeOf(value) === type;
}

/** What a value is, in words; short scalars are shown, texts are not. */
function describe(value: unknown): string {
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'number') return `the number ${value}`;
  return typeWords[jsonTypeOf(value) ?? ''] ?? 'no JSON value';
}

function didYouMean(word: unknown, allowed: readonly string[]): string {
  const near = typeof word === 'string' ? suggest(word, allowed) : [];
  return near.length === 0
    ? ''
    : ` Did you mean ${listWords(
        near.map((name) => quote(name)),
        'or',
      )}?`;
}

/** Of words that are listed already; to repeat them all helps nobody. */
function didYouMeanOneOf(word: unknown, listed: readonly string[]): string {
  const near = typeof word === 'string' ? suggest(word, listed) : [];
  return near.length === listed.length ? '' : didYouMean(word, listed);
}

function listOf(values: readonly unknown[]): string {
  const listed = values.slice(0, listedMax).map(quote);
  const rest = values.length - listed.length;
  const words = rest > 0 ? [...listed, `${count(rest, 'other value')} that are not listed here`] : listed;
  return values.length === 1 ? listWords(words, 'or') : `one of ${listWords(words, 'or')}`;
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `"${clip(value)}"` : clip(canonicalJson(value));
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

function clip(text: string): string {
  const start = Array.from(text.slice(0, 2 * quotedLengthMax))
    .slice(0, quotedLengthMax)
    .join('');
  return start.length < text.length ? `${start}…` : text;
}

function count(number: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${print(number)} ${number === 1 ? noun : plural}`;
}

/** 71204 → 71,204, whatever the machine's language. */
function print(number: number): string {
  return number.toLocaleString('en-US', { maximumFractionDigits: 20 });
}

/** Characters as JSON Schema counts them: code points. */
