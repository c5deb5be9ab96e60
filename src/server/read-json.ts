// Request bodies from bytes to values. Refuses with a position and never with the body's own words, because bodies
// hold prompts; `__proto__` stays an ordinary own property.
import { CapabilityError } from '../errors.ts';
import { joinBytes, lengthOf, sliceBytes } from '../runtime/byte-list.ts';
import type { ByteList } from '../runtime/byte-list.ts';
import { depthExceededAt, describeJsonMistake, printPlace } from './find-json-mistake.ts';
import { isUtf8 } from './is-utf8.ts';

/** Parses a body as one JSON object; throws `request_invalid` otherwise. */
export function readJsonObject(body: ByteList, depthMax: number): Record<string, unknown> {
  const value = readJson(body, depthMax);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CapabilityError('request_invalid', `The body is ${kindOf(value)}; it must be a JSON object.`);
  }
  return value as Record<string, unknown>;
}

/** The body as it came in; nothing where there was none. */
export function chunksOf({ body }: { readonly body: unknown }): ByteList {
  return Array.isArray(body) ? (body as ByteList) : NOTHING;
}

const NOTHING: ByteList = [];

/** The same without the byte order mark that may stand in front of JSON. */
export function jsonBytes(body: ByteList): ByteList {
  if (body[0]?.[0] !== BYTE_ORDER_MARK[0]) return body;
  const mark = joinBytes(sliceBytes(body, 0, BYTE_ORDER_MARK.length));
  return mark.equals(BYTE_ORDER_MARK) ? sliceBytes(body, BYTE_ORDER_MARK.length) : body;
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

function readJson(body: ByteList, depthMax: number): unknown {
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

function textOf(body: ByteList): string {
  const bytes = jsonBytes(body);
  if (lengthOf(bytes) === 0)
    throw new CapabilityError('request_invalid', 'The body is empty; it must be a JSON object.');
  if (!isUtf8(bytes)) throw new CapabilityError('request_invalid', 'The body is not UTF-8 text.');
  return joinBytes(bytes).toString('utf8');
}

function malformed(text: string): CapabilityError {
  return new CapabilityError('request_invalid', `The body is not JSON: ${describeJsonMistake(text)}.`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return `a ${typeof value}`;
}
