// Request bodies from bytes to values. Refuses with a position and never with the body's own words, because bodies
// hold prompts; `__proto__` stays an ordinary own property.
import { isUtf8 } from 'node:buffer';
import { CapabilityError } from '../errors.ts';
import { depthExceededAt, describeJsonMistake, printPlace } from './find-json-mistake.ts';

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

function malformed(text: string): CapabilityError {
  return new CapabilityError('request_invalid', `The body is not JSON: ${describeJsonMistake(text)}.`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return `a ${typeof value}`;
}
