// Numbers and words as models spell them: `+1`, `1_000`, `True`, `None`. Units, commas between digits and other words are no
// numbers.

import type { Json } from '../registry/snapshot.ts';
import { matchAt, Unreadable } from './cursor.ts';
import type { Cursor } from './cursor.ts';

/** What may stand behind a number or a word. */
const afterToken = /[\s,:\]}/#`<\ufeff]|$/y;

const strictNumber = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** `+1`, `.5`, `5.`, `1_000`, `0x1f`; no leading zeros, which may be part of a code. */
const looseNumber = /[-+]?(?:0[xX][\da-fA-F]+|(?:0|[1-9]\d*(?:_\d+)*)?(?:\.\d*)?(?:[eE][+-]?\d+)?)/y;

export function readNumber(cursor: Cursor): Json {
  const { text, at } = cursor;
  const strict = tokenAt(strictNumber, text, at);
  const token = strict ?? tokenAt(looseNumber, text, at);
  if (token === undefined || !/\d/.test(token)) throw new Unreadable('syntax', at);
  cursor.at += token.length;
  const value = valueOfNumber(token, at);
  if (strict === undefined) cursor.note('respell-number', token, String(value));
  return value;
}

function tokenAt(pattern: RegExp, text: string, at: number): string | undefined {
  const token = matchAt(pattern, text, at);
  return token !== undefined && matchAt(afterToken, text, at + token.length) !== undefined
    ? token
    : undefined;
}

const EXACT_DIGITS = 15;

/** An integer that a double cannot hold would come out as another one. */
function valueOfNumber(token: string, at: number): number {
  const digits = token.replace('+', '').replaceAll('_', '');
  const value =
    digits.startsWith('-0x') || digits.startsWith('-0X') ? -Number(digits.slice(1)) : Number(digits);
  if (!Number.isFinite(value)) throw new Unreadable('number', at);
  const isInteger = /^-?\d+$/.test(digits);
  const isExact =
    !isInteger ||
    digits.length <= EXACT_DIGITS ||
    String(value) === digits ||
    BigInt(digits) === BigInt(value);
  if (!isExact) throw new Unreadable('number', at);
  return value;
}

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ...['true', 'True', 'TRUE'].map((word): [string, Json] => [word, true]),
  ...['false', 'False', 'FALSE'].map((word): [string, Json] => [word, false]),
  ...['null', 'Null', 'NULL', 'None', 'nil', 'undefined'].map((word): [string, Json] => [word, null]),
]);

export function readWord(cursor: Cursor): Json {
  const { text, at } = cursor;
  const word = matchAt(/[A-Za-z]+/y, text, at) ?? '';
  const value = words.get(word);
  cursor.isData ||= value !== undefined;
  if (value === undefined || matchAt(afterToken, text, at + word.length) === undefined) {
    throw new Unreadable('syntax', at);
  }
  cursor.at += word.length;
  const json = String(value);
  if (word !== json) cursor.note('respell-word', word, json);
  return value;
}
