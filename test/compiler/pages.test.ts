// The pages of the codes: each code has one, each page says what its code is, and its examples are what the compiler says.
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codes, isDiagnosticCode } from '../../src/compiler/codes.ts';
import { testCases } from '../support/diagnostic-cases.ts';
import { readMarkdown } from '../support/markdown.ts';

const folder = resolve(import.meta.dirname, '../../src/compiler/rules');
const names = Object.keys(codes);

const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.md'))
  .map((path) => path.replace(/\.md$/, ''));

test('every code has a page and every page a code', () => {
  expect(pages.toSorted()).toEqual(names);
});

test('codes are listed in their order', () => {
  expect(names).toEqual(names.toSorted());
});

describe.each(names)('%s', (code) => {
  const file = join(folder, `${code}.md`);

  test('the page names the code and its severity, and says what it does and why it matters', () => {
    const headings = readMarkdown(file).map(({ heading }) => heading);
    expect(headings.slice(0, 3)).toEqual([code, 'Why it matters', 'Examples']);
    const [first] = readFileSync(file, 'utf8').split('\n').slice(2);
    expect(isDiagnosticCode(code) && first).toBe(`Severity: ${codes[code as keyof typeof codes]}`);
  });

  // Pages about what lies on the disk have no blocks to compile: whoever knows the disk tries what they show.
  const found = testCases(file);

  test('an example shows the code with its severity', () => {
    const compiled = [...found.values()].flat().map((each) => `${each.severity}[${each.code}]`);
    const shown = readFileSync(file, 'utf8').match(/^[a-z]+\[[a-z/0-9-]+\](?=: )/gm) ?? [];
    expect(found.size > 0 ? compiled : shown).toContain(`${codes[code as keyof typeof codes]}[${code}]`);
  });
});

test('the groups whose examples are not compiled are tried elsewhere', () => {
  const uncompiled = names.filter((name) =>
    readMarkdown(join(folder, `${name}.md`)).every(({ blocks }) =>
      blocks.every(({ language }) => language === 'text'),
    ),
  );
  // By test/cli/generate.test.ts and test/workspace/pages.test.ts.
  expect([...new Set(uncompiled.map((name) => name.split('/')[0]))]).toEqual(['generate', 'workspace']);
});

test('every code that the source names is listed', () => {
  const source = resolve(import.meta.dirname, '../../src');
  const groups = [...new Set(names.map((name) => name.split('/')[0]))].join('|');
  const literal = new RegExp(`(?<=['"\`])(?:${groups})/[a-z0-9-]+(?=['"\`])`, 'g');
  const named = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => readFileSync(join(source, path), 'utf8').match(literal) ?? []);
  expect(named.length).toBeGreaterThan(names.length);
  expect([...new Set(named)].filter((code) => !isDiagnosticCode(code))).toEqual([]);
});
