// Whether what was read in a text is a value, or a piece of a larger one that is broken somewhere else. A piece that happens
// to fit the contract would be a wrong answer, so every trace of JSON around a value counts against it.

import type { Json } from '../registry/snapshot.ts';
import type { RepairReceipt } from './repair-receipts.ts';

/** A value in a text that begins at `at` and ends at `end`; before `from` another one was read. */
interface Surrounded {
  readonly from: number;
  readonly at: number;
  readonly end: number;
  readonly value: Json;
  readonly repairs: readonly RepairReceipt[];
}

/** So far around a value is looked. */
const NEAR_CHARACTERS = 400;

export function isFragment(text: string, { from, at, end, value, repairs }: Surrounded): boolean {
  const before = text.slice(Math.max(from, at - NEAR_CHARACTERS), at);
  const after = text.slice(end, end + NEAR_CHARACTERS);
  return (
    hasBegun(before, from === 0) ||
    goesOn(after) ||
    (isMended(repairs) && (/^\s*[\]},]/.test(after) || /["\]}]/.test(lineOf(after)))) ||
    (isEmpty(value) && /["[\]{}]/.test(before + after))
  );
}

/** Whether a bracket that opens no value stands before words, as brackets in sentences do. */
export function isSentence(text: string, at: number): boolean {
  return /^[{[\s]*[^\s{[\]},:"'\d]/.test(text.slice(at, at + NEAR_CHARACTERS));
}

/** Whether a name and a colon stand before the value, or, where the text begins, punctuation alone. */
function hasBegun(before: string, isStart: boolean): boolean {
  return /"\s*:\s*$/.test(before) || (isStart && /^\s*[:,][\s:,]*$/.test(before));
}

/** Whether pieces of JSON stand behind the value, up to the next bracket that opens. */
function goesOn(after: string): boolean {
  const [near = ''] = /^[^{[]*/.exec(after) ?? [];
  return (
    goingOn.some((pattern) => pattern.test(near)) || goingOnLine.some((pattern) => pattern.test(lineOf(near)))
  );
}

const goingOn: readonly RegExp[] = [
  /^\s*:/,
  // The end of a text and of what it stood in.
  /"\s*[\]}]/,
  // Brackets too many or a comma, and then a name or a value.
  /^[\s\]},;]*[\]},][\s\]},;]*(?:["'\d-]|(?:true|false|null)\b|\w+\s*:)/,
  // A value, and then what separates it from others.
  /^\s*(?:true|false|null|-?\d[\d.eE+-]*)\s*[,\]}]/,
];

const goingOnLine: readonly RegExp[] = [/"\s*[:,]/, /^[\s\]},;]*[^\s\]},;].*[\]}]/s];

const mendings: ReadonlySet<string> = new Set(['drop-comma', 'add-comma', 'close-list', 'close-object']);

/** Where commas and brackets had to be mended, more brackets behind the value say that it was something else. */
function isMended(repairs: readonly RepairReceipt[]): boolean {
  return repairs.some(({ step }) => mendings.has(step));
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** The first line with anything on it. */
function lineOf(text: string): string {
  return /^\s*[^\n]*/.exec(text)?.[0] ?? '';
}
