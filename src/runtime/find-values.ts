// Where in a model's text the JSON is: past its reasoning, inside code fences, between sentences. Every value that could be
// meant is found; which one is meant is for the contract to say.

import type { Json } from '../registry/snapshot.ts';
import { jsonDepthMax } from '../schema/json-schema.ts';
import type { Unreadability } from './cursor.ts';
import { endOfString } from './loose-text.ts';
import { readLooseJson } from './read-loose-json.ts';
import type { LooseReading } from './read-loose-json.ts';
import { joinReceipts, shortened } from './repair-receipts.ts';
import type { RepairReceipt } from './repair-receipts.ts';
import { isFragment, isSentence } from './stray-json.ts';
import { skipReasoning } from './skip-reasoning.ts';

/** A value in the text, and what it took to read it. */
export interface FoundValue {
  readonly value: Json;
  readonly repairs: readonly RepairReceipt[];
  readonly closed: readonly (readonly (string | number)[])[];
}

export type Findings =
  | {
      readonly ok: true;
      readonly values: readonly FoundValue[];
      /** Nothing but these values is in the text. */
      readonly alone: boolean;
      /** The text without reasoning and code fence, for contracts that are neither object nor list. */
      readonly rest: string;
    }
  | {
      readonly ok: false;
      readonly reason: Unreadability | 'size' | 'reasoning' | 'several';
      readonly at: number;
    };

/** Longer texts are parsed, but not repaired. */
export const REPAIR_CHARACTERS_MAX = 4 * 1024 * 1024;

/** More values than this in one text are not weighed against each other. */
const VALUES_MAX = 64;

/** In a text with more brackets that open no value, nobody finds the one that does. */
const SENTENCE_BRACKETS_MAX = 100;

/** A text in a text in a text is unpacked; one level more is no answer. */
const ENCODINGS_MAX = 3;

/** Finds the values of a text. Cost is linear in its length. */
export function findValues(text: string, encodings = 0): Findings {
  const strict = parseStrictly(text);
  if (strict !== undefined) {
    if (!strict.ok) return strict;
    const { value } = strict;
    if (typeof value === 'string' && encodings < ENCODINGS_MAX) return findEncoded(value, text, encodings);
    return { ok: true, values: [{ value, repairs: [], closed: [] }], alone: true, rest: text };
  }
  if (text.length > REPAIR_CHARACTERS_MAX) return { ok: false, reason: 'size', at: 0 };
  const start = skipReasoning(text);
  if (start === undefined) return { ok: false, reason: 'reasoning', at: 0 };
  const answer = unquoteLines(text.slice(start));
  const found = scan(answer);
  if (!found.ok) return { ...found, at: found.at + start };
  const isQuotation = answer.length < text.length - start;
  const stripped = [
    ...(start > 0 ? [receiptFor('strip-reasoning', text, text.slice(start))] : []),
    ...(isQuotation ? [receiptFor('strip-quotation', text.slice(start), answer)] : []),
  ];
  const values = found.values.map(({ from, end, value, repairs, closed }) => ({
    value,
    closed,
    repairs: joinReceipts(stripped, surroundingsOf(answer, from, end, found.alone), repairs),
  }));
  return { ok: true, values, alone: found.alone, rest: withoutFence(answer) };
}

type StrictReading = { readonly ok: true; readonly value: Json } | Extract<Findings, { ok: false }>;

/**
 * `JSON.parse`, without what it does in silence: of two values for one name it drops one, and it rounds integers that are too
 * long. Undefined when the text is not JSON.
 */
function parseStrictly(text: string): StrictReading | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    // Not JSON as it stands; the next rung looks for what is.
    return undefined;
  }
  const names = countNames(value, 0);
  if (names === undefined) return { ok: false, reason: 'depth', at: 0 };
  const isTrusted = countWrittenNames(text) === names && !/\d{16}/.test(text);
  if (isTrusted || typeof value !== 'object' || value === null) return { ok: true, value };
  const reading = readLooseJson(text, text.search(/[{[]/));
  return reading.ok && reading.repairs.length === 0 ? { ok: true, value } : toStrictReading(reading);
}

function toStrictReading(reading: LooseReading): StrictReading | undefined {
  return reading.ok ? undefined : { ok: false, reason: reading.reason, at: reading.at };
}

/** The properties in a value, at all levels; undefined when it is deeper than any answer. */
function countNames(value: Json, depth: number): number | undefined {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= jsonDepthMax) return undefined;
  const inner = Array.isArray(value) ? (value as readonly Json[]) : Object.values(value);
  let count = Array.isArray(value) ? 0 : inner.length;
  for (const each of inner) {
    const names = countNames(each, depth + 1);
    if (names === undefined) return undefined;
    count += names;
  }
  return count;
}

/** How often a text is followed by a colon, in a text that is JSON. */
function countWrittenNames(text: string): number {
  let count = 0;
  for (let open = text.indexOf('"'); open >= 0;) {
    const close = endOfString(text, open);
    let at = close + 1;
    while (text.charCodeAt(at) <= 0x20) at += 1;
    if (text.charCodeAt(at) === 0x3a) count += 1;
    open = text.indexOf('"', close + 1);
  }
  return count;
}

/** JSON in a JSON string: what a program prints that encodes twice. */
function findEncoded(inner: string, text: string, encodings: number): Findings {
  const found = findValues(inner, encodings + 1);
  if (!found.ok) return found;
  const receipt = receiptFor('decode-text', text, inner);
  const values = found.values.map((each) => ({ ...each, repairs: joinReceipts([receipt], each.repairs) }));
  return values.length > 0
    ? { ...found, values }
    : { ok: true, values: [{ value: inner, repairs: [], closed: [] }], alone: true, rest: text };
}

interface ScannedValue extends FoundValue {
  readonly from: number;
  readonly end: number;
}

type Scan =
  | { readonly ok: true; readonly values: readonly ScannedValue[]; readonly alone: boolean }
  | Extract<Findings, { ok: false }>;

/** Reads every bracket of the text on which a value can open; one that opens data and breaks it ends the search. */
function scan(text: string): Scan {
  const values: ScannedValue[] = [];
  let alone = true;
  let brackets = 0;
  let from = 0;
  for (let at = nextOpener(text, 0); at >= 0; at = nextOpener(text, from)) {
    alone &&= isBetween(text.slice(from, at));
    const reading = readEscaped(text, at) ?? readLooseJson(text, at);
    if (!reading.ok && (reading.isData || !isSentence(text, at)))
      return { ok: false, reason: reading.reason, at: reading.at };
    if (reading.ok) {
      const { value, end, repairs, closed } = reading;
      if (isFragment(text, { from, at, end, value, repairs }))
        return { ok: false, reason: 'syntax', at: end };
      values.push({ value, repairs, closed, from: at, end });
      if (values.length > VALUES_MAX) return { ok: false, reason: 'several', at };
      from = end;
    } else {
      alone = false;
      brackets += 1;
      if (brackets > SENTENCE_BRACKETS_MAX) return { ok: false, reason: 'several', at };
      from = Math.max(reading.at, at + 1);
    }
  }
  return { ok: true, values, alone: alone && isBetween(text.slice(from)) };
}

/** The next bracket; those of a section of character data and of a check list are markup. */
function nextOpener(text: string, from: number): number {
  opener.lastIndex = from;
  for (let found = opener.exec(text); found !== null; found = opener.exec(text)) {
    if (found[0].length === 1) return found.index;
  }
  return -1;
}

const opener = /<!\[CDATA\[|(?<=(?:^|\n)[ \t]{0,20}[-*+] )\[[ xX]?\] |[{[]/g;

/** What may stand between values, and closing brackets too many behind the last. */
function isBetween(text: string): boolean {
  return /^[\s,;\]}\ufeff]*$/.test(text);
}

/** A value whose every quote is escaped, as if it stood in a string. */
function readEscaped(text: string, at: number): LooseReading | undefined {
  if (!/^[{[]\s{0,99}\\"/.test(text.slice(at, at + 104))) return undefined;
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1;
  const written = text.slice(at, end);
  const broken: LooseReading = { ok: false, reason: 'syntax', at, isData: true };
  if (/(?:^|[^\\])"/.test(written)) return broken;
  try {
    const inner = JSON.parse(
      `"${written.replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`,
    ) as string;
    const reading = readLooseJson(inner, 0);
    if (!reading.ok || !isBetween(inner.slice(reading.end))) return broken;
    return {
      ...reading,
      end,
      repairs: joinReceipts([receiptFor('decode-text', written, inner)], reading.repairs),
    };
  } catch {
    // It is escaped in some other way, which we do not know.
    return broken;
  }
}

/** What stood around a value: the fence that marks it, or sentences. */
function surroundingsOf(text: string, from: number, end: number, alone: boolean): RepairReceipt[] {
  const value = text.slice(from, end);
  const before = text.slice(Math.max(0, from - FENCE_HEAD_MAX), from);
  const head = /(?:^|\n)[ \t]*(?:```|~~~)[ \t]*\w*\s*$/.exec(before);
  const tail = /^\s*(?:```|~~~)/.exec(text.slice(end, end + FENCE_HEAD_MAX));
  if (head === null || tail === null) {
    const around = text.slice(0, from) + text.slice(end);
    if (/^[ \t\r\n]*$/.test(around)) return [];
    const step = around.trim() === '' ? 'drop-space' : alone ? 'drop-separators' : 'take-outermost-value';
    const hasClosers = /^\s*[\]}]/.test(text.slice(end));
    return [
      receiptFor(hasClosers && alone ? 'drop-closers' : step, text, value),
      ...(hasClosers && !alone ? [receiptFor('drop-closers', text, value)] : []),
    ];
  }
  const isBare =
    text.slice(0, from).trim() === head[0].trim() && text.slice(end + tail[0].length).trim() === '';
  const fence = receiptFor('strip-code-fence', text, value);
  return isBare ? [fence] : [receiptFor('take-outermost-value', text, value), fence];
}

/** The line that opens a fence is not longer. */
const FENCE_HEAD_MAX = 80;

/** A text without the code fence around the whole of it. */
export function withoutFence(text: string): string {
  const fenced = /^\s*(?:```|~~~)[ \t]*\w*[ \t]*\n(?<inner>[^`~]*)(?:```|~~~)\s*$/.exec(text);
  return (fenced?.groups?.['inner'] ?? text).trim();
}

/** A Markdown quotation is a value with a `>` before every line. */
function unquoteLines(text: string): string {
  if (!/^\s*>/.test(text)) return text;
  const lines = text.split('\n');
  const isQuotation = lines.every((line) => line.trim() === '' || /^\s*>/.test(line));
  return isQuotation ? lines.map((line) => line.replace(/^\s*> ?/, '')).join('\n') : text;
}

function receiptFor(step: string, before: string, after: string): RepairReceipt {
  return { step, pointer: '', before: shortened(before), after: shortened(after) };
}
