// Reads one JSON value out of a text as a patient person would: it forgives how models spell JSON and refuses to guess what
// they meant. It goes over the text once and keeps its own stack, so no text is slow and none is too deep.

import type { Json } from '../registry/snapshot.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import { appendPointer } from '../schema/json-pointer.ts';
import { jsonDepthMax, setOwnProperty } from '../schema/json-schema.ts';
import { createReceiptList } from './repair-receipts.ts';
import type { ReceiptList, RepairReceipt } from './repair-receipts.ts';

/**
 * - `cut-off`: the text ends inside the value.
 * - `duplicate`: two values for one name.
 * - `number`: an integer with more digits than a JSON number can hold.
 * - `depth`: nested deeper than any answer.
 * - `syntax`: anything else that has no single reading.
 */
export type Unreadability = 'cut-off' | 'duplicate' | 'number' | 'depth' | 'syntax';

export type LooseReading =
  | {
      readonly ok: true;
      readonly value: Json;
      /** Where the text goes on. */
      readonly end: number;
      readonly repairs: readonly RepairReceipt[];
      /** Objects whose closing brace was missing, as paths: whoever knows the contract sees whether they are whole. */
      readonly closed: readonly (readonly (string | number)[])[];
    }
  | {
      readonly ok: false;
      readonly reason: Unreadability;
      readonly at: number;
      /** Whether it was data all the same, and not a bracket in a sentence. */
      readonly isData: boolean;
    };

/**
 * Reads the object or list that opens at `from`. What follows it is left alone. Only when quotes do not end their texts where
 * they stand are some of them taken for a part of their text.
 */
export function readLooseJson(text: string, from: number): LooseReading {
  const plain = read(text, from, false);
  if (plain.ok || plain.reason !== 'syntax') return plain;
  const lenient = read(text, from, true);
  return lenient.ok ? lenient : { ...plain, isData: plain.isData || lenient.isData };
}

function read(text: string, from: number, hasInnerQuotes: boolean): LooseReading {
  const reader: Reader = {
    text,
    hasInnerQuotes,
    at: from,
    expects: 'value',
    open: [],
    afterComma: false,
    valueEnd: from,
    numberEnd: -1,
    root: undefined,
    receipts: createReceiptList(),
    closed: [],
    namesRead: 0,
  };
  try {
    while (reader.expects !== 'nothing') takeStep(reader);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { reason, at } = error;
    return { ok: false, reason, at, isData: reader.namesRead > 0 || reason !== 'syntax' };
  }
  const { root, at: end, receipts, closed } = reader;
  return { ok: true, value: root ?? null, end, repairs: receipts.list(), closed };
}

interface Reader {
  readonly text: string;
  /** Whether a quote may stand in a text without a backslash. */
  readonly hasInnerQuotes: boolean;
  at: number;
  expects: 'value' | 'name' | 'separator' | 'nothing';
  /** Objects and lists that are open, outermost first. */
  readonly open: Frame[];
  afterComma: boolean;
  /** Where the last value ended. */
  valueEnd: number;
  /** Where the last number ended, when it was the last value. */
  numberEnd: number;
  root: Json | undefined;
  readonly receipts: ReceiptList;
  readonly closed: (readonly (string | number)[])[];
  namesRead: number;
}

type Frame =
  | { readonly kind: 'object'; readonly value: object; name: string }
  | { readonly kind: 'list'; readonly value: Json[] };

/** How the reading of a value ends without one; it never leaves this file. */
class Unreadable extends Error {
  readonly reason: Unreadability;
  readonly at: number;

  constructor(reason: Unreadability, at: number) {
    super(reason);
    this.reason = reason;
    this.at = at;
  }
}

function takeStep(reader: Reader): void {
  skipSpace(reader);
  if (reader.at >= reader.text.length || isAfterword(reader)) return closeAtEnd(reader);
  if (reader.expects === 'name') return readName(reader);
  return reader.expects === 'value' ? readValue(reader) : readSeparator(reader);
}

function readValue(reader: Reader): void {
  const { text, at } = reader;
  const character = text.charAt(at);
  const frame = reader.open.at(-1);
  if (character === '{' || character === '[') return openFrame(reader, character);
  if (character === ']' && frame?.kind === 'list') {
    if (reader.afterComma) noteAround(reader, 'drop-comma', ',]', ']');
    return closeFrame(reader);
  }
  if (quotes.has(character)) {
    return place(reader, readString(reader, frame?.kind === 'list' ? 'list' : 'object'));
  }
  if (/[-+.\d]/.test(character)) return place(reader, readNumber(reader));
  place(reader, readWord(reader));
}

function readName(reader: Reader): void {
  const { text, at } = reader;
  const character = text.charAt(at);
  const frame = reader.open.at(-1);
  if (frame?.kind !== 'object') throw new Unreadable('syntax', at);
  if (character === '}') {
    if (reader.afterComma) noteAround(reader, 'drop-comma', ',}', '}');
    return closeFrame(reader);
  }
  frame.name = quotes.has(character) ? readString(reader, 'name') : readBareName(reader);
  skipSpace(reader);
  if (reader.at >= text.length) throw new Unreadable('cut-off', reader.at);
  if (text.charAt(reader.at) !== ':') throw new Unreadable('syntax', reader.at);
  reader.at += 1;
  reader.namesRead += 1;
  reader.expects = 'value';
  reader.afterComma = false;
}

function readBareName(reader: Reader): string {
  const name = matchAt(bareName, reader.text, reader.at);
  if (name === undefined) throw new Unreadable('syntax', reader.at);
  reader.at += name.length;
  note(reader, 'quote-name', name, JSON.stringify(name));
  return name;
}

const bareName = /[\p{L}\p{N}_$][\p{L}\p{N}_$-]*/uy;

function readSeparator(reader: Reader): void {
  const character = reader.text.charAt(reader.at);
  const frame = reader.open.at(-1);
  const parent = reader.open.at(-2);
  if (character === ',') {
    reader.at += 1;
    reader.afterComma = true;
    reader.expects = frame?.kind === 'list' ? 'value' : 'name';
  } else if (character === (frame?.kind === 'list' ? ']' : '}')) {
    closeFrame(reader);
  } else if (character === '}' && parent?.kind === 'object') {
    note(reader, 'close-list', '}', ']}');
    popFrame(reader);
  } else if (character === ']' && parent?.kind === 'list') {
    note(reader, 'close-object', ']', '}]');
    reader.closed.push(pathOf(reader, -1));
    popFrame(reader);
  } else if (isNextEntry(reader, frame)) {
    note(reader, 'add-comma', character, `,${character}`);
    reader.expects = frame?.kind === 'list' ? 'value' : 'name';
  } else throw new Unreadable('syntax', reader.at);
}

/** Whether another entry begins although no comma stands before it. */
function isNextEntry({ text, at, valueEnd }: Reader, frame: Frame | undefined): boolean {
  const character = text.charAt(at);
  if (frame?.kind === 'object') return quotes.has(character);
  const isContainer = character === '{' || character === '[';
  if (isContainer && /[}\]]/.test(text.charAt(valueEnd - 1))) return true;
  return (
    (isContainer || quotes.has(character) || /[-\d]/.test(character)) && hasLineBreak(text, valueEnd, at)
  );
}

function hasLineBreak(text: string, from: number, to: number): boolean {
  return text.slice(from, to).includes('\n');
}

function openFrame(reader: Reader, character: '{' | '['): void {
  if (reader.open.length >= jsonDepthMax) throw new Unreadable('depth', reader.at);
  reader.open.push(character === '{' ? { kind: 'object', value: {}, name: '' } : { kind: 'list', value: [] });
  reader.at += 1;
  reader.afterComma = false;
  reader.expects = character === '{' ? 'name' : 'value';
}

function closeFrame(reader: Reader): void {
  reader.at += 1;
  popFrame(reader);
}

function popFrame(reader: Reader): void {
  const frame = reader.open.pop();
  place(reader, (frame?.value ?? null) as Json);
}

/** Puts a value that is whole where it belongs. */
function place(reader: Reader, value: Json): void {
  const frame = reader.open.at(-1);
  reader.valueEnd = reader.at;
  reader.expects = frame === undefined ? 'nothing' : 'separator';
  if (frame === undefined) reader.root = value;
  else if (frame.kind === 'list') frame.value.push(value);
  else placeNamed(reader, frame, value);
}

/** A name that occurs twice with one value loses nothing; with two values nobody knows which was meant. */
function placeNamed(reader: Reader, frame: Extract<Frame, { kind: 'object' }>, value: Json): void {
  const { name, value: record } = frame;
  if (!Object.hasOwn(record, name)) {
    setOwnProperty(record, name, value);
    return;
  }
  const text = canonicalJson(value);
  if (canonicalJson((record as Record<string, unknown>)[name]) !== text) {
    throw new Unreadable('duplicate', reader.at);
  }
  reader.receipts.add('drop-duplicate', appendPointer('', ...pathOf(reader)), text, '');
}

/**
 * The text ends, or what follows is no JSON, while objects are open. They are closed, because the contract knows what an
 * object must have; a list could go on, and a number could have more digits.
 */
function closeAtEnd(reader: Reader): void {
  const { open, at, text } = reader;
  const isWhole =
    reader.expects === 'separator' &&
    open.every(({ kind }) => kind === 'object') &&
    !(reader.numberEnd === at && at === text.length);
  if (!isWhole) throw new Unreadable('cut-off', at);
  while (open.length > 0) {
    const path = pathOf(reader, -1);
    reader.receipts.add('close-object', appendPointer('', ...path), '', '}');
    reader.closed.push(path);
    popFrame(reader);
  }
}

/** What models and templates write after a value whose last brace they forgot: the end of a code fence, a closing tag. */
function isAfterword({ text, at, expects, open, valueEnd }: Reader): boolean {
  if (expects !== 'separator' || open.length === 0) return false;
  if (text.startsWith('```', at)) return hasLineBreak(text, valueEnd, at) && !/["{}[\]]/.test(text.slice(at));
  return /^<[/|]\w/.test(text.slice(at, at + 3)) && !/["{}[\]]/.test(text.slice(at));
}

type StringPlace = 'name' | 'object' | 'list';

/** Opening quote → the quotes that end it. */
const quotes: ReadonlyMap<string, string> = new Map([
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
  [...quotes].map(([open, close]) => [open, new RegExp(`[${close}\\\\\\u0000-\\u001f]`, 'g')]),
);

interface Spelling {
  readonly quote: string;
  /** Quotes inside the text that were not escaped. */
  innerQuotes: number;
  /** Control characters that were not escaped. */
  rawControls: number;
  /** Backslashes that begin no escape of JSON. */
  keptBackslashes: number;
  droppedBackslashes: number;
  /** Escapes such as `\n`, which are something else where backslashes are meant as they are. */
  namedEscapes: number;
}

function readString(reader: Reader, at: StringPlace): string {
  return (reader.hasInnerQuotes ? undefined : readStrictString(reader)) ?? readLooseString(reader, at);
}

/** A text that is JSON as it stands, which nearly all are: found and read by the engine's own means. */
function readStrictString(reader: Reader): string | undefined {
  const { text, at } = reader;
  if (text.charAt(at) !== '"') return undefined;
  const end = endOfString(text, at);
  if (end >= text.length) throw new Unreadable('cut-off', at);
  const written = text.slice(at, end + 1);
  if (rawControl.test(written) || oddEscape.test(written)) return undefined;
  reader.at = end + 1;
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

function readLooseString(reader: Reader, at: StringPlace): string {
  const { text } = reader;
  const start = reader.at;
  const quote = text.charAt(start);
  const spelling: Spelling = {
    quote,
    innerQuotes: 0,
    rawControls: 0,
    keptBackslashes: 0,
    droppedBackslashes: 0,
    namedEscapes: 0,
  };
  const interruption = interruptions.get(quote) as RegExp;
  const parts: string[] = [];
  reader.at += 1;
  for (;;) {
    interruption.lastIndex = reader.at;
    const found = interruption.exec(text)?.index;
    if (found === undefined) throw new Unreadable('cut-off', start);
    parts.push(text.slice(reader.at, found));
    reader.at = found;
    const character = text.charAt(found);
    if (character === '\\') parts.push(readEscape(reader, spelling));
    else if (character < ' ') {
      spelling.rawControls += 1;
      parts.push(character);
      reader.at += 1;
    } else if (!reader.hasInnerQuotes || endsString(reader, at)) break;
    else {
      spelling.innerQuotes += 1;
      parts.push(character);
      reader.at += 1;
    }
  }
  reader.at += 1;
  const value = parts.join('');
  noteSpelling(reader, spelling, start, value);
  return value;
}

/** Keeps receipts of what was respelt, and refuses what has two readings. */
function noteSpelling(reader: Reader, spelling: Spelling, start: number, value: string): void {
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
    if (step !== false) note(reader, step, reader.text.slice(start, reader.at), JSON.stringify(value));
  }
}

/**
 * Whether the quote here ends its text, or stands in it without a backslash: what follows the end of a text is known. A name
 * and a colon after a quote inside a text would be another property, so that is not guessed at.
 */
function endsString({ text, at }: Reader, place: StringPlace): boolean {
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
function beginsEntry(text: string, at: number, place: StringPlace): boolean {
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

/** The next character that is not plain white space. */
function nextInk(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== LINE_FEED && code !== CARRIAGE_RETURN && code !== TAB) return at;
    at += 1;
  }
}

/** The characters that the escape at the backslash stands for. */
function readEscape(reader: Reader, spelling: Spelling): string {
  const { text, at } = reader;
  const character = text.charAt(at + 1);
  if (character === '') throw new Unreadable('cut-off', at);
  reader.at += 2;
  const plain = plainEscapes.get(character);
  if (plain !== undefined) {
    if (plain < ' ') spelling.namedEscapes += 1;
    return plain;
  }
  if (character === 'u' || (character === 'x' && spelling.quote === "'")) {
    const digits = text.slice(at + 2, at + (character === 'u' ? 6 : 4));
    if (/^(?:[\da-fA-F]{4}|[\da-fA-F]{2})$/.test(digits) && digits.length === (character === 'u' ? 4 : 2)) {
      reader.at += digits.length;
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

/** What may stand behind a number or a word. */
const afterToken = /[\s,:\]}/#`<\ufeff]|$/y;

const strictNumber = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** `+1`, `.5`, `5.`, `1_000`, `0x1f`; no leading zeros, which may be part of a code. */
const looseNumber = /[-+]?(?:0[xX][\da-fA-F]+|(?:0|[1-9]\d*(?:_\d+)*)?(?:\.\d*)?(?:[eE][+-]?\d+)?)/y;

function readNumber(reader: Reader): Json {
  const { text, at } = reader;
  const strict = tokenAt(strictNumber, text, at);
  const token = strict ?? tokenAt(looseNumber, text, at);
  if (token === undefined || !/\d/.test(token)) throw new Unreadable('syntax', at);
  reader.at += token.length;
  reader.numberEnd = reader.at;
  const value = valueOfNumber(token, at);
  if (strict === undefined) note(reader, 'respell-number', token, String(value));
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

function readWord(reader: Reader): Json {
  const { text, at } = reader;
  const word = tokenAt(/[A-Za-z]+/y, text, at) ?? '';
  const value = words.get(word);
  if (value === undefined) throw new Unreadable('syntax', at);
  reader.at += word.length;
  const json = String(value);
  if (word !== json) note(reader, 'respell-word', word, json);
  return value;
}

/** White space that JSON does not know, `\n` written outside texts, and comments. */
const oddSpace = /(?:[\v\f\u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]|\\[nrt])+/y;
const comment = /\/\/[^\n]*|\/\*[^]*?\*\/|#[^\n]*/y;

function skipSpace(reader: Reader): void {
  const { text } = reader;
  for (;;) {
    reader.at = nextInk(text, reader.at);
    const code = text.charCodeAt(reader.at);
    if (code === SLASH || code === HASH) {
      const skipped = matchAt(comment, text, reader.at);
      if (skipped === undefined)
        throw new Unreadable(text.startsWith('/*', reader.at) ? 'cut-off' : 'syntax', reader.at);
      note(reader, 'drop-comment', skipped, '');
      reader.at += skipped.length;
    } else if (code > ASCII_MAX || code < SPACE || code === BACKSLASH) {
      const skipped = matchAt(oddSpace, text, reader.at);
      if (skipped === undefined) return;
      note(reader, 'drop-space', JSON.stringify(skipped), '');
      reader.at += skipped.length;
    } else return;
  }
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const ASCII_MAX = 0x7e;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Keeps a receipt at the value that is read; at the object, for a name. */
function note(reader: Reader, step: string, before: string, after: string): void {
  const path = reader.expects === 'value' ? pathOf(reader) : pathOf(reader, -1);
  reader.receipts.add(step, appendPointer('', ...path), before, after);
}

/** Keeps a receipt at the object or list around it. */
function noteAround(reader: Reader, step: string, before: string, after: string): void {
  reader.receipts.add(step, appendPointer('', ...pathOf(reader, -1)), before, after);
}

/** Where the reader is; with `end`, so many levels are left out. */
function pathOf({ open }: Reader, end?: number): (string | number)[] {
  return open.slice(0, end).map((frame) => (frame.kind === 'list' ? frame.value.length : frame.name));
}
