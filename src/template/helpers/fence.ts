// `{{fence value tag="ticket"}}`: text of somebody else, between tags that it cannot close. The evaluator prints the
// tags (they need the render's suffix); the function here is what happens to the text between them.

import { printedLengthMax } from '../printed-length.ts';
import { textType, trustOf } from '../type-model.ts';
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
  result: ([value = []]) => textType(trustOf(value), false, growthMax * printedLengthMax(value)),
  run: ([value], { tag }) => neutralise(String(value), String(tag)),
};

/** White space and the characters that are drawn as nothing. */
const gap = '[\\s\\u00ad\\u200b-\\u200f\\u2060\\ufeff]*';

/** Every `<tag` and `</tag` in the text becomes `&lt;tag`, whatever its case and the gaps in it. */
function neutralise(text: string, tag: string): string {
  return text.replace(new RegExp(`<(?=${gap}(?:/${gap})?${tag}(?![a-z0-9_]))`, 'gi'), '&lt;');
}
