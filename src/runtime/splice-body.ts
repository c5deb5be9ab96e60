// Changes a few top-level fields of a JSON body in its bytes, so that everything else crosses as it was written: unknown
// fields, their order, the spelling of numbers. The body was parsed before, so it is known to be one JSON object.

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

/**
 * The places of the named fields at the top of a JSON object. Throws `request_invalid` when one of them occurs twice:
 * servers differ in which one they take, so checking one and obeying the other must not be possible.
 */
export function findFields(body: Uint8Array, names: readonly string[]): ReadonlyMap<string, FieldPlace> {
  const found = new Map<string, FieldPlace>();
  let at = skipSpace(body, 0) + 1;
  for (;;) {
    at = skipSpace(body, at);
    if (at >= body.length || body[at] === CLOSE_BRACE) return found;
    if (body[at] === COMMA) {
      at += 1;
      continue;
    }
    const keyEnd = endOfString(body, at);
    const start = skipSpace(body, skipSpace(body, keyEnd) + 1);
    const end = endOfValue(body, start);
    const name = JSON.parse(Buffer.from(body.subarray(at, keyEnd)).toString()) as string;
    if (names.includes(name)) {
      if (found.has(name)) {
        throw new CapabilityError('request_invalid', `The body names "${name}" twice.`, { param: name });
      }
      found.set(name, { start, end });
    }
    at = end;
  }
}

export interface Edit extends FieldPlace {
  readonly text: string;
}

/** The body with each place replaced by its text. The edits do not overlap. */
export function splice(body: Uint8Array, edits: readonly Edit[]): Buffer {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, text } of edits.toSorted((left, right) => left.start - right.start)) {
    pieces.push(body.subarray(at, start), Buffer.from(text));
    at = end;
  }
  pieces.push(body.subarray(at));
  return Buffer.concat(pieces);
}

/** Where the first field of the object would begin. */
export function placeAfterOpening(body: Uint8Array): FieldPlace {
  const at = skipSpace(body, 0) + 1;
  return { start: at, end: at };
}

function skipSpace(body: Uint8Array, from: number): number {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09) at += 1;
  return at;
}

/** The position after the closing quote; every jump is to a quote, so long texts are crossed by `indexOf`. */
function endOfString(body: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = body.indexOf(QUOTE, at);
    if (quote < 0) return body.length;
    let slashes = 0;
    while (body[quote - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function endOfValue(body: Uint8Array, start: number): number {
  let depth = 0;
  let at = start;
  while (at < body.length) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = endOfString(body, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return trimEnd(body, at);
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || byte === COLON)) return trimEnd(body, at);
    at += 1;
  }
  return at;
}

function trimEnd(body: Uint8Array, end: number): number {
  let at = end;
  while (body[at - 1] === 0x20 || body[at - 1] === 0x0a || body[at - 1] === 0x0d || body[at - 1] === 0x09)
    at -= 1;
  return at;
}
