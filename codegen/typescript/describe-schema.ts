// What a caller should know of a value that its type cannot say, as the text of a comment.

import type { JsonSchema } from '../../src/registry/snapshot.ts';
import { isRecord } from '../../src/schema/json-schema.ts';
import { limitsOf } from '../describe-limits.ts';

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
