// What a caller should know of a value that its type cannot say, as the text of a comment.

import type { JsonSchema } from '../../src/registry/snapshot.ts';
import { isRecord } from '../../src/schema/json-schema.ts';

/** Empty when there is nothing to say. Tags stand last, as whatever follows a tag belongs to it. */
export function describeSchema(schema: JsonSchema): string {
  const { default: preset, deprecated } = schema;
  const tags = [
    preset === undefined ? '' : `@default ${escapeComment(JSON.stringify(preset))}`,
    deprecated === true ? '@deprecated' : '',
  ].filter((tag) => tag !== '');
  return [...paragraphsOf(schema), ...(tags.length === 0 ? [] : [tags.join('\n')])]
    .join('\n\n')
    .replaceAll('\n\n@', '\n@');
}

function paragraphsOf(schema: JsonSchema): readonly string[] {
  const { title, description } = schema;
  const words = typeof description === 'string' ? description : typeof title === 'string' ? title : '';
  return [escapeComment(words), escapeComment(limitsOf(schema)), itemsInWords(schema)].filter(
    (paragraph) => paragraph !== '',
  );
}

function itemsInWords({ items }: JsonSchema): string {
  const words = isRecord(items) ? paragraphsOf(items).join(' ') : '';
  return words === '' ? '' : `Items: ${words}`;
}

/** Text that cannot end its comment, and in which no line is taken for a tag. */
export function escapeComment(text: string): string {
  return text
    .trim()
    .replaceAll(/\r\n|[\r\u2028\u2029]/g, '\n')
    .replaceAll('*/', '*\\/')
    .replaceAll(/^(\s*)@/gm, '$1\\@');
}

function limitsOf(schema: JsonSchema): string {
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
