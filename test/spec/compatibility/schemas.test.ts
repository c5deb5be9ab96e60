// The table of schema changes: what each means for an input and for an output, with the payload that proves it.
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { closeObjects } from '../../../src/schema/close-objects.ts';
import { changeKinds } from '../../../src/schema/diff/change-kinds.ts';
import { diffSchemas } from '../../../src/schema/diff/diff-schemas.ts';
import type { SchemaChange } from '../../../src/schema/diff/diff-schemas.ts';
import type { JsonSchema } from '../../../src/schema/json-schema.ts';
import { readMarkdown, rewriteBlocks, updatesExpectations } from '../../support/markdown.ts';
import type { BlockChange, MarkdownBlock } from '../../support/markdown.ts';

const file = join(import.meta.dirname, 'schemas.md');
const cases = readMarkdown(file).filter(({ blocks }) => blocks.length > 0);
const changes: BlockChange[] = [];
const seen = new Set<string>();

test.each(cases.map((section) => [section.heading, section] as const))('%s', (_heading, { blocks }) => {
  for (const source of blocks.filter(({ language }) => language === 'yaml')) {
    const actual = describeChanges(schemasOf(source));
    const text = blocks[blocks.indexOf(source) + 1];
    if (updatesExpectations)
      changes.push(
        text?.language === 'text'
          ? { kind: 'replace', block: text, text: actual }
          : { kind: 'insert', after: source, info: 'text', text: actual },
      );
    else expect(actual).toBe(text?.text);
  }
});

afterAll(() => {
  if (updatesExpectations) rewriteBlocks(file, changes);
});

// Runs after the cases, which fill the set.
test('every kind of change has its case', () => {
  expect(Object.keys(changeKinds).filter((id) => !seen.has(id))).toEqual([]);
});

/** Both schemas of a case, closed unless the block says `exact`. */
function schemasOf({ text, label }: MarkdownBlock): { readonly old: JsonSchema; readonly new: JsonSchema } {
  const schemas = parse(text) as { old: JsonSchema; new: JsonSchema };
  return label === 'exact' ? schemas : { old: closeObjects(schemas.old), new: closeObjects(schemas.new) };
}

function describeChanges({ old, new: next }: { old: JsonSchema; new: JsonSchema }): string {
  const lines = (['input', 'output'] as const).flatMap((direction) => {
    const found = diffSchemas(old, next, direction, { subject: 'it' });
    return found.length === 0 ? [`${direction}: no change`] : found.map(describeChange);
  });
  return lines.map((line) => `${line}\n`).join('');
}

function describeChange({ id, direction, grade, doubt, text, witness, alsoAt }: SchemaChange): string {
  seen.add(id);
  const payload = witness === undefined ? '' : `, shown by ${shortened(JSON.stringify(witness))}`;
  const places = alsoAt.length === 0 ? '' : `, also at ${alsoAt.join(', ')}`;
  return `${direction}: ${doubt ?? grade}: ${text}${places} (${id})${payload}`;
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}… (${text.length} characters)`;
}
