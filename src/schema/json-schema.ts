// JSON and JSON Schema as types for this room, which imports nothing that has them. Structurally those of the Snapshot.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A schema object: JSON Schema 2020-12 in Capstan's subset, once `checkSchemaSubset` has nothing to say. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** JSON that is nested deeper is refused before anything walks it. */
export const jsonDepthMax = 128;

/** Whether a value is a plain object as YAML and JSON give it: neither null nor a list. */
export function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON type of a value; `undefined` for what JSON has no word for. */
export function jsonTypeOf(value: unknown): JsonType | undefined {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'object' || type === 'boolean' || type === 'number' || type === 'string' ? type : undefined;
}

/** The value of an own property; prototype names such as `constructor` are as absent as any other. */
export function ownProperty(record: { readonly [key: string]: unknown }, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Sets an own property whatever its name: an assignment to `__proto__` would change the prototype. */
export function setOwnProperty(record: object, name: string, value: unknown): void {
  if (name !== '__proto__') (record as Record<string, unknown>)[name] = value;
  else Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
}
