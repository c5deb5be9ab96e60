// `(ne a b)`: the opposite of `eq`.

import { booleanType } from '../type-model.ts';
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
  result: () => booleanType,
  run: ([a, b]) => a !== b,
};
