// The pages of the codes: each code has one, each page says what its code is, and its examples are what the compiler says.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codes, isDiagnosticCode } from '../../src/compiler/codes.ts';
import { testCases } from '../support/diagnostic-cases.ts';
import { readMarkdown } from '../support/markdown.ts';
import { unwritten } from './unwritten-pages.ts';

const folder = resolve(import.meta.dirname, '../../src/compiler/rules');
const names = Object.keys(codes);

const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.md'))
  .map((path) => path.replace(/\.md$/, ''));

test('every code has a page and every page a code', () => {
  expect(pages.toSorted()).toEqual(names.filter((name) => !unwritten.includes(name)));
});

test('codes are listed in their order', () => {
  expect(names).toEqual(names.toSorted());
});

describe.each(names.filter((code) => existsSync(join(folder, `${code}.md`))))('%s', (code) => {
  const file = join(folder, `${code}.md`);

  test('the page names the code and its severity, and says what it does and why it matters', () => {
    const headings = readMarkdown(file).map(({ heading }) => heading);
    expect(headings.slice(0, 3)).toEqual([code, 'Why it matters', 'Examples']);
    const [first] = readFileSync(file, 'utf8').split('\n').slice(2);
    expect(isDiagnosticCode(code) && first).toBe(`Severity: ${codes[code as keyof typeof codes]}`);
  });

  // Found on the disk, not by the compiler: what these pages show is tried in test/cli/generate.test.ts.
  if (code.startsWith('generate/')) return;

  const found = testCases(file);

  test('an example shows the code with its severity', () => {
    const seen = [...found.values()].flat().map((each) => `${each.code} ${each.severity}`);
    expect(seen).toContain(`${code} ${codes[code as keyof typeof codes]}`);
  });
});
