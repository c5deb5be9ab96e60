// Changes a few top-level fields of a JSON body in its bytes, so that everything else crosses as it was written: unknown
// fields, their order, the spelling of numbers. It follows the structure of the body and does not judge its values.

import { CapabilityError } from '../errors.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Where the value of a top-level field stands. */
export interface FieldPlace {
  readonly start: number;
  readonly end: number;
}

export type FieldPlaces = ReadonlyMap<string, FieldPlace>;

/**
 * The places of the named fields at the top of a JSON object; undefined when the body is not one, as far as can be seen
 * without parsing it, or nests deeper than `depthMax`. Throws `request_invalid` when a named field occurs twice: servers
 * differ in which one they take, so checking one and obeying the other must not be possible.
 */
export function findFields(
  body: Buffer,
  names: ReadonlySet<string>,
  depthMax = Infinity,
): FieldPlaces | undefined {
  let at = skipSpace(body, 0);
  if (body[at] !== OPEN_BRACE) return undefined;
  at = skipSpace(body, at + 1);
  if (body[at] === CLOSE_BRACE) return isEnd(body, at + 1) ? new Map() : undefined;
  return findFieldsFrom(body, at, names, depthMax);
}

/** The same for the rest of an object, from the first quote of one of its keys on. */
export function findFieldsFrom(
  body: Buffer,
  start: number,
  names: ReadonlySet<string>,
  depthMax = Infinity,
): FieldPlaces | undefined {
  const found = new Map<string, FieldPlace>();
  let at = start;
  for (;;) {
    if (body[at] !== QUOTE) return undefined;
    const keyEnd = endOfString(body, at);
    const colon = skipSpace(body, keyEnd);
    if (body[colon] !== COLON) return undefined;
    const from = skipSpace(body, colon + 1);
    const end = endOfValue(body, from, depthMax);
    if (end === undefined || end === from) return undefined;
    const name = readKey(body, at, keyEnd);
    if (name !== undefined && names.has(name)) {
      if (found.has(name)) {
        throw new CapabilityError('request_invalid', `The body names "${name}" twice.`, { param: name });
      }
      found.set(name, { start: from, end });
    }
    at = skipSpace(body, end);
    if (body[at] === CLOSE_BRACE) return isEnd(body, at + 1) ? found : undefined;
    if (body[at] !== COMMA) return undefined;
    at = skipSpace(body, at + 1);
  }
}

function isEnd(body: Buffer, at: number): boolean {
  return skipSpace(body, at) === body.length;
}

/** The name of a key; undefined for one that is no name of anything. */
function readKey(body: Buffer, start: number, end: number): string | undefined {
  const plain = body.toString('latin1', start + 1, end - 1);
  if (!plain.includes('\\')) return plain;
  try {
    return JSON.parse(body.toString('utf8', start, end)) as string;
  } catch {
    // No JSON: whoever parses the body will say so.
    return undefined;
  }
}

export interface Edit extends FieldPlace {
  readonly text: string;
}

/** The body with each place replaced by its text. The edits do not overlap. */
export function splice(body: Buffer, edits: readonly Edit[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of edits.toSorted((left, right) => left.start - right.start)) {
    pieces.push(body.subarray(at, start), Buffer.from(text));
    at = end;
  }
  pieces.push(body.subarray(at));
  return Buffer.concat(pieces);
}

/** Where the first field of the object would begin. */
export function placeAfterOpening(body: Buffer): FieldPlace {
  const at = skipSpace(body, 0) + 1;
  return { start: at, end: at };
}

function skipSpace(body: Buffer, from: number): number {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09) at += 1;
  return at;
}

/** Most strings of a body are keys and words: shorter than what a search costs. */
const SHORT_STRING = 24;

/** The position after the closing quote; in a long text every jump is to a quote. */
function endOfString(body: Buffer, start: number): number {
  let at = start + 1;
  for (const near = at + SHORT_STRING; at < near; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
    else if (byte === undefined) return body.length;
  }
  for (;;) {
    const quote = body.indexOf(QUOTE, at);
    if (quote < 0) return body.length;
    let slashes = 0;
    while (body[quote - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function endOfValue(body: Buffer, start: number, depthMax: number): number | undefined {
  let depth = 0;
  let at = start;
  while (at < body.length) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = endOfString(body, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      // The body itself is the first level.
      if (depth >= depthMax) return undefined;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return trimEnd(body, at);
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && byte === COMMA) return trimEnd(body, at);
    at += 1;
  }
  return undefined;
}

function trimEnd(body: Buffer, end: number): number {
  let at = end;
  while (body[at - 1] === 0x20 || body[at - 1] === 0x0a || body[at - 1] === 0x0d || body[at - 1] === 0x09)
    at -= 1;
  return at;
}
