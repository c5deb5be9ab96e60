// A deep copy of what claims to be JSON, or the first reason why it is not.

import { appendPointer } from './json-pointer.ts';
import { isRecord, jsonDepthMax, setOwnProperty } from './json-schema.ts';
import type { Json } from './json-schema.ts';

export interface JsonFault {
  readonly pointer: string;
  readonly keyword: 'depth' | 'json';
  readonly message: string;
}

/**
 * Copies a value. Properties that are `undefined` are left out, as in JSON text; a key such as `__proto__` stays a plain
 * property. Nesting beyond `jsonDepthMax` (a cycle included) and values that JSON has no word for are faults.
 */
export function copyJson(value: unknown): { readonly value: Json } | { readonly fault: JsonFault } {
  try {
    return { value: copy(value, undefined, 0) };
  } catch (error) {
    if (error instanceof NotJson) return { fault: error.fault };
    throw error;
  }
}

/** How a fault leaves the recursion; it never leaves this file. */
class NotJson extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Where a value stands; put into words only when something is wrong there. */
interface Place {
  readonly outer: Place | undefined;
  readonly step: string | number;
}

function pointerTo(place: Place | undefined): string {
  return place === undefined ? '' : appendPointer(pointerTo(place.outer), place.step);
}

function copy(value: unknown, place: Place | undefined, depth: number): Json {
  if (depth > jsonDepthMax) throw new NotJson(tooDeep(pointerTo(place)));
  if (Array.isArray(value)) {
    return value.map((item, index) => copy(item, { outer: place, step: index }, depth + 1));
  }
  if (isRecord(value)) return copyRecord(value, place, depth);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const what = typeof value === 'number' ? String(value) : typeof value;
  throw new NotJson({
    pointer: pointerTo(place),
    keyword: 'json',
    message: `This must be a JSON value; it is ${what}.`,
  });
}

function copyRecord(
  record: { readonly [key: string]: unknown },
  place: Place | undefined,
  depth: number,
): Json {
  const copied = {};
  for (const key of Object.keys(record)) {
    const value = record[key];
    if (value !== undefined) setOwnProperty(copied, key, copy(value, { outer: place, step: key }, depth + 1));
  }
  return copied;
}

/** The pointer of a place that is too deep is cut off: it would be as long as the value is deep. */
function tooDeep(pointer: string): JsonFault {
  const parent = pointer.split('/').slice(0, 9).join('/');
  const message = `The value is nested more than ${jsonDepthMax} levels deep.`;
  return { pointer: parent, keyword: 'depth', message };
}
