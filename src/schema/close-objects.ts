// The normal form of a schema: what authors leave unsaid is written out, so that every reader sees the same contract.

import { isRecord, ownProperty } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { mapSubschemas } from './subschemas.ts';

/**
 * Writes `additionalProperties: false` into every object that says nothing of it, and takes properties with a `default` out
 * of `required`. Applied twice it changes nothing more.
 */
export function closeObjects(schema: JsonSchema): JsonSchema {
  const closed = mapSubschemas(schema, closeObjects);
  if (!describesObject(closed)) return closed;
  const { required: _, ...rest } = closed;
  const required = requiredWithoutDefault(closed);
  return {
    ...(required.length > 0 ? closed : rest),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: closed['additionalProperties'] ?? false,
  };
}

function describesObject(schema: JsonSchema): boolean {
  const { type } = schema;
  return type === 'object' || (Array.isArray(type) && type.includes('object'));
}

function requiredWithoutDefault(schema: JsonSchema): unknown[] {
  const { required, properties } = schema;
  if (!Array.isArray(required)) return [];
  return required.filter((name) => {
    const property = isRecord(properties) ? ownProperty(properties, String(name)) : undefined;
    return !isRecord(property) || property['default'] === undefined;
  });
}
