// Texts as models spell them: other quotes, raw line breaks, backslashes too few. What could be meant in two ways is refused.

import { hasLineBreak, matchAt, nextInk, Unreadable } from './cursor.ts';
import type { Cursor } from './cursor.ts';

/** Where a text stands. */
export type TextPlace = 'name' | 'object' | 'list';

/** Opening quote → the quotes that end it. */
export const quotes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['”', '”'],
  ['„', '“”'],
  ['‘', '’'],
  ['’', '’'],
  ['«', '»'],
]);

/** What ends or interrupts the plain characters of a text, by its opening quote. */
const interruptions: ReadonlyMap<string, RegExp> = new Map(
  // eslint-disable-next-line no-control-regex
  [...quotes].map(([open, close]) => [open, new RegExp(`[${open}${close}\\\\\\u0000-\\u001f]`, 'g')]),
);

interface Spelling {
  readonly quote: string;
  /** Quotes inside the text that were not escaped. */
  innerQuotes: number;
  /** Typographic quotes that were opened inside the text and not closed yet. */
  openQuotes: number;
  /** Control characters that were not escaped. */
  rawControls: number;
  /** Backslashes that begin no escape of JSON. */
  keptBackslashes: number;
  droppedBackslashes: number;
  /** Escapes such as `\n`, which are something else where backslashes are meant as they are. */
  namedEscapes: number;
}

/** Reads the text that opens here, its quotes included. */
export function readString(cursor: Cursor, at: TextPlace): string {
  return (cursor.hasInnerQuotes ? undefined : readStrictString(cursor)) ?? readLooseString(cursor, at);
}

/** A text that is JSON as it stands, which nearly all are: found and read by the engine's own means. */
function readStrictString(cursor: Cursor): string | undefined {
  const { text, at } = cursor;
  if (text.charAt(at) !== '"') return undefined;
  const end = endOfString(text, at);
  if (end >= text.length) throw new Unreadable('cut-off', at);
  const written = text.slice(at, end + 1);
  if (rawControl.test(written) || oddEscape.test(written)) return undefined;
  cursor.at = end + 1;
  return JSON.parse(written) as string;
}

// eslint-disable-next-line no-control-regex
const rawControl = /[\u0000-\u001f]/;
/** Finds too many, as the second half of `\\\\d`; never too few. */
const oddEscape = /\\(?!["\\/bfnrt]|u[\da-fA-F]{4})/;

/** The quote that ends the text which opens at `open`; the end of everything when there is none. */
export function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); ; close = text.indexOf('"', close + 1)) {
    if (close < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(close - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return close;
  }
}

function readLooseString(cursor: Cursor, at: TextPlace): string {
  const { text } = cursor;
  const start = cursor.at;
  const quote = text.charAt(start);
  const spelling: Spelling = {
    quote,
    innerQuotes: 0,
    openQuotes: 0,
    rawControls: 0,
    keptBackslashes: 0,
    droppedBackslashes: 0,
    namedEscapes: 0,
  };
  const closing = quotes.get(quote) ?? quote;
  const interruption = interruptions.get(quote) as RegExp;
  const parts: string[] = [];
  cursor.at += 1;
  for (;;) {
    interruption.lastIndex = cursor.at;
    const found = interruption.exec(text)?.index;
    if (found === undefined) throw new Unreadable('cut-off', start);
    parts.push(text.slice(cursor.at, found));
    cursor.at = found;
    const character = text.charAt(found);
    if (character === '\\') parts.push(readEscape(cursor, spelling));
    else if (character < ' ') {
      spelling.rawControls += 1;
      parts.push(character);
      cursor.at += 1;
    } else if (!closing.includes(character)) {
      spelling.openQuotes += 1;
      parts.push(character);
      cursor.at += 1;
    } else if (!cursor.hasInnerQuotes || endsString(cursor, at)) break;
    else {
      if (!isInnerQuote(text, start, found, spelling)) throw new Unreadable('syntax', found);
      spelling.innerQuotes += 1;
      spelling.openQuotes -= 1;
      parts.push(character);
      cursor.at += 1;
    }
  }
  cursor.at += 1;
  const value = parts.join('');
  noteSpelling(cursor, spelling, start, value);
  return value;
}

/** Keeps receipts of what was respelt, and refuses what has two readings. */
function noteSpelling(cursor: Cursor, spelling: Spelling, start: number, value: string): void {
  const { quote, innerQuotes, rawControls, keptBackslashes, droppedBackslashes, namedEscapes } = spelling;
  const isAmbiguous = (quote === '"' && innerQuotes % 2 === 1) || (keptBackslashes > 0 && namedEscapes > 0);
  if (isAmbiguous) throw new Unreadable('syntax', start);
  const steps = [
    quote !== '"' && 'quote-text',
    quote === '"' && innerQuotes > 0 && 'escape-quotes',
    rawControls > 0 && 'escape-controls',
    keptBackslashes + droppedBackslashes > 0 && 'mend-escapes',
  ];
  for (const step of steps) {
    if (step !== false) cursor.note(step, cursor.text.slice(start, cursor.at), JSON.stringify(value));
  }
}

/**
 * Whether the quote here ends its text, or stands in it without a backslash: what follows the end of a text is known. A name
 * and a colon after a quote inside a text would be another property, so that is not guessed at.
 */
function endsString({ text, at }: Cursor, place: TextPlace): boolean {
  const next = nextInk(text, at + 1);
  const character = text.charAt(next);
  if (place === 'name') {
    if (character !== ':') throw new Unreadable(character === '' ? 'cut-off' : 'syntax', at);
    return true;
  }
  if (character === '') return true;
  if (character === ',') return beginsEntry(text, nextInk(text, next + 1), place);
  if (character === '}' || character === ']') return true;
  if (character === ':') throw new Unreadable('syntax', at);
  if (character === '/' || character === '#') return /^(?:\/\/|\/\*|#)/.test(text.slice(next, next + 2));
  if (character === '`' || character === '<') return isAfterwordAt(text, at + 1, next);
  if (!quotes.has(character)) return false;
  return place === 'list' ? hasLineBreak(text, at, next) : isNameAt(text, next);
}

/**
 * Whether a quote that does not end its text stands where quotes stand in writing: around words, in pairs; an apostrophe
 * inside a word; typographic quotes as often closed as opened.
 */
function isInnerQuote(
  text: string,
  start: number,
  at: number,
  { quote, innerQuotes, openQuotes }: Spelling,
): boolean {
  const before = at === start + 1 ? ' ' : text.charAt(at - 1);
  const after = text.charAt(at + 1);
  if (quote === '"') {
    return innerQuotes % 2 === 0
      ? /[\s(=>/–—-]/.test(before) && /[\p{L}\p{N}\p{Extended_Pictographic}<$€£@#_(-]/u.test(after)
      : /[^\s([{,:]/.test(before) && /[\s"',.;:!?)<>/–—-]/.test(after);
  }
  if (quote === "'" || quote === '‘' || quote === '’') return /\p{L}/u.test(before) && /\p{L}/u.test(after);
  return openQuotes > 0;
}

function isAfterwordAt(text: string, from: number, at: number): boolean {
  const isFence = text.startsWith('```', at) && hasLineBreak(text, from, at);
  return (
    (isFence || /^<[/|]\w/.test(text.slice(at, at + 3))) &&
    !/["{}[\]]/.test(text.slice(at, at + AFTERWORD_MAX))
  );
}

/** So far is looked for quotes and brackets behind what may be the end. */
const AFTERWORD_MAX = 200;

/** Whether what stands after a comma is the next entry: a name in an object, a value in a list. */
function beginsEntry(text: string, at: number, place: TextPlace): boolean {
  const character = text.charAt(at);
  if (character === '' || character === '}' || character === ']' || character === '/' || character === '#')
    return true;
  if (quotes.has(character)) return place === 'list' || isNameAt(text, at);
  if (place !== 'list') return matchAt(bareNameAndColon, text, at) !== undefined;
  return /[{[\d-]/.test(character) || matchAt(literalWord, text, at) !== undefined;
}

const bareNameAndColon = /[\p{L}\p{N}_$][\p{L}\p{N}_$-]{0,99}\s{0,9}:/uy;
const literalWord = /(?:true|false|null|True|False|None)\b/y;

/** A longer name is none. */
const NAME_MAX = 200;

/** Whether a quoted name and its colon stand here. */
function isNameAt(text: string, at: number): boolean {
  const close = quotes.get(text.charAt(at)) ?? '';
  for (let end = at + 1; end < Math.min(text.length, at + NAME_MAX); end += 1) {
    const character = text.charAt(end);
    if (character === '\n') return false;
    if (character === '\\') end += 1;
    else if (close.includes(character)) return text.charAt(nextInk(text, end + 1)) === ':';
  }
  return false;
}

/** The characters that the escape at the backslash stands for. */
function readEscape(cursor: Cursor, spelling: Spelling): string {
  const { text, at } = cursor;
  const character = text.charAt(at + 1);
  if (character === '') throw new Unreadable('cut-off', at);
  cursor.at += 2;
  const plain = plainEscapes.get(character);
  if (plain !== undefined) {
    if (plain < ' ') spelling.namedEscapes += 1;
    return plain;
  }
  if (character === 'u' || (character === 'x' && spelling.quote === "'")) {
    const digits = text.slice(at + 2, at + (character === 'u' ? 6 : 4));
    if (/^(?:[\da-fA-F]{4}|[\da-fA-F]{2})$/.test(digits) && digits.length === (character === 'u' ? 4 : 2)) {
      cursor.at += digits.length;
      spelling.namedEscapes += 1;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
  }
  if (character === "'" || character === '`' || quotes.get(spelling.quote)?.includes(character) === true) {
    spelling.droppedBackslashes += 1;
    return character;
  }
  const isHalfEscape = /[ux]/.test(character) && /[\da-fA-F]/.test(text.charAt(at + 2));
  if (isHalfEscape || !/[\p{L}\p{N} ]/u.test(character)) throw new Unreadable('syntax', at);
  spelling.keptBackslashes += 1;
  return `\\${character}`;
}

const plainEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const BACKSLASH = 0x5c;
