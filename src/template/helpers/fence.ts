// `{{fence value tag="ticket"}}`: text of somebody else, between tags that it cannot close. The evaluator prints the
// tags (they need the render's suffix); the function here is what happens to the text between them.

import { printedLengthMax } from '../printed-length.ts';
import { canBeEmpty, textType, trustOf } from '../type-model.ts';
import type { Helper } from './helper.ts';
import { scalar } from './helper.ts';

/** `<` becomes `&lt;`. */
const growthMax = 4;

export const fenceTagPattern = /^[a-z][a-z0-9-]{0,31}$/;

export const fence: Helper = {
  name: 'fence',
  summary: 'Prints a value between tags that the value itself cannot open or close.',
  parameters: [{ name: 'value', accepts: scalar }],
  options: {
    tag: {
      accepts: ['string'],
      required: true,
      literal: true,
      literalCode: 'trust/tag-not-literal',
      pattern: { expression: fenceTagPattern, words: 'a lower-case word such as "document"' },
    },
  },
  // Between its tags the text is safe; by itself it is what it was.
  result: ([value = []]) => textType(trustOf(value), canBeEmpty(value), growthMax * printedLengthMax(value)),
  run: ([value], { tag }) => neutralise(String(value), String(tag)),
};

/** What is drawn as nothing, or as a gap: white space, control characters, and what Unicode calls ignorable. */
const gap = '[\\s\\p{Cc}\\p{Default_Ignorable_Code_Point}]*';

/** Every `<tag` and `</tag` in the text becomes `&lt;tag`, whatever its case, width and gaps, and whatever follows it. */
function neutralise(text: string, tag: string): string {
  return text.replace(tagPattern(tag), '&lt;');
}

const patterns = new Map<string, RegExp>();

/** Tags are written out in templates, so there are few of them. */
function tagPattern(tag: string): RegExp {
  const known = patterns.get(tag);
  if (known !== undefined) return known;
  const name = [...tag].map(inAnyWidth).join(gap);
  const pattern = new RegExp(
    `[<\\ufe64\\uff1c](?=${gap}(?:[/\\\\\\uff0f\\uff3c]${gap})*${name}(?![a-z0-9_]))`,
    'giu',
  );
  if (patterns.size < patternsMax) patterns.set(tag, pattern);
  return pattern;
}

const patternsMax = 1_000;

/** A character and its full-width form. */
function inAnyWidth(character: string): string {
  const wide = String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0);
  return `[${character === '-' ? '\\-' : character}${wide}]`;
}
