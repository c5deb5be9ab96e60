// Values are tried against schemas while compiling; a pattern that could keep a text busy is not tried at all.

import { isRecord } from '../json-schema.ts';
import type { JsonSchema } from '../json-schema.ts';
import { lookAtPattern } from '../pattern/known-patterns.ts';
import { mapSubschemas } from '../subschemas.ts';

const stripped = new WeakMap<JsonSchema, JsonSchema>();

/** The schema without patterns that are not known to take linear time; the same one when there are none. */
export function withoutSlowPatterns(schema: JsonSchema): JsonSchema {
  const known = stripped.get(schema);
  if (known !== undefined) return known;
  const made = strip(schema);
  stripped.set(schema, made);
  return made;
}

function strip(schema: JsonSchema): JsonSchema {
  let isChanged = false;
  const mapped = mapSubschemas(schema, (inner) => {
    const made = isRecord(inner) ? strip(inner) : inner;
    isChanged ||= made !== inner;
    return made;
  });
  const { pattern, ...rest } = mapped;
  if (typeof pattern === 'string' && isSlow(pattern)) return rest;
  return isChanged ? mapped : schema;
}

function isSlow(pattern: string): boolean {
  const known = lookAtPattern(pattern);
  return known.kind === 'mistake' || known.cost.kind !== 'polynomial' || known.cost.power > 2;
}
