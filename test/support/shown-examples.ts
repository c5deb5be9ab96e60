// Pages of codes whose examples are not made of blocks, because what they show lies on the disk: each example is one `text`
// block, and whoever knows the disk makes the case and says what was said.
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { codes } from '../../src/compiler/codes.ts';
import type { BlockChange } from './markdown.ts';
import { readMarkdown, rewriteBlocks, updatesExpectations } from './markdown.ts';

const folder = resolve(import.meta.dirname, '../../src/compiler/rules');

export interface ShownExample {
  /** The page's name inside of its group. */
  readonly page: string;
  /** The heading. */
  readonly example: string;
  readonly said: () => string | Promise<string>;
}

/** One test for each example, and one that the pages of the group show no others. */
export function testShownExamples(group: string, examples: readonly ShownExample[]): void {
  const changes = new Map<string, BlockChange[]>();
  afterAll(() => {
    for (const [path, changed] of changes) rewriteBlocks(path, changed);
  });

  test.each(examples.map((shown) => [shown.page, shown.example, shown] as const))(
    '%s: %s',
    async (page, example, { said }) => {
      const path = join(folder, group, `${page}.md`);
      const block = readMarkdown(path).find(({ heading }) => heading === example)?.blocks[0];
      if (block === undefined) throw new Error(`${path} has no example "${example}"`);
      const text = await said();
      if (!updatesExpectations) expect(text).toBe(block.text);
      else changes.set(path, [...(changes.get(path) ?? []), { kind: 'replace', block, text }]);
    },
  );

  test('no page shows anything else', () => {
    const names = Object.keys(codes).filter((code) => code.startsWith(`${group}/`));
    const shown = names.flatMap((code) =>
      readMarkdown(join(folder, `${code}.md`))
        .filter(({ level }) => level === 3)
        .map(({ heading }) => `${code}: ${heading}`),
    );
    expect(examples.map(({ page, example }) => `${group}/${page}: ${example}`).toSorted()).toEqual(
      shown.toSorted(),
    );
  });
}
