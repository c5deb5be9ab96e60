// `(or a b …)`: what counts as true is what `{{#if}}` takes for true.

import { isTruthy } from '../truth.ts';
import { canFail, canHold } from '../narrow.ts';
import { booleanOf } from '../type-model.ts';
import type { Helper } from './helper.ts';
import { anything } from './helper.ts';

export const or: Helper = {
  name: 'or',
  summary: 'True when at least one value counts as true.',
  parameters: [
    { name: 'a', accepts: anything },
    { name: 'b', accepts: anything, rest: true },
  ],
  options: {},
  result: (types) => booleanOf(types.some(canHold), types.every(canFail)),
  run: (values) => values.some(isTruthy),
};
