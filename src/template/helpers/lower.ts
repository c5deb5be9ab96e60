// `{{lower text}}`: by Unicode's rules, whatever the locale of the machine.

import { printedLengthMax } from '../printed-length.ts';
import { canBeEmpty, textType, trustOf } from '../type-model.ts';
import type { Helper } from './helper.ts';

/** The lower case of one character has up to two. */
const growthMax = 2;

export const lower: Helper = {
  name: 'lower',
  summary: 'The text in lower case.',
  parameters: [{ name: 'text', accepts: ['string'] }],
  options: {},
  result: ([text = []]) => textType(trustOf(text), canBeEmpty(text), growthMax * printedLengthMax(text)),
  run: ([text]) => String(text).toLowerCase(),
};
