// Request bodies from bytes to values. Refuses with a position and never with the body's own words, because bodies
// hold prompts; `__proto__` stays an ordinary own property.
import { isUtf8 } from 'node:buffer';
import { CapabilityError } from '../errors.ts';
import { findJsonMistake } from './find-json-mistake.ts';

/** Parses a body as one JSON object; throws `request_invalid` otherwise. */
export function readJsonObject(body: unknown, depthMax: number): Record<string, unknown> {
  const value = readJson(body, depthMax);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CapabilityError('request_invalid', `The body is ${kindOf(value)}; it must be a JSON object.`);
  }
  return value as Record<string, unknown>;
}

/** The same body as the bytes of its JSON, for those who hand it on. */
export function jsonBytes(body: unknown): Buffer {
  if (!Buffer.isBuffer(body)) throw emptyBody();
  return body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? body.subarray(BYTE_ORDER_MARK.length)
    : body;
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

function emptyBody(): CapabilityError {
  return new CapabilityError('request_invalid', 'The body is empty; it must be a JSON object.');
}

function readJson(body: unknown, depthMax: number): unknown {
  const text = textOf(body);
  const tooDeep = depthExceededAt(text, depthMax);
  if (tooDeep !== undefined) {
    throw new CapabilityError(
      'request_invalid',
      `The body nests more than ${depthMax} arrays and objects, at ${printPlace(text, tooDeep)}.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's error quotes the body, so it is not kept as a cause.
    throw malformed(text);
  }
}

function textOf(body: unknown): string {
  const bytes = jsonBytes(body);
  if (bytes.length === 0) throw emptyBody();
  if (!isUtf8(bytes)) throw new CapabilityError('request_invalid', 'The body is not UTF-8 text.');
  return bytes.toString('utf8');
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where nesting goes past `depthMax`, before a parser recurses into it; strings are skipped. */
function depthExceededAt(text: string, depthMax: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at);
    else if (character === 0x7b || character === 0x5b) depth++;
    else if (character === 0x7d || character === 0x5d) depth--;
    if (depth > depthMax) return at;
  }
  return undefined;
}

function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close !== -1 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close === -1 ? text.length : close;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

function malformed(text: string): CapabilityError {
  const { offset, expected } = findJsonMistake(text);
  return new CapabilityError(
    'request_invalid',
    `The body is not JSON: at ${printPlace(text, offset)} ${expected} was expected.`,
  );
}

function printPlace(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return `line ${line}, column ${column} (offset ${offset})`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return `a ${typeof value}`;
}
