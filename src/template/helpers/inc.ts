// `{{inc @index}}`: one more; loops count from zero, readers from one.

import { numberType } from '../type-model.ts';
import type { Helper } from './helper.ts';

export const inc: Helper = {
  name: 'inc',
  summary: 'The number plus one.',
  parameters: [{ name: 'number', accepts: ['number'] }],
  options: {},
  result: () => numberType,
  run: ([number]) => Number(number) + 1,
};
