// `(ne a b)`: the opposite of `eq`.

import { booleanOf, canBeEqual, mustBeEqual } from '../type-model.ts';
import type { Helper } from './helper.ts';
import { scalar } from './helper.ts';

export const ne: Helper = {
  name: 'ne',
  summary: 'True when the values differ.',
  parameters: [
    { name: 'a', accepts: ['absent', ...scalar] },
    { name: 'b', accepts: ['absent', ...scalar] },
  ],
  options: {},
  result: ([a = [], b = []]) => booleanOf(!mustBeEqual(a, b), canBeEqual(a, b)),
  run: ([a, b]) => a !== b,
};
