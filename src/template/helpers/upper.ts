// `{{upper text}}`: by Unicode's rules, whatever the locale of the machine.

import { printedLengthMax } from '../printed-length.ts';
import { canBeEmpty, textType, trustOf } from '../type-model.ts';
import type { Helper } from './helper.ts';

/** The upper case of one character has up to three. */
const growthMax = 3;

export const upper: Helper = {
  name: 'upper',
  summary: 'The text in upper case.',
  parameters: [{ name: 'text', accepts: ['string'] }],
  options: {},
  result: ([text = []]) => textType(trustOf(text), canBeEmpty(text), growthMax * printedLengthMax(text)),
  run: ([text]) => String(text).toUpperCase(),
};
