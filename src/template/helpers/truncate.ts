// `{{truncate text 80}}`: at most so many characters (code points), with an ellipsis where something was cut.

import { textType, trustOf } from '../type-model.ts';
import type { Helper } from './helper.ts';

export const truncate: Helper = {
  name: 'truncate',
  summary: 'The text, cut to a number of characters.',
  parameters: [
    { name: 'text', accepts: ['string'] },
    { name: 'characters', accepts: ['number'] },
  ],
  options: { ellipsis: { accepts: ['string'], literal: true } },
  result: ([text = []]) => textType(trustOf(text)),
  run: ([text, characters], { ellipsis = '…' }) => cut(String(text), Number(characters), String(ellipsis)),
};

function cut(text: string, characters: number, ellipsis: string): string {
  let at = 0;
  let left = Math.max(0, Math.floor(characters));
  for (const character of text) {
    if (left === 0) return `${text.slice(0, at)}${ellipsis}`;
    at += character.length;
    left -= 1;
  }
  return text;
}
