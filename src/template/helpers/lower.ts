// `{{lower text}}`: by Unicode's rules, whatever the locale of the machine.

import { textType, trustOf } from '../type-model.ts';
import type { Helper } from './helper.ts';

export const lower: Helper = {
  name: 'lower',
  summary: 'The text in lower case.',
  parameters: [{ name: 'text', accepts: ['string'] }],
  options: {},
  result: ([text = []]) => textType(trustOf(text)),
  run: ([text]) => String(text).toLowerCase(),
};
