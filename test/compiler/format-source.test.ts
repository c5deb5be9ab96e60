// The canonical form: key order, comments, layout of what is not ours; always the same value, and stable.
import fc from 'fast-check';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { formatSource } from '../../src/compiler/format-source.ts';
import { createSourceReader } from '../../src/workspace/read-sources.ts';

const root = resolve(import.meta.dirname, '../..');
const path = 'capabilities/sample.cap.yaml';
const format = (text: string, at = path): string | undefined => formatSource({ path: at, text });

const cases: readonly (readonly [behaviour: string, before: string, after: string])[] = [
  [
    'keys stand in the order of the schema',
    'kind: Capability\nmetadata:\n  owner: team\n  name: a\napiVersion: capstan/v1\n',
    'apiVersion: capstan/v1\nkind: Capability\nmetadata:\n  name: a\n  owner: team\n',
  ],
  [
    'unknown keys stay behind the known ones, in their order',
    'zeta: 1\nalpha: 2\nkind: Capability\n',
    'kind: Capability\nzeta: 1\nalpha: 2\n',
  ],
  [
    'comments above a key and beside it move with it; those above the file stay',
    '# yaml-language-server: $schema=x\nkind: Capability # what\n# which version\napiVersion: capstan/v1\n',
    '# yaml-language-server: $schema=x\n# which version\napiVersion: capstan/v1\nkind: Capability # what\n',
  ],
  [
    'a comment above the first key of a map moves with the key',
    'metadata:\n  # the team\n  owner: team\n  name: a # the name\n  # trailing\nkind: Capability\n',
    'kind: Capability\nmetadata:\n  name: a # the name\n  # the team\n  owner: team\n  # trailing\n',
  ],
  [
    'keys in braces change places, and nothing else does',
    'metadata: {  owner: team,   name: a }\n',
    'metadata: {  name: a,   owner: team }\n',
  ],
  [
    'items of lists are put in order one by one',
    'prompt:\n  - content: |\n      Hi.\n    role: user\n  - slot: history\n',
    'prompt:\n  - role: user\n    content: |\n      Hi.\n  - slot: history\n',
  ],
  [
    'the branch of a union decides the order',
    'tests:\n  - expect: []\n    reply: x\n    level: contract\n    name: a\n',
    'tests:\n  - name: a\n    level: contract\n    reply: x\n    expect: []\n',
  ],
  [
    'schemas and free data keep the order that their author chose',
    'input:\n  properties:\n    b: { description: B., type: string }\n    a: { type: string }\n  type: object\n',
    'input:\n  properties:\n    b: { description: B., type: string }\n    a: { type: string }\n  type: object\n',
  ],
  [
    'trailing spaces and blank lines in a row go, but not in texts',
    'apiVersion: capstan/v1   \n\n\n\nkind: Capability\nprompt:\n  - role: user\n    content: |\n      one  \n\n\n      two\n\n\n',
    'apiVersion: capstan/v1\n\nkind: Capability\nprompt:\n  - role: user\n    content: |\n      one  \n\n\n      two\n',
  ],
  [
    'the last line is ended',
    'kind: Capability\napiVersion: capstan/v1',
    'apiVersion: capstan/v1\nkind: Capability\n',
  ],
  [
    'line ends of Windows stay',
    'kind: Capability\r\n# c\r\napiVersion: capstan/v1 \r\n',
    '# c\r\napiVersion: capstan/v1\r\nkind: Capability\r\n',
  ],
  [
    'lines end as most of them do',
    'apiVersion: capstan/v1\nkind: Capability\nprompt: []\r\n',
    'apiVersion: capstan/v1\nkind: Capability\nprompt: []\n',
  ],
  [
    'a byte order mark stays in front',
    '\uFEFFkind: Capability\napiVersion: capstan/v1\n',
    '\uFEFFapiVersion: capstan/v1\nkind: Capability\n',
  ],
  [
    'a text at the end that keeps its line ends is not shortened',
    'prompt:\n  - content: |+\n      Hi.\n\n\n    role: user\n',
    'prompt:\n  - role: user\n    content: |+\n      Hi.\n\n\n',
  ],
];

test.each(cases)('%s', (_behaviour, before, after) => {
  expect(format(before)).toBe(after);
  expect(format(after)).toBe(after);
});

test('the project file has an order of its own', () => {
  expect(format('tiers: {}\nproviders:\n  a:\n    baseUrl: x\n    adapter: openai\n', 'capstan.yaml')).toBe(
    'providers:\n  a:\n    adapter: openai\n    baseUrl: x\ntiers: {}\n',
  );
});

test('a file that is not sound is left to `check`', () => {
  expect(format('a: [1\n')).toBeUndefined();
  expect(format('a: 1\na: 2\n')).toBeUndefined();
});

// -- never

const { sources } = createSourceReader(root).read();
const samples = sources.filter(({ path: at }) => at.endsWith('.cap.yaml'));
const shared = sources.filter((source) => !samples.includes(source));

describe.each(samples)('$path', ({ path: at, text }) => {
  test('is in its canonical form', () => {
    expect(format(text, at)).toBe(text);
  });

  test('however its keys are shuffled, formatting keeps revision and comments, and is stable', () => {
    const revisionOf = (source: string): unknown => {
      const { snapshot } = compileSources([...shared, { path: at, text: source }]);
      return Object.values(snapshot?.capabilities ?? {}).map(({ revision }) => revision);
    };
    const revision = revisionOf(text);
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const shuffled = shuffle(text, () => numbers.next().value ?? 0);
        const formatted = format(shuffled, at) ?? '';
        expect(format(formatted, at)).toBe(formatted);
        expect(commentsOf(formatted)).toEqual(commentsOf(shuffled));
        expect(topKeys(formatted)).toEqual(topKeys(text));
        expect(revisionOf(formatted)).toEqual(revision);
      }),
      { numRuns: 6 },
    );
  });
});

/** The same declaration with the keys of its maps, except those of schemas, in another order; with comments put in. */
function shuffle(text: string, next: () => number): string {
  const document = parseDocument(text);
  const visit = (node: unknown): void => {
    const items = (
      node as { items?: { key?: { value?: unknown; commentBefore?: string }; value?: unknown }[] } | null
    )?.items;
    if (!Array.isArray(items)) return;
    if (items.some(({ key }) => key !== undefined)) items.sort(() => (next() % 2 === 0 ? -1 : 1));
    for (const item of items) {
      if (item.key !== undefined && next() % 4 === 0) item.key.commentBefore = ` note ${next() % 1000}`;
      const isSchema = item.key?.value === 'input' || item.key?.value === 'output';
      if (!isSchema) visit(item.key === undefined ? item : item.value);
    }
  };
  visit(document.contents);
  return document.toString({ lineWidth: 0 });
}

function commentsOf(text: string): string[] {
  return [...text.matchAll(/# note \d+/g)].map(([comment]) => comment).toSorted();
}

function topKeys(text: string): string[] {
  return [...text.matchAll(/^\w+(?=:)/gm)].map(([key]) => key);
}
