// Two shapes of one type that must hold together, as one: what stands beside a `$ref` or beside a union.

import type { ArrayShape, NumberShape, ObjectShape, Shape, StringShape } from './shape.ts';
import { anything, optional, tighter, wholeBound } from './shape.ts';

/** The shape that both ask for; `undefined` when one shape cannot say it (two sets of properties, two kinds of items). */
export function intersectShapes(left: Shape, right: Shape): Shape | undefined {
  const place = left.trail.length > 0 ? left : right;
  const { source, trail } = place;
  if (left.type === 'boolean' && right.type === 'boolean') return { ...left, source, trail };
  if (left.type === 'number' && right.type === 'number')
    return { ...intersectNumbers(left, right), source, trail };
  if (left.type === 'string' && right.type === 'string')
    return { ...intersectStrings(left, right), source, trail };
  const merged =
    left.type === 'array' && right.type === 'array'
      ? intersectArrays(left, right)
      : left.type === 'object' && right.type === 'object'
        ? intersectObjects(left, right)
        : undefined;
  return merged && { ...merged, source, trail };
}

function intersectNumbers(left: NumberShape, right: NumberShape): NumberShape {
  const integer = left.integer || right.integer;
  const lower = tighter('lower', left.lower, right.lower);
  const upper = tighter('upper', left.upper, right.upper);
  return {
    ...left,
    integer,
    ...optional('lower', integer ? wholeBound('lower', lower) : lower),
    ...optional('upper', integer ? wholeBound('upper', upper) : upper),
    multiples: union(left.multiples, right.multiples),
  };
}

function intersectStrings(left: StringShape, right: StringShape): StringShape {
  return {
    ...left,
    minLength: Math.max(left.minLength, right.minLength),
    ...optional('maxLength', least(left.maxLength, right.maxLength)),
    patterns: union(left.patterns, right.patterns),
    formats: union(left.formats, right.formats),
  };
}

function intersectArrays(left: ArrayShape, right: ArrayShape): ArrayShape | undefined {
  if (left.items !== undefined && right.items !== undefined) return undefined;
  return {
    ...left,
    minItems: Math.max(left.minItems, right.minItems),
    ...optional('maxItems', least(left.maxItems, right.maxItems)),
    unique: left.unique || right.unique,
    ...optional('items', left.items ?? right.items),
  };
}

function intersectObjects(left: ObjectShape, right: ObjectShape): ObjectShape | undefined {
  const [bare, full] = isBare(left) ? [left, right] : [right, left];
  if (!isBare(bare)) return undefined;
  return {
    ...full,
    required: new Set([...full.required, ...bare.required]),
    minProperties: Math.max(left.minProperties, right.minProperties),
    ...optional('maxProperties', least(left.maxProperties, right.maxProperties)),
  };
}

/** Whether an object shape only counts properties and asks for some: that can join any other. */
function isBare({ properties, additional, names }: ObjectShape): boolean {
  return properties.size === 0 && additional === anything && names === undefined;
}

function least(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.min(left, right);
}

function union<T extends number | string>(left: readonly T[], right: readonly T[]): readonly T[] {
  return [...new Set([...left, ...right])].sort((a, b) => (a < b ? -1 : 1));
}
