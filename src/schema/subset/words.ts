// Pieces of sentences about schemas.

import type { JsonType } from '../json-schema.ts';

/** Longer values are cut off in messages. */
const shownLengthMax = 40;

export const typeInWords: { readonly [type in JsonType]: string } = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

/** What a value is: scalars as they are written, collections by their kind. */
export function inWords(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length <= shownLengthMax ? text : `${text.slice(0, shownLengthMax)}…`;
}
