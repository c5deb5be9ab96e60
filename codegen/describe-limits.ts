// The limits that a schema sets and a type cannot say, in words.

import type { JsonSchema } from '../src/registry/snapshot.ts';

/** `A whole number, 1 to 12.`; empty when there is nothing to say. */
export function limitsOf(schema: JsonSchema): string {
  const limits = [
    schema['type'] === 'integer' ? 'a whole number' : undefined,
    typeof schema['format'] === 'string' ? `format ${schema['format']}` : undefined,
    range(schema['minimum'], schema['maximum'], ''),
    typeof schema['exclusiveMinimum'] === 'number' ? `more than ${schema['exclusiveMinimum']}` : undefined,
    typeof schema['exclusiveMaximum'] === 'number' ? `less than ${schema['exclusiveMaximum']}` : undefined,
    typeof schema['multipleOf'] === 'number' ? `a multiple of ${schema['multipleOf']}` : undefined,
    range(schema['minLength'], schema['maxLength'], 'character'),
    range(schema['minItems'], schema['maxItems'], 'item'),
    range(schema['minProperties'], schema['maxProperties'], 'entry'),
    schema['uniqueItems'] === true ? 'no two equal' : undefined,
    typeof schema['pattern'] === 'string' ? `matching \`${schema['pattern']}\`` : undefined,
  ].filter((limit) => limit !== undefined);
  if (limits.length === 0) return '';
  const sentence = limits.join(', ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function range(least: unknown, most: unknown, noun: string): string | undefined {
  const count = (limit: number) =>
    noun === '' ? String(limit) : `${limit} ${limit === 1 ? noun : pluralOf(noun)}`;
  if (typeof least === 'number' && typeof most === 'number') return `${least} to ${count(most)}`;
  if (typeof least === 'number') return `at least ${count(least)}`;
  return typeof most === 'number' ? `at most ${count(most)}` : undefined;
}

function pluralOf(noun: string): string {
  return noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
