// What people call types: those of other languages, and words that are formats here.

import { formats } from '../formats.ts';
import type { Reading } from './read-schema.ts';
import { typeNames } from './keywords.ts';

export interface NamedType {
  readonly type: string;
  readonly format?: string;
}

/** The type that a word stands for; undefined when it could be several or none. */
export function typeNamed(word: string, reading: Reading): NamedType | undefined {
  if (typeNames.includes(word)) return { type: word };
  const known = Object.hasOwn(otherNames, word.toLowerCase()) ? otherNames[word.toLowerCase()] : undefined;
  if (known !== undefined) return { type: known };
  const format = word.toLowerCase() === 'datetime' ? 'date-time' : word.toLowerCase();
  if (Object.hasOwn(formats, format)) return { type: 'string', format };
  const [near, ...others] = reading.nearest(word, typeNames);
  return near === undefined || others.length > 0 ? undefined : { type: near };
}

const otherNames: { readonly [name: string]: string } = {
  text: 'string',
  str: 'string',
  char: 'string',
  int: 'integer',
  int32: 'integer',
  int64: 'integer',
  long: 'integer',
  float: 'number',
  double: 'number',
  decimal: 'number',
  bool: 'boolean',
  list: 'array',
  tuple: 'array',
  map: 'object',
  dict: 'object',
  record: 'object',
  struct: 'object',
  none: 'null',
  nil: 'null',
};
