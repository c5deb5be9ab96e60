// `(length value)`: items of a list, characters of a text (Unicode code points, as `maxLength` counts them).

import { isList } from '../json.ts';
import type { Helper } from './helper.ts';

export const length: Helper = {
  name: 'length',
  summary: 'The number of items of a list, or of characters of a text.',
  parameters: [{ name: 'value', accepts: ['list', 'string'] }],
  options: {},
  result: ([value = []]) => [
    { kind: 'number', canBeZero: !value.every((one) => one.kind === 'list' && one.min > 0) },
  ],
  run: ([value]) => (isList(value) ? value.length : countCharacters(String(value))),
};

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
