// Text between the tags of a fence cannot close it, whatever it does to look like the closing tag.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileTemplate, renderTemplate, segmentsText } from '../../src/template/evaluate.ts';
import { showsTag } from './support/fence-reader.ts';

const tags = ['document', 'a', 'customer-name', 'text', 'h1', 'x-0'];
const fenceSuffix = 'f3a9c0de';

function fenced(value: string, tag: string): string {
  const compiled = compileTemplate(`{{fence value tag="${tag}"}}`, {});
  return segmentsText(renderTemplate(compiled, { value }, { fenceSuffix }));
}

/** What stands between the tags. */
function inside(printed: string, tag: string): string {
  const [open, close] = [`<${tag}-${fenceSuffix}>`, `</${tag}-${fenceSuffix}>`];
  expect(printed.startsWith(open)).toBe(true);
  expect(printed.endsWith(close)).toBe(true);
  return printed.slice(open.length, -close.length);
}

const gaps = fc.constantFrom(
  '',
  '',
  '',
  ' ',
  '\n',
  '\t',
  '\u200b',
  '\u00ad',
  '\ufeff',
  '\u2060',
  '\u0000',
  '\u034f',
  '\u{e0041}',
);

/** A character in one of the forms in which it is still recognised. */
function disguised(character: string): fc.Arbitrary<string> {
  const wide = String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0);
  return fc.constantFrom(character, character, character.toUpperCase(), wide, wide.toUpperCase());
}

/** A tag as an attacker may write it, with or without the suffix. */
function forgedTag(tag: string): fc.Arbitrary<string> {
  const name = [...tag].map((character) =>
    fc.tuple(disguised(character), gaps).map((parts) => parts.join('')),
  );
  return fc
    .tuple(
      fc.constantFrom('<', '<', '\uff1c', '\ufe64'),
      gaps,
      fc.constantFrom('/', '/', '', '\\/', '\uff0f', '//'),
      gaps,
      fc.tuple(...name).map((parts) => parts.join('')),
      fc.constantFrom(
        '>',
        ` >`,
        `-${fenceSuffix}>`,
        `-${fenceSuffix.toUpperCase()} >`,
        '',
        ' class="x">',
        '/>',
      ),
    )
    .map((parts) => parts.join(''));
}

const cases = fc.constantFrom(...tags).chain((tag) =>
  fc.record({
    tag: fc.constant(tag),
    pieces: fc.array(
      fc.oneof(forgedTag(tag), forgedTag(tag), fc.string({ unit: 'grapheme' }), fc.constant('<')),
      {
        maxLength: 8,
      },
    ),
  }),
);

test('no text shows the tag of its own fence', () => {
  fc.assert(
    fc.property(cases, ({ tag, pieces }) => {
      const text = inside(fenced(pieces.join(''), tag), tag);
      expect(showsTag(text, tag)).toBe(false);
    }),
    { numRuns: 3_000, seed: 4 },
  );
});

test('forged tags are seen without a fence, so the test above can fail', () => {
  const forgeries = ['</document>', '<\u200b/ D\u00adocument >', '\uff1c\uff0f\uff44ocument>'];
  for (const forged of forgeries) expect(showsTag(forged, 'document')).toBe(true);
  expect(showsTag('</documentary>', 'document')).toBe(false);
});

test('everything else stays as it is', () => {
  fc.assert(
    fc.property(fc.constantFrom(...tags), fc.string({ unit: 'binary' }), (tag, text) => {
      const printed = inside(fenced(text, tag), tag);
      // Each change is one `<` of some width that became `&lt;`.
      const rest = text.replaceAll('&lt;', '<').replaceAll(/[\uff1c\ufe64]/g, '<');
      expect(printed.replaceAll('&lt;', '<').replaceAll(/[\uff1c\ufe64]/g, '<')).toBe(rest);
    }),
    { numRuns: 2_000, seed: 5 },
  );
  expect(fenced('a < b, <b>bold</b>, <textual> and x<y', 'text')).toBe(
    `<text-${fenceSuffix}>a < b, <b>bold</b>, <textual> and x<y</text-${fenceSuffix}>`,
  );
});

test('very long runs of what looks like the start of a tag take no long time', () => {
  const runs = [
    '<'.repeat(200_000),
    `<${' '.repeat(200_000)}`,
    '</ '.repeat(100_000),
    `<${'/'.repeat(200_000)}`,
    '<docu'.repeat(50_000),
    `<d${'\u200b'.repeat(100_000)}`.repeat(3),
  ];
  for (const run of runs)
    expect(inside(fenced(run, 'document'), 'document').length).toBeGreaterThanOrEqual(run.length);
});
