// `{{json value}}`: any value as JSON; `indent=2` for people.

import { jsonLengthMax } from '../printed-length.ts';
import { textType, trustOf } from '../type-model.ts';
import type { Helper, HelperArgument } from './helper.ts';

const indentMax = 8;

export const json: Helper = {
  name: 'json',
  summary: 'Prints any value as JSON.',
  parameters: [{ name: 'value', accepts: ['boolean', 'number', 'string', 'list', 'object'] }],
  options: { indent: { accepts: ['number'], literal: true } },
  result: ([value = []], { indent }) => textType(trustOf(value), false, jsonLengthMax(value, spaces(indent))),
  run: ([value], { indent }) => JSON.stringify(value, undefined, spaces(indent)),
};

function spaces(indent: HelperArgument): number {
  return typeof indent === 'number' ? Math.max(0, Math.min(Math.floor(indent), indentMax)) : 0;
}
