// `{{join list ", "}}`: a list of scalars in one line.

import { textType, trustOf } from '../type-model.ts';
import { isList } from '../json.ts';
import type { Helper } from './helper.ts';

export const join: Helper = {
  name: 'join',
  summary: 'Prints the items of a list with a text between them.',
  parameters: [
    { name: 'list', accepts: ['list of scalars'] },
    { name: 'separator', accepts: ['string'], optional: true, literal: true },
  ],
  options: {},
  result: ([list = []]) => textType(trustOf(list)),
  run: ([list, separator = ', ']) => (isList(list) ? list.join(String(separator)) : undefined),
};
