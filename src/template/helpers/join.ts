// `{{join list ", "}}`: a list of scalars in one line.

import { printedLengthMax } from '../printed-length.ts';
import { textType, trustOf } from '../type-model.ts';
import type { Type } from '../type-model.ts';
import { isList } from '../json.ts';
import type { Helper } from './helper.ts';

const defaultSeparator = ', ';

export const join: Helper = {
  name: 'join',
  summary: 'Prints the items of a list with a text between them.',
  parameters: [
    { name: 'list', accepts: ['list of scalars'] },
    { name: 'separator', accepts: ['string'], optional: true, literal: true },
  ],
  options: {},
  result: ([list = [], separator = []]) => textType(trustOf(list), true, longest(list, separator)),
  run: ([list, separator = defaultSeparator]) => (isList(list) ? list.join(String(separator)) : undefined),
};

function longest(list: Type, separator: Type): number {
  const between = separator.length === 0 ? defaultSeparator.length : printedLengthMax(separator);
  return Math.max(
    0,
    ...list.map((one) => {
      if (one.kind !== 'list') return 0;
      if (one.max === 0) return 0;
      return (one.max ?? Infinity) * (printedLengthMax(one.items()) + between);
    }),
  );
}
