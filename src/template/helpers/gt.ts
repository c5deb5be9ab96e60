// `(gt a b)`: numbers only; false when one of them is absent.

import { booleanType } from '../type-model.ts';
import type { Helper } from './helper.ts';

export const gt: Helper = {
  name: 'gt',
  summary: 'True when the first number is greater than the second.',
  parameters: [
    { name: 'a', accepts: ['absent', 'number'] },
    { name: 'b', accepts: ['absent', 'number'] },
  ],
  options: {},
  result: () => booleanType,
  run: ([a, b]) => typeof a === 'number' && typeof b === 'number' && a > b,
};
