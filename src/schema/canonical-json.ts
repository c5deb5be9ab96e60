// One text for equal JSON values: keys sorted, no white space. What hashes and comparisons are made of.

import { isRecord } from './json-schema.ts';

/**
 * The canonical JSON of a value, as RFC 8785 has it: keys in UTF-16 order, numbers and strings as `JSON.stringify` prints
 * them. Properties that are `undefined` are left out; what JSON cannot say (NaN, functions, cycles) throws.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (isRecord(value)) return printRecord(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`JSON has no number ${value}.`);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`JSON has no value of type ${typeof value}.`);
  return text;
}

function printRecord(record: { readonly [key: string]: unknown }): string {
  const members = Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .toSorted(byCodeUnit)
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key])}`);
  return `{${members.join(',')}}`;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
