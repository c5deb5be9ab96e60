// `(eq a b)`: the same scalar, of the same kind; `5` and `"5"` differ.

import { booleanOf, canBeEqual, mustBeEqual } from '../type-model.ts';
import type { Helper } from './helper.ts';
import { scalar } from './helper.ts';

export const eq: Helper = {
  name: 'eq',
  summary: 'True when both values are the same text, number or boolean.',
  parameters: [
    { name: 'a', accepts: ['absent', ...scalar] },
    { name: 'b', accepts: ['absent', ...scalar] },
  ],
  options: {},
  result: ([a = [], b = []]) => booleanOf(canBeEqual(a, b), !mustBeEqual(a, b)),
  run: ([a, b]) => a === b,
};
