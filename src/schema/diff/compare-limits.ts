// Limits of one shape against those of another: numbers, lengths and counts. Pure; says what changed and in which words.

import { isMultipleOf } from '../numbers.ts';
import type { ChangeId } from './change-kinds.ts';
import { compareBounds } from './shape.ts';
import type { Bound, NumberShape, Shape, StringShape } from './shape.ts';

export interface ShapeDifference {
  readonly id: ChangeId;
  /** The keyword at which it stands. */
  readonly keyword: string;
  readonly text: string;
}

/** Limits from here on are there to keep somebody from sending a library; raising one surprises nobody's code. */
const safetyLimits: { readonly [keyword: string]: number } = {
  maxLength: 10_000,
  maxItems: 1_000,
  maxProperties: 1_000,
};

/** All differences of two shapes of one type, except those of what they contain. */
export function compareLimits(old: Shape, next: Shape, subject: string): readonly ShapeDifference[] {
  return [
    ...limitsOf(old).flatMap(([side, before], index) => {
      const after = limitsOf(next)[index]?.[1];
      return compareLimit(side, before, after, subject);
    }),
    ...(old.type === 'number' && next.type === 'number' ? compareNumbers(old, next, subject) : []),
    ...(old.type === 'string' && next.type === 'string' ? compareStrings(old, next, subject) : []),
    ...(old.type === 'array' && next.type === 'array' && old.unique !== next.unique
      ? [uniqueDifference(next.unique, subject)]
      : []),
  ];
}

type Side = 'lower' | 'upper';

/** The limits of a shape, in the same order for all shapes of a type. */
function limitsOf(shape: Shape): readonly (readonly [Side, Bound | undefined])[] {
  switch (shape.type) {
    case 'boolean':
      return [];
    case 'number':
      return [
        ['lower', shape.lower],
        ['upper', shape.upper],
      ];
    case 'string':
      return [
        ['lower', least(shape.minLength, 'minLength')],
        ['upper', most(shape.maxLength, 'maxLength')],
      ];
    case 'array':
      return [
        ['lower', least(shape.minItems, 'minItems')],
        ['upper', most(shape.maxItems, 'maxItems')],
      ];
    case 'object':
      return [
        ['lower', least(shape.minProperties, 'minProperties')],
        ['upper', most(shape.maxProperties, 'maxProperties')],
      ];
  }
}

function least(value: number, keyword: string): Bound | undefined {
  return value === 0 ? undefined : { value, exclusive: false, keyword, written: value };
}

function most(value: number | undefined, keyword: string): Bound | undefined {
  return value === undefined ? undefined : { value, exclusive: false, keyword, written: value };
}

function compareLimit(
  side: Side,
  before: Bound | undefined,
  after: Bound | undefined,
  subject: string,
): readonly ShapeDifference[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return after === undefined ? [] : [added(after, subject)];
  const isSafety = before.value >= (safetyLimits[before.keyword] ?? Infinity);
  if (after === undefined) {
    return [
      {
        id: isSafety ? 'safety-limit-removed' : 'limit-removed',
        keyword: before.keyword,
        text: `\`${subject}\` lost its \`${before.keyword}\` of ${before.written}`,
      },
    ];
  }
  const difference = compareBounds(side, after, before);
  if (difference === 0) return [];
  const id = difference > 0 ? 'limit-tightened' : isSafety ? 'safety-limit-relaxed' : 'limit-relaxed';
  return [{ id, keyword: after.keyword, text: movedText(before, after, subject) }];
}

function added({ keyword, written }: Bound, subject: string): ShapeDifference {
  return { id: 'limit-added', keyword, text: `\`${subject}\` got a \`${keyword}\` of ${written}` };
}

function movedText(before: Bound, after: Bound, subject: string): string {
  if (before.keyword !== after.keyword)
    return `\`${before.keyword}\` ${before.written} of \`${subject}\` became \`${after.keyword}\` ${after.written}`;
  const verb = after.written > before.written ? 'raised' : 'lowered';
  return `\`${after.keyword}\` of \`${subject}\` was ${verb} from ${before.written} to ${after.written}`;
}

function compareNumbers(old: NumberShape, next: NumberShape, subject: string): readonly ShapeDifference[] {
  const whole: readonly ShapeDifference[] =
    old.integer === next.integer
      ? []
      : [
          {
            id: next.integer ? 'type-narrowed' : 'type-widened',
            keyword: 'type',
            text: next.integer
              ? `\`${subject}\` admits whole numbers only`
              : `\`${subject}\` admits fractions as well`,
          },
        ];
  return [...whole, ...compareMultiples(old, next, subject)];
}

function compareMultiples(old: NumberShape, next: NumberShape, subject: string): readonly ShapeDifference[] {
  const tightens = next.multiples.some((factor) => !implies(old, factor));
  const relaxes = old.multiples.some((factor) => !implies(next, factor));
  if (!tightens && !relaxes) return [];
  const [before, after] = [old.multiples.join(', '), next.multiples.join(', ')];
  const text =
    before === ''
      ? `\`${subject}\` must be a multiple of ${after}`
      : after === ''
        ? `\`${subject}\` need not be a multiple of ${before} any more`
        : `\`multipleOf\` of \`${subject}\` changed from ${before} to ${after}`;
  const id = tightens && relaxes ? 'multiple-changed' : tightens ? 'multiple-tightened' : 'multiple-relaxed';
  return [{ id, keyword: 'multipleOf', text }];
}

/** Whether every number of the shape is a multiple of the factor. */
function implies({ integer, multiples }: NumberShape, factor: number): boolean {
  return (integer && isMultipleOf(1, factor)) || multiples.some((multiple) => isMultipleOf(multiple, factor));
}

function compareStrings(old: StringShape, next: StringShape, subject: string): readonly ShapeDifference[] {
  return [
    ...compareTexts(old.patterns, next.patterns, subject, 'pattern'),
    ...compareTexts(old.formats, next.formats, subject, 'format'),
  ];
}

function compareTexts(
  before: readonly string[],
  after: readonly string[],
  subject: string,
  keyword: 'pattern' | 'format',
): readonly ShapeDifference[] {
  const gone = before.filter((text) => !after.includes(text));
  const come = after.filter((text) => !before.includes(text));
  const list = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(' and ');
  if (gone.length > 0 && come.length > 0) {
    const text = `the ${keyword} of \`${subject}\` changed from ${list(gone)} to ${list(come)}`;
    return [{ id: `${keyword}-changed`, keyword, text }];
  }
  if (come.length > 0) {
    const text = `\`${subject}\` must ${keyword === 'pattern' ? 'match' : 'have the format'} ${list(come)}`;
    return [{ id: `${keyword}-added`, keyword, text }];
  }
  if (gone.length > 0) {
    const verb = keyword === 'pattern' ? 'match' : 'have the format';
    const text = `\`${subject}\` need not ${verb} ${list(gone)} any more`;
    return [{ id: `${keyword}-removed`, keyword, text }];
  }
  return [];
}

function uniqueDifference(unique: boolean, subject: string): ShapeDifference {
  return unique
    ? { id: 'unique-items-added', keyword: 'uniqueItems', text: `items of \`${subject}\` must differ` }
    : {
        id: 'unique-items-removed',
        keyword: 'uniqueItems',
        text: `items of \`${subject}\` may be equal`,
      };
}
