// `{{default value "fallback"}}`: the fallback where the value is absent, null or empty text.

import { join } from '../type-model.ts';
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
      value.filter((one) => one.kind !== 'null' && one.kind !== 'undefined'),
      fallback,
    ),
  run: ([value, fallback]) => (value === undefined || value === null || value === '' ? fallback : value),
};
