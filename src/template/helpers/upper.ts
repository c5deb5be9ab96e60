// `{{upper text}}`: by Unicode's rules, whatever the locale of the machine.

import { textType, trustOf } from '../type-model.ts';
import type { Helper } from './helper.ts';

export const upper: Helper = {
  name: 'upper',
  summary: 'The text in upper case.',
  parameters: [{ name: 'text', accepts: ['string'] }],
  options: {},
  result: ([text = []]) => textType(trustOf(text)),
  run: ([text]) => String(text).toUpperCase(),
};
