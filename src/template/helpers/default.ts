// `{{default value "fallback"}}`: the fallback where the value is absent, null or empty text.

import { join } from '../type-model.ts';
import type { Alternative, Type } from '../type-model.ts';
import type { Helper } from './helper.ts';
import { scalar } from './helper.ts';

export const defaultTo: Helper = {
  name: 'default',
  summary: 'The value, or the fallback where the value is absent, null or empty text.',
  parameters: [
    { name: 'value', accepts: ['absent', ...scalar] },
    { name: 'fallback', accepts: scalar },
  ],
  options: {},
  result: ([value = [], fallback = []]) =>
    join(
      value.flatMap((one) => kept(one)),
      fallback,
    ),
  run: ([value, fallback]) => (value === undefined || value === null || value === '' ? fallback : value),
};

/** What of a value is printed itself. */
function kept(one: Alternative): Type {
  if (one.kind === 'null' || one.kind === 'undefined') return [];
  if (one.kind !== 'string') return [one];
  return one.value === '' ? [] : [{ ...one, canBeEmpty: false }];
}
