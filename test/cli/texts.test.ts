// The small texts that commands are made of: tables, diffs, changes, colours, counts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countOf } from '../../src/cli/count-of.ts';
import { describeChanges } from '../../src/cli/describe-changes.ts';
import { diffLines } from '../../src/cli/line-diff.ts';
import { printTable } from '../../src/cli/print-table.ts';
import { showsColors, styled } from '../../src/cli/terminal.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';

test('columns are as wide as what they hold, in any script and with colours', () => {
  const red = styled({ color: true }, 'red', 'ok');
  expect(
    printTable(
      ['A', 'B'],
      [
        ['摘要', 'wide'],
        [red, 'two\nlines'],
      ],
    ),
  ).toBe(`A     B\n摘要  wide\n${red}    two lines\n`);
});

test('a diff shows what is missing and what is there, with a little around it', () => {
  expect(diffLines('a\nb\nc\nd\ne\nf\ng', 'a\nb\nc\nd\nE\nf\ng')).toBe('  …\n  c\n  d\n- e\n+ E\n  f\n  g');
});

test('the lines of a diff that are not added are the expected text, those not removed the actual one', () => {
  const texts = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 5 })
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(texts, texts, (expected, actual) => {
      fc.pre(expected !== actual);
      const lines = diffLines(expected, actual).split('\n');
      fc.pre(!lines.includes('  …'));
      const without = (sign: string): string =>
        lines
          .filter((line) => !line.startsWith(sign))
          .map((line) => line.slice(2))
          .join('\n');
      expect(without('+')).toBe(expected);
      expect(without('-')).toBe(actual);
    }),
  );
});

test('line ends of Windows are no difference', () => {
  expect(diffLines('a\r\nb', 'a\nb')).not.toMatch(/^[-+]/m);
});

test('equal parts are left out however long they are', () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}`);
  const diff = diffLines(lines.join('\n'), lines.with(500, 'other').join('\n'));
  expect(diff.split('\n').length).toBeLessThan(500);
});

test.each([
  [0, 'capability', '0 capabilities'],
  [1, 'capability', '1 capability'],
  [2, 'error', '2 errors'],
])('%i %s in words', (count, noun, words) => {
  expect(countOf(count, noun)).toBe(words);
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ TERM: 'dumb' }, true, false],
])('with %j and a terminal (%s) colours are %s', (environment, isTerminal, colors) => {
  expect(showsColors(environment, isTerminal)).toBe(colors);
});

test('changes are told by capability and by part of the project', () => {
  const before = sampleSnapshot();
  const { 'greet@1': greet, 'converse@1': converse, ...others } = before.capabilities;
  if (greet === undefined || converse === undefined) throw new Error('the sample has changed');
  const after = {
    ...before,
    defaults: { ...before.defaults, timeoutMs: 1 },
    capabilities: {
      ...others,
      'greet@1': { ...greet, revision: 'sha256:other', version: '1.9.0', description: 'Other.' },
      'new@1': { ...converse, key: 'new@1', name: 'new' },
    },
  };
  expect(describeChanges(before, after)).toEqual([
    '- converse@1 (gone)',
    `~ greet@1: version ${greet.version} → 1.9.0, description`,
    '+ new@1 (new)',
    '~ capstan.yaml: defaults',
  ]);
  expect(describeChanges(before, before)).toEqual([]);
});
