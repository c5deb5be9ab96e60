// What a schema asks of the values of one JSON type, keyword by keyword: the pieces of the normal form.

import { isRecord } from '../json-schema.ts';
import type { JsonSchema } from '../json-schema.ts';

export type ShapeType = 'boolean' | 'number' | 'string' | 'array' | 'object';

export const shapeTypes: readonly ShapeType[] = ['boolean', 'number', 'string', 'array', 'object'];

interface ShapeBase {
  /** The schema that says it, references followed. */
  readonly source: JsonSchema;
  /** Pointer tokens from the node to `source`: through the branches of unions, never through references. */
  readonly trail: readonly string[];
}

export interface BooleanShape extends ShapeBase {
  readonly type: 'boolean';
}

export interface NumberShape extends ShapeBase {
  readonly type: 'number';
  readonly integer: boolean;
  readonly lower?: Bound;
  readonly upper?: Bound;
  readonly multiples: readonly number[];
}

/** A limit of a number, and the keyword that sets it. */
export interface Bound {
  readonly value: number;
  readonly exclusive: boolean;
  readonly keyword: string;
  /** The value as the keyword has it. */
  readonly written: number;
}

export interface StringShape extends ShapeBase {
  readonly type: 'string';
  readonly minLength: number;
  readonly maxLength?: number;
  readonly patterns: readonly string[];
  readonly formats: readonly string[];
}

export interface ArrayShape extends ShapeBase {
  readonly type: 'array';
  readonly minItems: number;
  readonly maxItems?: number;
  readonly unique: boolean;
  /** Absent: anything. */
  readonly items?: JsonSchema;
}

export interface ObjectShape extends ShapeBase {
  readonly type: 'object';
  readonly properties: ReadonlyMap<string, JsonSchema>;
  readonly required: ReadonlySet<string>;
  /** What other properties must be; `false` for a closed object, `{}` for an open one. */
  readonly additional: JsonSchema | false;
  readonly names?: JsonSchema;
  readonly minProperties: number;
  readonly maxProperties?: number;
}

export type Shape = BooleanShape | NumberShape | StringShape | ArrayShape | ObjectShape;

/** The shape of one type that the keywords of a schema describe; those of other types say nothing here. */
export function readShape(type: ShapeType, source: JsonSchema, integer: boolean): Shape {
  const base = { source, trail: [] };
  switch (type) {
    case 'boolean':
      return { ...base, type };
    case 'number':
      return readNumber(base, integer);
    case 'string':
      return {
        ...base,
        type,
        minLength: numberOf(source['minLength']) ?? 0,
        ...optional('maxLength', numberOf(source['maxLength'])),
        patterns: textsOf(source['pattern']),
        formats: textsOf(source['format']),
      };
    case 'array':
      return {
        ...base,
        type,
        minItems: numberOf(source['minItems']) ?? 0,
        ...optional('maxItems', numberOf(source['maxItems'])),
        unique: source['uniqueItems'] === true,
        ...optional('items', isRecord(source['items']) ? source['items'] : undefined),
      };
    case 'object':
      return readObject(base);
  }
}

function readNumber(base: ShapeBase, integer: boolean): NumberShape {
  const { source } = base;
  const lower = tighter('lower', boundOf(source, 'minimum'), boundOf(source, 'exclusiveMinimum'));
  const upper = tighter('upper', boundOf(source, 'maximum'), boundOf(source, 'exclusiveMaximum'));
  return {
    ...base,
    type: 'number',
    integer,
    ...optional('lower', integer ? wholeBound('lower', lower) : lower),
    ...optional('upper', integer ? wholeBound('upper', upper) : upper),
    multiples: [numberOf(source['multipleOf'])].filter((factor) => factor !== undefined),
  };
}

function boundOf(source: JsonSchema, keyword: string): Bound | undefined {
  const value = numberOf(source[keyword]);
  return value === undefined
    ? undefined
    : { value, exclusive: keyword.startsWith('exclusive'), keyword, written: value };
}

/** Of two limits on one side, the one that leaves less. */
export function tighter(
  side: 'lower' | 'upper',
  left: Bound | undefined,
  right: Bound | undefined,
): Bound | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return compareBounds(side, left, right) >= 0 ? left : right;
}

/** Above 0 when `left` leaves less than `right`, 0 when they are the same limit. */
export function compareBounds(side: 'lower' | 'upper', left: Bound, right: Bound): number {
  const difference = side === 'lower' ? left.value - right.value : right.value - left.value;
  return difference === 0 ? Number(left.exclusive) - Number(right.exclusive) : difference;
}

/** Among whole numbers every limit is an inclusive one: above 0 is at least 1. */
export function wholeBound(side: 'lower' | 'upper', bound: Bound | undefined): Bound | undefined {
  if (bound === undefined) return undefined;
  const { value, exclusive } = bound;
  const inclusive = side === 'lower' ? Math.ceil(value) : Math.floor(value);
  const step = exclusive && inclusive === value ? 1 : 0;
  return { ...bound, value: side === 'lower' ? inclusive + step : inclusive - step, exclusive: false };
}

function readObject(base: ShapeBase): ObjectShape {
  const { properties, required, additionalProperties, propertyNames, minProperties, maxProperties } =
    base.source;
  return {
    ...base,
    type: 'object',
    properties: new Map(
      Object.entries(isRecord(properties) ? properties : {}).filter((entry): entry is [string, JsonSchema] =>
        isRecord(entry[1]),
      ),
    ),
    required: new Set(Array.isArray(required) ? required.map(String) : []),
    additional:
      additionalProperties === false
        ? false
        : isRecord(additionalProperties) && Object.keys(additionalProperties).length > 0
          ? additionalProperties
          : anything,
    ...optional('names', isRecord(propertyNames) ? propertyNames : undefined),
    minProperties: numberOf(minProperties) ?? 0,
    ...optional('maxProperties', numberOf(maxProperties)),
  };
}

/** The schema that asks for nothing; one object, so that it is one node of every comparison. */
export const anything: JsonSchema = {};

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : [];
}

/** For spreading: nothing when the value is absent. */
export function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [key in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in Key]?: Value };
}
