// What is said of a `pattern`: that it is none, or that a text can keep it busy.

import { appendPointer } from '../json-pointer.ts';
import { lookAtPattern } from '../pattern/known-patterns.ts';
import type { KnownPattern } from '../pattern/known-patterns.ts';
import { worstSteps } from '../pattern/pattern-cost.ts';
import type { Attack, PatternCost } from '../pattern/pattern-cost.ts';
import type { PatternPlace } from '../pattern/read-pattern.ts';
import type { SchemaProblem } from '../schema-problem.ts';
import type { SchemaNode } from './read-schema.ts';

/** A matcher takes some tens of milliseconds for so many steps. */
const stepsMax = 20_000_000;

/** What is assumed of a text that nothing bounds. */
const textLengthAssumed = 100_000;

/** Longer texts are shortened in messages. */
const shownMax = 24;

export function checkPattern({ schema, pointer }: SchemaNode): SchemaProblem[] {
  const { pattern, maxLength } = schema;
  if (typeof pattern !== 'string') return [];
  const place = appendPointer(pointer, 'pattern');
  const known = lookAtPattern(pattern);
  if (known.kind === 'mistake') return [badPattern(known, place, pattern)];
  const problem = slowPattern(known, place, typeof maxLength === 'number' ? maxLength : undefined);
  return problem === undefined ? [] : [problem];
}

function badPattern(
  { message, at }: Extract<KnownPattern, { kind: 'mistake' }>,
  pointer: string,
  pattern: string,
): SchemaProblem {
  const isInside = at !== undefined && at < pattern.length;
  return {
    pointer,
    ...(isInside && { part: { start: at, end: at + 1 } }),
    code: 'schema/bad-pattern',
    message: `This is not a regular expression: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`,
    help: 'patterns are those of JavaScript with the flag `u`, which knows no needless escapes',
  };
}

function slowPattern(
  { cost, root }: Extract<KnownPattern, { kind: 'pattern' }>,
  pointer: string,
  maxLength: number | undefined,
): SchemaProblem | undefined {
  if (cost.kind === 'exponential') return exponential(cost, pointer);
  const slow = { pointer, severity: 'deny', code: 'schema/slow-pattern' } as const;
  if (cost.kind === 'backreference') {
    return {
      ...slow,
      part: cost.place,
      message: 'A backreference cannot be matched in linear time.',
      help: 'write the alternatives out',
    };
  }
  if (cost.kind === 'unclear') {
    const message = 'This pattern is too large to be shown to take linear time.';
    return { ...slow, message, help: 'check the parts as properties of their own' };
  }
  const steps = worstSteps(root, cost.power, maxLength ?? textLengthAssumed);
  return cost.power < 2 || steps <= stepsMax ? undefined : { ...slow, ...polynomial(cost, maxLength, steps) };
}

function exponential(
  { place, attack }: Extract<PatternCost, { kind: 'exponential' }>,
  pointer: string,
): SchemaProblem {
  return {
    pointer,
    part: place,
    severity: 'deny',
    code: 'schema/exponential-pattern',
    message: 'This pattern can take exponential time.',
    label: 'there are several ways to part a text into rounds of this',
    notes: [
      `each further ${quote(attack.pump)} doubles the time for a text such as ${quote(example(attack))}`,
    ],
    help: 'let each round begin with a character that the round before cannot end in',
  };
}

type Polynomial = Extract<PatternCost, { kind: 'polynomial' }>;

function polynomial(
  { power, place, attack }: Polynomial,
  maxLength: number | undefined,
  steps: number,
): Pick<SchemaProblem, 'message' | 'part' | 'notes' | 'help' | 'label'> {
  const growth = power === 2 ? 'square' : power === 3 ? 'cube' : `${power}th power`;
  const length = maxLength ?? textLengthAssumed;
  const bound = maxLength === undefined ? `${print(length)} characters` : `\`maxLength\` ${print(length)}`;
  const isSearch = place?.start === 0 && attack?.prefix === '';
  return {
    message: `This pattern can take time that grows with the ${growth} of the text.`,
    ...partOf(place),
    label: isSearch ? 'tried again at every character' : 'these parts can share a text in many ways',
    notes: [
      `at ${bound} that is about ${inWords(steps)} steps` +
        (attack === undefined ? '' : ` for a text such as ${quote(example(attack))}`),
    ],
    help: isSearch
      ? 'begin it with `^`, or lower `maxLength`'
      : 'let neighbouring parts exclude one another, or lower `maxLength`',
  };
}

function partOf(place: PatternPlace | undefined): { readonly part?: PatternPlace } {
  return place === undefined ? {} : { part: place };
}

function example({ prefix, pump, suffix }: Attack): string {
  const rounds = Math.max(3, Math.floor(12 / pump.length));
  return `${prefix}${pump.repeat(rounds)}…${suffix}`;
}

function quote(text: string): string {
  const shown = text.length > shownMax ? `${text.slice(0, shownMax)}…${text.slice(-2)}` : text;
  return JSON.stringify(shown);
}

function print(number: number): string {
  return number.toLocaleString('en-US');
}

function inWords(steps: number): string {
  const rounded = Number(steps.toPrecision(1));
  const units = [
    [1e12, 'trillion'],
    [1e9, 'billion'],
    [1e6, 'million'],
  ] as const;
  const unit = units.find(([size]) => rounded >= size);
  return unit === undefined ? print(rounded) : `${print(rounded / unit[0])} ${unit[1]}`;
}
