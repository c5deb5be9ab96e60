// `(and a b …)`: what counts as true is what `{{#if}}` takes for true.

import { isTruthy } from '../truth.ts';
import { canFail, canHold } from '../narrow.ts';
import { booleanOf } from '../type-model.ts';
import type { Helper } from './helper.ts';
import { anything } from './helper.ts';

export const and: Helper = {
  name: 'and',
  summary: 'True when all values count as true.',
  parameters: [
    { name: 'a', accepts: anything },
    { name: 'b', accepts: anything, rest: true },
  ],
  options: {},
  result: (types) => booleanOf(types.every(canHold), types.some(canFail)),
  run: (values) => values.every(isTruthy),
};
