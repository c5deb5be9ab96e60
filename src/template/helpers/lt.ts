// `(lt a b)`: numbers only; false when one of them is absent.

import { booleanType } from '../type-model.ts';
import type { Helper } from './helper.ts';

export const lt: Helper = {
  name: 'lt',
  summary: 'True when the first number is less than the second.',
  parameters: [
    { name: 'a', accepts: ['absent', 'number'] },
    { name: 'b', accepts: ['absent', 'number'] },
  ],
  options: {},
  result: () => booleanType,
  run: ([a, b]) => typeof a === 'number' && typeof b === 'number' && a < b,
};
