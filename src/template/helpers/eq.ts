// `(eq a b)`: the same scalar, of the same kind; `5` and `"5"` differ.

import { booleanType } from '../type-model.ts';
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
  result: () => booleanType,
  run: ([a, b]) => a === b,
};
