// What the checker knows of a value: a schema becomes a finite union of alternatives. Every schema maps to a superset
// of the values it accepts (what is not understood widens), and that is what makes "clean" mean clean.

import { unescapeToken } from '../schema/json-pointer.ts';
import { isRecord } from '../schema/json-schema.ts';
import { choosesOneBranch, isCutShort, replacesTarget } from './filled-defaults.ts';
import type { JsonSchema } from './json.ts';

/** A union; none of its alternatives left means that no value can get here. */
export type Type = readonly Alternative[];

export type Alternative =
  | { readonly kind: 'null' }
  | { readonly kind: 'undefined' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | NumberType
  | StringType
  | ListType
  | ObjectType;

/** `value` is present for a literal; `longest` is the number of characters that it prints at most, where that is known. */
export interface NumberType {
  readonly kind: 'number';
  readonly value?: number;
  readonly canBeZero: boolean;
  readonly longest?: number;
}

/** `longest` counts code points, as `maxLength` does; it is absent when there is no limit. */
export interface StringType {
  readonly kind: 'string';
  readonly value?: string;
  readonly canBeEmpty: boolean;
  readonly trust: ValueTrust;
  readonly longest?: number;
}

/** `items` is a function so that recursive schemas end. `max` is absent when there is none. */
export interface ListType {
  readonly kind: 'list';
  readonly items: () => Type;
  readonly min: number;
  readonly max?: number;
}

export interface ObjectType {
  readonly kind: 'object';
  readonly shape: ObjectShape;
}

/** Compared by identity: one schema gives one shape. */
export interface ObjectShape {
  readonly names: readonly string[];
  /** The type of a declared property, with `undefined` in it when the property may be absent. */
  readonly property: (name: string) => Type | undefined;
  /** The type of properties that are not declared; absent when there cannot be any. */
  readonly additional: (() => Type) | undefined;
}

/**
 * Whether text may carry instructions of somebody else. `inert`: chosen by the author (an enum, a number, a date);
 * `trusted`: the author vouches for it (`x-trust`); `untrusted`: free text of the caller.
 */
export type ValueTrust = 'inert' | 'trusted' | 'untrusted';

/** Literals beyond this many are widened to their kind. */
export const literalsMax = 32;

export const nothing: Type = [];
export const absent: Type = [{ kind: 'undefined' }];
export const unknown: Type = [{ kind: 'unknown' }];
export const booleanType: Type = [
  { kind: 'boolean', value: true },
  { kind: 'boolean', value: false },
];
export const numberType: Type = [{ kind: 'number', canBeZero: true }];

/** Without limit for `longest` when it is not finite. */
export function textType(trust: ValueTrust, canBeEmpty = true, longest = Infinity): Type {
  return [{ kind: 'string', canBeEmpty, trust, ...limit(longest) }];
}

function limit(longest: number): { readonly longest?: number } {
  return Number.isFinite(longest) ? { longest } : {};
}

/** The type of a literal that the author wrote. */
export function literalType(value: unknown): Type {
  if (value === undefined) return absent;
  if (value === null) return [{ kind: 'null' }];
  if (typeof value === 'boolean') return [{ kind: 'boolean', value }];
  if (typeof value === 'number') return [{ kind: 'number', value, canBeZero: value === 0 }];
  if (typeof value === 'string') return [{ kind: 'string', value, canBeEmpty: value === '', trust: 'inert' }];
  return unknown;
}

export function join(...types: readonly Type[]): Type {
  const [first = nothing, ...rest] = types.filter((type) => type.length > 0);
  if (rest.length === 0) return first;
  const seen = new Map<string, Alternative>();
  for (const type of types)
    for (const alternative of type) seen.set(alternativeKey(alternative), alternative);
  return widenLiterals([...seen.values()]);
}

function widenLiterals(alternatives: readonly Alternative[]): Type {
  const literals = alternatives.filter(
    (one) => (one.kind === 'string' || one.kind === 'number') && 'value' in one,
  );
  if (literals.length <= literalsMax) return alternatives;
  const longest = Math.max(...literals.map(longestOf));
  const widened = alternatives.map((one): Alternative => {
    if (!('value' in one) || one.kind === 'boolean') return one;
    if (one.kind === 'number') return { kind: 'number', canBeZero: one.canBeZero };
    return { kind: 'string', canBeEmpty: one.canBeEmpty, trust: one.trust, ...limit(longest) };
  });
  return [...new Map(widened.map((one) => [alternativeKey(one), one])).values()];
}

/** Characters of the longest printable number: a sign, `0.00000` and 17 digits. */
const numberLengthMax = 25;

/** The code points that one scalar prints at most. */
export function longestOf(one: Alternative): number {
  switch (one.kind) {
    case 'null':
    case 'undefined':
      return 0;
    case 'boolean':
      return String(one.value).length;
    case 'number':
      return one.value === undefined ? (one.longest ?? numberLengthMax) : String(one.value).length;
    case 'string':
      return one.value === undefined ? (one.longest ?? Infinity) : [...one.value].length;
    default:
      return Infinity;
  }
}

// ---- Identity ------------------------------------------------------------------------------------------------------

const identities = new WeakMap<object, number>();
let identityCount = 0;

function identityOf(thing: object): number {
  const known = identities.get(thing);
  if (known !== undefined) return known;
  identityCount += 1;
  identities.set(thing, identityCount);
  return identityCount;
}

function alternativeKey(one: Alternative): string {
  switch (one.kind) {
    case 'boolean':
      return `b${one.value}`;
    case 'number':
      return `n${one.value ?? ''},${one.canBeZero},${one.longest ?? ''}`;
    case 'string':
      return `s${one.trust},${one.canBeEmpty},${one.longest ?? ''},${one.value === undefined ? '' : JSON.stringify(one.value)}`;
    case 'list':
      return `l${identityOf(one.items)},${one.min},${one.max ?? ''}`;
    case 'object':
      return `o${identityOf(one.shape)}`;
    default:
      return one.kind;
  }
}

/** Equal for types that are equal; used to check a partial once per type of its context. */
export function typeKey(type: Type): string {
  return type.map(alternativeKey).sort().join('|');
}

// ---- Schema → Type -------------------------------------------------------------------------------------------------

/** What is passed down a schema: whether defaults below are filled for certain; `x-trust` counts for everything below it. */
interface Surroundings {
  readonly filled: boolean;
  readonly trusted: boolean;
}

/** One conversion: the root is needed for `$ref`, the memo makes one shape of one schema and ends recursion. */
interface Conversion {
  readonly root: JsonSchema;
  readonly memo: Map<unknown, Map<string, Type | 'in progress'>>;
  /** How many schemas stand around the one that is being converted. */
  depth: number;
}

/** What is deeper could be anything; no contract that is sound is so deep. */
const conversionDepthMax = 500;

/** The type of all values that `schema` accepts, after defaults are filled. `$ref`s are local to it. */
export function typeOfSchema(schema: JsonSchema): Type {
  return convert({ root: schema, memo: new Map(), depth: 0 }, schema, { filled: true, trusted: false });
}

function convert(conversion: Conversion, schema: unknown, surroundings: Surroundings): Type {
  if (schema === true || typeof schema !== 'object' || schema === null)
    return schema === false ? nothing : unknown;
  const key = `${surroundings.filled},${surroundings.trusted}`;
  const memo = conversion.memo.get(schema) ?? new Map<string, Type | 'in progress'>();
  conversion.memo.set(schema, memo);
  const known = memo.get(key);
  if (known === 'in progress') return unknown;
  if (known !== undefined) return known;
  if (conversion.depth > conversionDepthMax) return unknown;
  memo.set(key, 'in progress');
  conversion.depth += 1;
  const type = convertNew(conversion, schema as JsonSchema, surroundings);
  conversion.depth -= 1;
  memo.set(key, type);
  return type;
}

function convertNew(conversion: Conversion, schema: JsonSchema, above: Surroundings): Type {
  const { root } = conversion;
  const surroundings = { ...above, trusted: isTrusted(schema, above) };
  const unfilled = { ...surroundings, filled: false };
  const parts: Type[] = [];
  if (typeof schema['$ref'] === 'string') {
    const below = replacesTarget(schema) ? unfilled : surroundings;
    parts.push(convert(conversion, resolveReference(root, schema['$ref']), below));
  }
  if (hasOwnShape(schema)) parts.push(convertOwn(conversion, schema, surroundings));
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = schema[keyword];
    if (!Array.isArray(branches)) continue;
    const below = choosesOneBranch(branches, root) ? surroundings : unfilled;
    parts.push(join(...branches.map((branch) => convert(conversion, branch, below))));
  }
  const all: readonly unknown[] = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  for (const part of all) parts.push(convert(conversion, part, unfilled));
  return parts.reduce((met, part) => meet(met, part), unknown);
}

/** The innermost word counts. */
function isTrusted(schema: JsonSchema, above: Surroundings): boolean {
  return schema['x-trust'] === undefined ? above.trusted : schema['x-trust'] === 'trusted';
}

const shapeKeywords = ['type', 'enum', 'const', 'properties', 'additionalProperties', 'required', 'items'];

function hasOwnShape(schema: JsonSchema): boolean {
  return shapeKeywords.some((keyword) => schema[keyword] !== undefined);
}

function convertOwn(conversion: Conversion, schema: JsonSchema, surroundings: Surroundings): Type {
  if ('const' in schema) return typesOfLiterals(conversion, schema, [schema['const']], surroundings);
  if (Array.isArray(schema['enum'])) return typesOfLiterals(conversion, schema, schema['enum'], surroundings);
  const types: readonly unknown[] = Array.isArray(schema['type'])
    ? schema['type']
    : [schema['type'] ?? 'any'];
  return join(...types.map((type) => convertKind(conversion, schema, type, surroundings)));
}

/** An object or list among the literals is only known by its kind. */
function typesOfLiterals(
  conversion: Conversion,
  schema: JsonSchema,
  values: readonly unknown[],
  surroundings: Surroundings,
): Type {
  return join(
    ...values.map((value) => {
      if (typeof value !== 'object' || value === null) return literalType(value);
      const kind = Array.isArray(value) ? 'array' : 'object';
      return convertKind(conversion, schema, kind, surroundings);
    }),
  );
}

function convertKind(
  conversion: Conversion,
  schema: JsonSchema,
  type: unknown,
  surroundings: Surroundings,
): Type {
  switch (type) {
    case 'null':
      return [{ kind: 'null' }];
    case 'boolean':
      return booleanType;
    case 'integer':
    case 'number':
      return [{ kind: 'number', canBeZero: !excludesZero(schema), ...longestNumber(schema, type) }];
    case 'string': {
      const canBeEmpty = numberAt(schema, 'minLength') === 0;
      return textType(trustOfString(schema, surroundings), canBeEmpty, longestText(schema));
    }
    case 'array':
      return [listType(conversion, schema, surroundings)];
    case 'object':
      return [{ kind: 'object', shape: shapeOf(conversion, schema, surroundings) }];
    default:
      return unknown;
  }
}

function excludesZero(schema: JsonSchema): boolean {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  return (
    (typeof minimum === 'number' && minimum > 0) ||
    (typeof exclusiveMinimum === 'number' && exclusiveMinimum >= 0) ||
    (typeof maximum === 'number' && maximum < 0) ||
    (typeof exclusiveMaximum === 'number' && exclusiveMaximum <= 0)
  );
}

/** Whole numbers between two bounds are no longer than the bounds are. */
function longestNumber(schema: JsonSchema, type: 'integer' | 'number'): { readonly longest?: number } {
  const { minimum, maximum } = schema;
  if (type === 'number' || !Number.isSafeInteger(minimum) || !Number.isSafeInteger(maximum)) return {};
  return { longest: Math.max(String(minimum).length, String(maximum).length) };
}

/** The longest valid texts of formats that say so; fractions of seconds have no end. */
const formatLengths: { readonly [format: string]: number } = { date: 10, uuid: 36, ipv4: 15, ipv6: 45 };

function longestText(schema: JsonSchema): number {
  const byFormat = formatLengths[String(schema['format'])] ?? Infinity;
  const most = schema['maxLength'];
  return typeof most === 'number' ? Math.min(most, byFormat) : byFormat;
}

/** Formats whose every valid text is too narrow to hold an instruction; the validator asserts them. */
const inertFormats: readonly unknown[] = ['date', 'time', 'date-time', 'duration', 'uuid', 'ipv4', 'ipv6'];

function trustOfString(schema: JsonSchema, surroundings: Surroundings): ValueTrust {
  if (surroundings.trusted) return 'trusted';
  return inertFormats.includes(schema['format']) ? 'inert' : 'untrusted';
}

function listType(conversion: Conversion, schema: JsonSchema, surroundings: Surroundings): ListType {
  const items = once(() => convert(conversion, schema['items'] ?? true, surroundings));
  const max = schema['maxItems'];
  const bounds = { min: numberAt(schema, 'minItems'), ...(typeof max === 'number' ? { max } : {}) };
  return { kind: 'list', items, ...bounds };
}

function shapeOf(conversion: Conversion, schema: JsonSchema, surroundings: Surroundings): ObjectShape {
  const properties = (schema['properties'] ?? {}) as { readonly [name: string]: unknown };
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const rest = schema['additionalProperties'];
  const typeOfProperty = (name: string): Type => {
    const property = properties[name];
    const isCut = isRecord(property) && isCutShort(property, conversion.root);
    const type = convert(conversion, property, isCut ? { ...surroundings, filled: false } : surroundings);
    const isPresent = required.includes(name) || (surroundings.filled && hasDefault(property));
    return isPresent ? type : join(type, absent);
  };
  const types = new Map<string, Type>();
  return {
    names: Object.keys(properties),
    property: (name) => {
      if (!Object.hasOwn(properties, name)) return undefined;
      const type = types.get(name) ?? typeOfProperty(name);
      types.set(name, type);
      return type;
    },
    additional: rest === false ? undefined : once(() => convert(conversion, rest ?? true, surroundings)),
  };
}

function hasDefault(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'default' in schema;
}

function numberAt(schema: JsonSchema, keyword: string): number {
  const value = schema[keyword];
  return typeof value === 'number' ? value : 0;
}

function once(make: () => Type): () => Type {
  let made: Type | undefined;
  return () => (made ??= make());
}

/** `#` and `#/a/b`; anything else widens. */
function resolveReference(root: JsonSchema, reference: string): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return true;
  let target: unknown = root;
  for (const step of decodeURIComponent(reference.slice(2)).split('/')) {
    if (typeof target !== 'object' || target === null) return true;
    const name = unescapeToken(step);
    target = Object.hasOwn(target, name) ? (target as JsonSchema)[name] : undefined;
  }
  return target ?? true;
}

// ---- Meeting -------------------------------------------------------------------------------------------------------

/** A superset of the values in both. */
export function meet(left: Type, right: Type): Type {
  if (isUnknown(left)) return right;
  if (isUnknown(right)) return left;
  return join(...left.map((a) => join(...right.map((b) => meetAlternatives(a, b)))));
}

function meetAlternatives(a: Alternative, b: Alternative): Type {
  if (a.kind === 'unknown') return [b];
  if (b.kind === 'unknown') return [a];
  if (a.kind === 'object' && b.kind === 'object')
    return [{ kind: 'object', shape: mergeShapes(a.shape, b.shape) }];
  if (a.kind === 'list' && b.kind === 'list') return [meetLists(a, b)];
  if (a.kind === 'string' && b.kind === 'string') return meetStrings(a, b);
  if (a.kind === 'number' && b.kind === 'number') return meetNumbers(a, b);
  if (a.kind === 'boolean' && b.kind === 'boolean') return a.value === b.value ? [a] : nothing;
  return a.kind === b.kind ? [a] : nothing;
}

function meetStrings(a: StringType, b: StringType): Type {
  if (a.value !== undefined && b.value !== undefined && a.value !== b.value) return nothing;
  const value = a.value ?? b.value;
  const [inert, trusted] = (['inert', 'trusted'] as const).map(
    (trust) => a.trust === trust || b.trust === trust,
  );
  const trust = inert ? 'inert' : trusted ? 'trusted' : 'untrusted';
  const longest = Math.min(longestOf(a), longestOf(b));
  const canBeEmpty = a.canBeEmpty && b.canBeEmpty;
  return [{ kind: 'string', canBeEmpty, trust, ...(value === undefined ? limit(longest) : { value }) }];
}

function meetNumbers(a: NumberType, b: NumberType): Type {
  if (a.value !== undefined && b.value !== undefined && a.value !== b.value) return nothing;
  const value = a.value ?? b.value;
  const canBeZero = a.canBeZero && b.canBeZero;
  if (value !== undefined) return [{ kind: 'number', canBeZero, value }];
  return [{ kind: 'number', canBeZero, longest: Math.min(longestOf(a), longestOf(b)) }];
}

function meetLists(a: ListType, b: ListType): ListType {
  const max = Math.min(a.max ?? Infinity, b.max ?? Infinity);
  return {
    kind: 'list',
    items: oncePerPair(a.items, b.items, () => once(() => meet(a.items(), b.items()))),
    min: Math.max(a.min, b.min),
    ...(max === Infinity ? {} : { max }),
  };
}

const pairs = new WeakMap<object, WeakMap<object, unknown>>();

/** The meet of two recursive schemas is recursive too, and ends because each pair is met once. */
function oncePerPair<Made>(a: object, b: object, make: () => Made): Made {
  const partners = pairs.get(a) ?? new WeakMap<object, unknown>();
  pairs.set(a, partners);
  const made = (partners.get(b) as Made | undefined) ?? make();
  partners.set(b, made);
  return made;
}

function mergeShapes(a: ObjectShape, b: ObjectShape): ObjectShape {
  return oncePerPair(a, b, () => mergeNewShapes(a, b));
}

/** Both shapes hold: a property that one declares is met with what the other says of it. */
function mergeNewShapes(a: ObjectShape, b: ObjectShape): ObjectShape {
  const memo = new Map<string, Type | undefined>();
  const { additional: additionalA } = a;
  const { additional: additionalB } = b;
  const mergeProperty = (name: string): Type | undefined => {
    const left = a.property(name) ?? optional(additionalA);
    const right = b.property(name) ?? optional(additionalB);
    if (a.property(name) === undefined && b.property(name) === undefined) return undefined;
    return meet(left, right);
  };
  return {
    names: [...new Set([...a.names, ...b.names])],
    property: (name) => {
      if (!memo.has(name)) memo.set(name, mergeProperty(name));
      return memo.get(name);
    },
    additional: additionalA && additionalB ? once(() => meet(additionalA(), additionalB())) : undefined,
  };
}

function optional(additional: (() => Type) | undefined): Type {
  return additional === undefined ? absent : join(additional(), absent);
}

export function isUnknown(type: Type): boolean {
  return type.length === 1 && type[0]?.kind === 'unknown';
}

// ---- Parts ---------------------------------------------------------------------------------------------------------

/** What is at `name` in one alternative; `missing` when its kind or its schema has no such property. */
export function propertyOf(one: Alternative, name: string): Type | 'missing' {
  switch (one.kind) {
    case 'null':
    case 'undefined':
      return absent;
    case 'unknown':
      return unknown;
    case 'object':
      return (
        one.shape.property(name) ?? (one.shape.additional ? join(one.shape.additional(), absent) : 'missing')
      );
    case 'list':
      return itemOf(one, name);
    case 'string':
      return name === 'length' ? numberType : 'missing';
    default:
      return 'missing';
  }
}

function itemOf(list: ListType, name: string): Type | 'missing' {
  if (name === 'length') return [{ kind: 'number', canBeZero: list.min === 0 }];
  if (!/^(?:0|[1-9]\d*)$/.test(name)) return 'missing';
  const index = Number(name);
  if (list.max !== undefined && index >= list.max) return absent;
  return index < list.min ? list.items() : join(list.items(), absent);
}

/** The names an author could have meant. */
export function namesOf(type: Type): string[] {
  const names = type.flatMap((one) => {
    if (one.kind === 'object') return one.shape.names;
    return one.kind === 'list' || one.kind === 'string' ? ['length'] : [];
  });
  return [...new Set(names)];
}

export function booleanOf(canBeTrue: boolean, canBeFalse: boolean): Type {
  return booleanType.filter((one) => one.kind === 'boolean' && (one.value ? canBeTrue : canBeFalse));
}

/** Whether two values can be the same scalar; absence and null differ. */
export function canBeEqual(left: Type, right: Type): boolean {
  return left.some((a) => right.some((b) => canBeSame(a, b)));
}

function canBeSame(a: Alternative, b: Alternative): boolean {
  if (a.kind === 'unknown' || b.kind === 'unknown') return true;
  if (a.kind !== b.kind) return false;
  const values = [a, b].map((one) => ('value' in one ? one.value : undefined));
  return values.includes(undefined) || values[0] === values[1];
}

/** Whether both can only be one and the same value. */
export function mustBeEqual(left: Type, right: Type): boolean {
  const [a, ...moreA] = left;
  const [b, ...moreB] = right;
  if (a === undefined || b === undefined || moreA.length > 0 || moreB.length > 0 || a.kind !== b.kind)
    return false;
  if (a.kind === 'null' || a.kind === 'undefined') return true;
  return 'value' in a && 'value' in b && a.value !== undefined && a.value === b.value;
}

/** Whether the value can be the empty text. */
export function canBeEmpty(type: Type): boolean {
  return type.some((one) => one.kind === 'string' && one.canBeEmpty);
}

/** The least trust of any text inside; what `json` of a value prints, names of open maps included. */
export function trustOf(type: Type, seen = new Set<object>()): ValueTrust {
  let least: ValueTrust = 'inert';
  for (const one of type) {
    least = lessTrust(least, trustOfAlternative(one, seen));
    if (least === 'untrusted') return least;
  }
  return least;
}

function trustOfAlternative(one: Alternative, seen: Set<object>): ValueTrust {
  if (one.kind === 'unknown') return 'untrusted';
  if (one.kind === 'string') return one.trust;
  if (one.kind !== 'list' && one.kind !== 'object') return 'inert';
  const identity = one.kind === 'list' ? one.items : one.shape;
  if (seen.has(identity)) return 'inert';
  seen.add(identity);
  if (one.kind === 'list') return trustOf(one.items(), seen);
  if (one.shape.additional !== undefined) return 'untrusted';
  return one.shape.names.reduce<ValueTrust>(
    (least, name) => lessTrust(least, trustOf(one.shape.property(name) ?? nothing, seen)),
    'inert',
  );
}

export function lessTrust(a: ValueTrust, b: ValueTrust): ValueTrust {
  if (a === 'untrusted' || b === 'untrusted') return 'untrusted';
  return a === 'trusted' || b === 'trusted' ? 'trusted' : 'inert';
}
