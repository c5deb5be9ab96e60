// The keywords of the schema subset and what each may hold. What others write instead is in foreign-keywords.ts.

import { isRecord } from '../json-schema.ts';
import type { JsonType } from '../json-schema.ts';
import { foreignKeywords } from './foreign-keywords.ts';

export interface Keyword {
  /** What the keyword holds, in words, and whether a value is that. */
  readonly wanted: string;
  readonly holds: (value: unknown) => boolean;
  /** The JSON types that it says something about; absent for those that fit every schema. */
  readonly type?: JsonType;
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isList = (value: unknown): boolean => Array.isArray(value);

const count = { wanted: 'a whole number, 0 or more', holds: isCount };
const number = { wanted: 'a number', holds: isNumber };
const text = { wanted: 'text', holds: isText };
const flag = { wanted: 'true or false', holds: isFlag };
const anything = { wanted: 'any value', holds: () => true };
const schema = { wanted: 'a schema', holds: isRecord };
const schemas = { wanted: 'a map from names to schemas', holds: isRecord };
const branches = {
  wanted: 'a list of at least one schema',
  holds: (value: unknown) => Array.isArray(value) && value.length > 0,
};

export const typeNames: readonly string[] = [
  ...['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'],
];

export const trustLevels: readonly string[] = ['trusted', 'untrusted'];

/** Every keyword of the subset. */
export const keywords: { readonly [name: string]: Keyword } = {
  type: {
    wanted: 'a type, or a list of a type and "null"',
    holds: (value) => isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText)),
  },
  properties: { ...schemas, type: 'object' },
  required: {
    wanted: 'a list of property names',
    holds: (value) => Array.isArray(value) && value.every(isText),
    type: 'object',
  },
  additionalProperties: {
    wanted: 'true, false or a schema',
    holds: (value) => isFlag(value) || isRecord(value),
    type: 'object',
  },
  propertyNames: { ...schema, type: 'object' },
  minProperties: { ...count, type: 'object' },
  maxProperties: { ...count, type: 'object' },
  items: { ...schema, type: 'array' },
  minItems: { ...count, type: 'array' },
  maxItems: { ...count, type: 'array' },
  uniqueItems: { ...flag, type: 'array' },
  enum: { wanted: 'a list of values', holds: isList },
  const: anything,
  minimum: { ...number, type: 'number' },
  maximum: { ...number, type: 'number' },
  exclusiveMinimum: { ...number, type: 'number' },
  exclusiveMaximum: { ...number, type: 'number' },
  multipleOf: {
    wanted: 'a number above 0',
    holds: (value) => isNumber(value) && (value as number) > 0,
    type: 'number',
  },
  minLength: { ...count, type: 'string' },
  maxLength: { ...count, type: 'string' },
  pattern: { ...text, type: 'string' },
  format: { ...text, type: 'string' },
  anyOf: branches,
  oneOf: branches,
  $ref: text,
  $defs: schemas,
  $schema: text,
  $comment: text,
  title: text,
  description: text,
  default: anything,
  examples: { wanted: 'a list of values', holds: isList },
  deprecated: flag,
  'x-trust': {
    wanted: trustLevels.join(' or '),
    holds: (value) => typeof value === 'string' && trustLevels.includes(value),
  },
  'x-pii': flag,
  'x-extensible-enum': flag,
  'x-text': text,
};

export function keywordNamed(name: string): Keyword | undefined {
  return Object.hasOwn(keywords, name) ? keywords[name] : undefined;
}

/** Keywords that decide what a schema is about: where one is wrong, nothing more can be said of the whole. */
const structural: readonly string[] = [
  ...['type', 'properties', 'additionalProperties', 'items', 'enum', 'const', 'anyOf', 'oneOf', '$ref'],
];

/** Whether a schema still means what its author wanted when this word is left out of it. */
export function isHarmless(name: string): boolean {
  if (Object.hasOwn(keywords, name)) return !structural.includes(name);
  return Object.hasOwn(foreignKeywords, name) && foreignKeywords[name]?.isAnnotation === true;
}
