// `(not a)`: what counts as true is what `{{#if}}` takes for true.

import { isTruthy } from '../truth.ts';
import { canFail, canHold } from '../narrow.ts';
import { booleanOf } from '../type-model.ts';
import type { Helper } from './helper.ts';
import { anything } from './helper.ts';

export const not: Helper = {
  name: 'not',
  summary: 'True when the value does not count as true.',
  parameters: [{ name: 'value', accepts: anything }],
  options: {},
  result: ([value = []]) => booleanOf(canFail(value), canHold(value)),
  run: ([value]) => !isTruthy(value),
};
