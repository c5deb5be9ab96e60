// `capstan test --update`: what is written into a file, and that nothing else in it changes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Update } from '../../src/cli/capability-tests.ts';
import { updateExpectations } from '../../src/cli/update-expectations.ts';
import { parse } from '../../src/compiler/parse.ts';
import type { Json } from '../../src/registry/snapshot.ts';

const path = 'capabilities/sample.cap.yaml';

/** A file whose first expected value is written as given; everything around it has comments and layout of its own. */
function fileWith(value: string): string {
  return `# first
tests:
  - name:   one   # a comment
    expect:
      - type: equals   # before
        value: ${value}
      # between
      - { type: equals, message: 1, value: old } # after
`;
}

function updated(value: string, now: Json): string {
  const updates: Update[] = [{ path, pointer: '/tests/0/expect/0/value', value: now }];
  const [source] = updateExpectations([{ path, text: fileWith(value) }], updates);
  return source?.text ?? '';
}

const literal = '|\n          Old text.\n          More.';

test.each<[words: string, written: string, now: Json, becomes: string]>([
  ['plain text stays plain', 'old', 'new words', 'new words'],
  ['what plain text cannot say is quoted', 'old', 'a: b # c', '"a: b # c"'],
  ['what would be another type is quoted', 'old', 'null', '"null"'],
  ['single quotes stay', "'old'", "it's new", "'it''s new'"],
  ['double quotes stay', '"old"', 'say "new"', '"say \\"new\\""'],
  ['a block stays a block', literal, 'New text.\nLess.\n', '|\n          New text.\n          Less.'],
  ['a block of one line stays a block', literal, 'New.\n', '|\n          New.'],
  [
    'a comment behind the header of a block stays',
    '| # why\n          Old.',
    'New.\n',
    '| # why\n          New.',
  ],
  [
    'a text without a last line end has a header that says so',
    literal,
    'New\ntext.',
    '|-\n          New\n          text.',
  ],
  ['a text that begins with spaces has a header that says so', literal, '  New\n', '|2\n            New'],
  ['text of several lines becomes a block', 'old', 'New\ntext.\n', '|\n          New\n          text.'],
  ['control characters are escaped', literal, 'bell \u0007\n', '"bell \\u0007\\n"'],
  ['so are characters that nobody sees', 'old', 'a\u202eb\u00ad', '"a\\u202eb\\u00ad"'],
  ['numbers and lists are written on one line', '[1,\n          2]', [1, 'two', null], '[1, "two", null]'],
  ['maps as well', 'old', { a: 1, b: { c: [] } }, '{ "a": 1, "b": { "c": [] } }'],
])('%s', (_, written, now, becomes) => {
  expect(updated(written, now)).toBe(fileWith(becomes));
});

test('inside braces nothing becomes a block', () => {
  const updates = [{ path, pointer: '/tests/0/expect/1/value', value: 'New\ntext.\n' }];
  const [source] = updateExpectations([{ path, text: fileWith('old') }], updates);
  expect(source?.text).toContain('{ type: equals, message: 1, value: "New\\ntext.\\n" } # after\n');
});

test('several values of one file are rewritten at once, and files without updates are not touched', () => {
  const other = { path: 'other.cap.yaml', text: fileWith('old') };
  const updates = [
    { path, pointer: '/tests/0/expect/0/value', value: 'longer than before' },
    { path, pointer: '/tests/0/expect/1/value', value: 'short' },
  ];
  const sources = updateExpectations([other, { path, text: fileWith('old') }], updates);
  expect(sources).toEqual([
    { path, text: fileWith('longer than before').replace('value: old }', 'value: short }') },
  ]);
});

test('line ends of Windows stay', () => {
  const text = fileWith(literal).replaceAll('\n', '\r\n');
  const [source] = updateExpectations(
    [{ path, text }],
    [{ path, pointer: '/tests/0/expect/0/value', value: 'New.\nText.\n' }],
  );
  expect(source?.text).toBe(fileWith('|\n          New.\n          Text.').replaceAll('\n', '\r\n'));
});

test('whatever the value is and however the old one was written, the file says it, and nothing else changes', () => {
  const written = fc.constantFrom(
    'old',
    '"old"',
    "'old'",
    literal,
    '>\n          Old\n          text.',
    '[1, 2]',
    '|+\n          Old.\n\n',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.array(fc.string()).map((lines) => lines.join('\n')),
  );
  const value = fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<Json> },
  );
  fc.assert(
    fc.property(written, value, (old, now) => {
      // Not every string is Unicode text that YAML can hold.
      fc.pre(JSON.stringify(now).isWellFormed() && !JSON.stringify(now).includes('\\ud'));
      const json = JSON.parse(JSON.stringify(now)) as Json;
      fc.pre(!JSON.stringify(json).includes('"__proto__"') && !JSON.stringify(json).includes('"<<"'));
      const after = updated(old, json);
      const problems: string[] = [];
      const tree = parse({ path, text: after }, ({ code }) => problems.push(code));
      expect(problems).toEqual([]);
      expect(tree?.value).toEqual({
        tests: [
          {
            name: 'one',
            expect: [
              { type: 'equals', value: json },
              { type: 'equals', message: 1, value: 'old' },
            ],
          },
        ],
      });
      expect(after.startsWith(fileWith('').split('value:')[0] ?? '')).toBe(true);
      expect(
        after.endsWith('      # between\n      - { type: equals, message: 1, value: old } # after\n'),
      ).toBe(true);
    }),
    { numRuns: 300 },
  );
});
