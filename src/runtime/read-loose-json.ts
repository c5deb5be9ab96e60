// Reads one JSON value out of a text as a patient person would: it forgives how models spell JSON and refuses to guess what
// they meant. It goes over the text once and keeps its own stack, so no text is slow and none is too deep.

import type { Json } from '../registry/snapshot.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import { appendPointer } from '../schema/json-pointer.ts';
import { jsonDepthMax, setOwnProperty } from '../schema/json-schema.ts';
import { hasLineBreak, matchAt, nextInk, Unreadable } from './cursor.ts';
import type { Cursor, Unreadability } from './cursor.ts';
import { readNumber, readWord } from './loose-scalar.ts';
import { quotes, readString } from './loose-text.ts';
import { createReceiptList } from './repair-receipts.ts';
import type { ReceiptList, RepairReceipt } from './repair-receipts.ts';

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
  if (plain.ok || plain.reason !== 'syntax' || !plain.isData) return plain;
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
    isData: false,
    note(step, before, after) {
      const path = reader.expects === 'value' ? pathOf(reader) : pathOf(reader, -1);
      reader.receipts.add(step, appendPointer('', ...path), before, after);
    },
  };
  try {
    while (reader.expects !== 'nothing') takeStep(reader);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { reason, at } = error;
    return { ok: false, reason, at, isData: reader.isData || reason !== 'syntax' };
  }
  const { root, at: end, receipts, closed } = reader;
  return { ok: true, value: root ?? null, end, repairs: receipts.list(), closed };
}

interface Reader extends Cursor {
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
}

type Frame =
  | { readonly kind: 'object'; readonly value: object; name: string }
  | { readonly kind: 'list'; readonly value: Json[] };

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
  if (/[-+.\d]/.test(character)) {
    const number = readNumber(reader);
    reader.numberEnd = reader.at;
    return place(reader, number);
  }
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
  const isQuoted = quotes.has(character);
  frame.name = isQuoted ? readString(reader, 'name') : readBareName(reader);
  reader.isData ||= isQuoted;
  skipSpace(reader);
  if (reader.at >= text.length) throw new Unreadable('cut-off', reader.at);
  if (text.charAt(reader.at) !== ':') throw new Unreadable('syntax', reader.at);
  reader.at += 1;
  reader.isData = true;
  reader.expects = 'value';
  reader.afterComma = false;
}

function readBareName(reader: Reader): string {
  const name = matchAt(bareName, reader.text, reader.at);
  if (name === undefined) throw new Unreadable('syntax', reader.at);
  reader.at += name.length;
  reader.note('quote-name', name, JSON.stringify(name));
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
    if (frame?.kind === 'list' && frame.value.length === 1 && Array.isArray(frame.value[0]))
      throw new Unreadable('syntax', reader.at);
    reader.note('close-list', '}', ']}');
    popFrame(reader);
  } else if (character === ']' && parent?.kind === 'list') {
    reader.note('close-object', ']', '}]');
    reader.closed.push(pathOf(reader, -1));
    popFrame(reader);
  } else if (isNextEntry(reader, frame)) {
    reader.note('add-comma', character, `,${character}`);
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
  reader.isData = true;
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

/** White space that JSON does not know, `\n` written outside texts, and comments. */
const oddSpace = /(?:[\v\f\u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]|\\n)+/y;
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
      // Half of a text is no comment.
      if (skipped.split('"').length % 2 === 0) throw new Unreadable('syntax', reader.at);
      reader.note('drop-comment', skipped, '');
      reader.at += skipped.length;
    } else if (code > ASCII_MAX || code < SPACE || code === BACKSLASH) {
      const skipped = matchAt(oddSpace, text, reader.at);
      if (skipped === undefined) return;
      reader.note('drop-space', JSON.stringify(skipped), '');
      reader.at += skipped.length;
    } else return;
  }
}

/** Keeps a receipt at the object or list around it. */
function noteAround(reader: Reader, step: string, before: string, after: string): void {
  reader.receipts.add(step, appendPointer('', ...pathOf(reader, -1)), before, after);
}

/** Where the reader is; with `end`, so many levels are left out. */
function pathOf({ open }: Reader, end?: number): (string | number)[] {
  return open.slice(0, end).map((frame) => (frame.kind === 'list' ? frame.value.length : frame.name));
}

const SPACE = 0x20;
const HASH = 0x23;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const ASCII_MAX = 0x7e;
