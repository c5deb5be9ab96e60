// The keywords of the schema subset, what each may hold, and the way out for those that are not in it.

import { isRecord } from './json-schema.ts';
import type { JsonType } from './json-schema.ts';

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
const schemas = { wanted: 'a map of schemas', holds: isRecord };
const branches = {
  wanted: 'a list of at least one schema',
  holds: (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isRecord),
};

export const typeNames: readonly string[] = [
  ...['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'],
];

export const trustLevels: readonly string[] = ['trusted', 'untrusted'];

/** Every keyword of the subset. */
export const keywords: { readonly [name: string]: Keyword } = {
  type: {
    wanted: 'a type, or a list of a type and "null"',
    holds: (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
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
  $id: text,
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
  'x-pii': anything,
  'x-extensible-enum': flag,
  'x-text': text,
};

/** Keywords of JSON Schema and its relatives that are not in the subset, each with what to write instead. */
export const outside: { readonly [name: string]: string } = {
  allOf: 'write the properties of all parts into one schema; closed objects cannot be combined',
  not: 'say what is allowed: an enum, a pattern, or branches with a tag',
  ...toTaggedBranches('if', 'then', 'else', 'dependentRequired', 'dependentSchemas', 'dependencies'),
  prefixItems: 'use an object with a name for each place',
  additionalItems: 'use `items` for all items of the list',
  contains: 'say what every item is, with `items`',
  minContains: 'say what every item is, with `items`',
  maxContains: 'say what every item is, with `items`',
  unevaluatedItems: 'use `items` for all items of the list',
  unevaluatedProperties: 'objects are closed without it; leave it out',
  patternProperties: 'use `additionalProperties` with a schema, or a list of objects with a name each',
  $dynamicRef: 'use `$ref`',
  $dynamicAnchor: 'use a name under `$defs`',
  $recursiveRef: 'use `$ref`',
  $recursiveAnchor: 'use a name under `$defs`',
  $anchor: 'use a name under `$defs`',
  $vocabulary: 'leave it out',
  contentEncoding: 'say it in the description; it is not checked',
  contentMediaType: 'say it in the description; it is not checked',
  contentSchema: 'give the parts properties of their own',
  readOnly: 'leave it out: input and output are separate schemas',
  writeOnly: 'leave it out: input and output are separate schemas',
  nullable: 'that is OpenAPI 3.0; write `type: [string, "null"]`',
  example: 'that is OpenAPI; write `examples:` with a list',
  discriminator: 'that is OpenAPI; a `const` property in each branch is enough',
  xml: 'that is OpenAPI; leave it out',
  externalDocs: 'that is OpenAPI; leave it out',
  definitions: 'that is draft 7; write `$defs`',
  id: 'that is draft 4; leave it out',
};

function toTaggedBranches(...names: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(names.map((name) => [name, 'use `oneOf` with a property that names the branch']));
}
