// test/codegen/typescript.md: every case gives the code that it shows.
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { generate } from '../../codegen/index.ts';
import { readCodegenCases, snapshotOf } from '../support/codegen-cases.ts';
import { rewriteBlocks, updatesExpectations } from '../support/markdown.ts';
import type { BlockChange } from '../support/markdown.ts';

const path = join(import.meta.dirname, 'typescript.md');
const cases = readCodegenCases(path);
const changes: BlockChange[] = [];

afterAll(() => rewriteBlocks(path, changes));

test.each(cases.map((each) => [each.heading, each] as const))(
  '%s',
  async (_heading, { sources, expected }) => {
    const [file] = await generate(snapshotOf(sources), { target: 'typescript' });
    const text = file?.text ?? '';
    expect(expected.length, 'a case shows what is generated').toBeGreaterThan(0);
    for (const block of expected) {
      const actual = block.label === '' ? text : excerptOf(text, block.label.split(' '));
      if (updatesExpectations) changes.push({ kind: 'replace', block, text: actual });
      else expect(actual).toBe(block.text);
    }
  },
);

/** The declarations of these names, each with the comment before it, a blank line between them. */
function excerptOf(text: string, names: readonly string[]): string {
  const declarations = new Map(
    text.split(/\n\n(?=\/\*\*|export |const )/).map((part) => [nameOfDeclaration(part), part.trimEnd()]),
  );
  return names
    .map((name) => {
      const declaration = declarations.get(name);
      if (declaration === undefined) throw new Error(`Nothing that was generated is called ${name}.`);
      return `${declaration}\n`;
    })
    .join('\n');
}

function nameOfDeclaration(text: string): string {
  return (
    /^export (?:interface|type|class|function|const) (?<name>[\p{ID_Continue}$]+)/mu.exec(text)?.groups?.[
      'name'
    ] ?? ''
  );
}
