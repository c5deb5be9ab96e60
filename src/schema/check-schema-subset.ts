// Whether a schema keeps to the subset, for who only wants to know.

import type { SchemaProblem } from './schema-problem.ts';
import { readSchema } from './subset/read-schema.ts';

/** Everything that is wrong with the schema and the schemas inside it, in the order in which they are written. */
export function checkSchemaSubset(schema: unknown): readonly SchemaProblem[] {
  return readSchema(schema).problems;
}
