// Following `$ref`s inside one resolved schema, where all of them have the form `#/$defs/NAME`.

import { unescapeToken } from './json-pointer.ts';
import { isRecord, ownProperty } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';

/** A longer chain of references that lead to references is a circle. */
const referenceChainMax = 64;

const definitionReference = /^#\/\$defs\/(?<name>[^/]+)$/;

/** The name in `#/$defs/NAME`; `undefined` for every other reference. */
export function definitionName(reference: unknown): string | undefined {
  if (typeof reference !== 'string') return undefined;
  const name = definitionReference.exec(reference)?.groups?.['name'];
  return name === undefined ? undefined : unescapeToken(name);
}

/** The schema that a `$ref` names in the `$defs` of the root; `undefined` when there is none. */
export function findDefinition(root: JsonSchema, reference: unknown): JsonSchema | undefined {
  const name = definitionName(reference);
  const definitions = ownProperty(root, '$defs');
  if (name === undefined || !isRecord(definitions)) return undefined;
  const definition = ownProperty(definitions, name);
  return isRecord(definition) ? definition : undefined;
}

/**
 * The schema without `$ref` that a schema stands for: the keywords of the definitions it leads to, with the keywords beside
 * each `$ref` laid over them. References that lead nowhere or in a circle give what is known until there.
 */
export function dereference(schema: JsonSchema, root: JsonSchema): JsonSchema {
  // By far the most schemas, and this is asked of every value of every call.
  if (schema['$ref'] === undefined) return schema;
  let current = schema;
  for (let step = 0; step < referenceChainMax && current['$ref'] !== undefined; step += 1) {
    const { $ref: reference, ...beside } = current;
    const target = findDefinition(root, reference);
    current = target === undefined ? beside : { ...target, ...beside };
  }
  const { $ref: _circle, ...rest } = current;
  return current['$ref'] === undefined ? current : rest;
}
