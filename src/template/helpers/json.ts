// `{{json value}}`: any value as JSON; `indent=2` for people.

import { textType, trustOf } from '../type-model.ts';
import type { Helper } from './helper.ts';

const indentMax = 8;

export const json: Helper = {
  name: 'json',
  summary: 'Prints any value as JSON.',
  parameters: [{ name: 'value', accepts: ['boolean', 'number', 'string', 'list', 'object'] }],
  options: { indent: { accepts: ['number'], literal: true } },
  result: ([value = []]) => textType(trustOf(value), false),
  run: ([value], { indent }) =>
    JSON.stringify(value, undefined, typeof indent === 'number' ? Math.min(indent, indentMax) : 0),
};
