// A file of nothing but tokens is refused, however many there are: nothing an author writes makes the compiler throw.
import { expect, test } from 'vitest';
import { parse } from '../../src/compiler/parse.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';

test('half a megabyte of lines with a tab is refused, not thrown at', () => {
  const found: Diagnostic[] = [];
  parse({ path: 'capabilities/tabs.cap.yaml', text: '\t\n'.repeat(250_000) }, (each) => found.push(each));
  expect(found.map(({ severity }) => severity)).toContain('error');
});
