// Which keywords hold schemas, and walking over them. Tolerates schemas that are not checked yet.

import { isRecord, setOwnProperty } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';

/** Keywords by what they hold: one schema, a list of schemas, or schemas by name. */
export const schemaKeywords = new Set(['items', 'additionalProperties', 'propertyNames']);
export const schemaListKeywords = new Set(['anyOf', 'oneOf', 'allOf']);
export const schemaMapKeywords = new Set(['properties', '$defs']);

/** A schema inside a schema, and the pointer tokens that lead to it. */
export interface Subschema {
  readonly tokens: readonly (string | number)[];
  readonly schema: JsonSchema;
}

/** The schemas directly inside a schema, in the order in which they are written. */
export function subschemasOf(schema: JsonSchema): Subschema[] {
  const found: Subschema[] = [];
  mapSubschemas(schema, (inner, tokens) => {
    found.push({ tokens, schema: inner });
    return inner;
  });
  return found;
}

/** A copy of a schema with every schema directly inside replaced by what `change` makes of it. */
export function mapSubschemas(
  schema: JsonSchema,
  change: (inner: JsonSchema, tokens: readonly (string | number)[]) => unknown,
): JsonSchema {
  const mapped: JsonSchema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    setOwnProperty(mapped, keyword, mapKeyword(keyword, value, change));
  }
  return mapped;
}

function mapKeyword(
  keyword: string,
  value: unknown,
  change: (inner: JsonSchema, tokens: readonly (string | number)[]) => unknown,
): unknown {
  const apply = (inner: unknown, ...tokens: (string | number)[]) =>
    isRecord(inner) ? change(inner, tokens) : inner;
  if (schemaKeywords.has(keyword)) return apply(value, keyword);
  if (schemaListKeywords.has(keyword) && Array.isArray(value)) {
    return value.map((inner, index) => apply(inner, keyword, index));
  }
  if (!schemaMapKeywords.has(keyword) || !isRecord(value)) return value;
  const mapped = {};
  for (const [name, inner] of Object.entries(value))
    setOwnProperty(mapped, name, apply(inner, keyword, name));
  return mapped;
}
