// `{{truncate text 80}}`: at most so many characters (code points), with an ellipsis where something was cut.

import { printedLengthMax } from '../printed-length.ts';
import { canBeEmpty, textType, trustOf } from '../type-model.ts';
import type { Type } from '../type-model.ts';
import type { Helper } from './helper.ts';

const defaultEllipsis = '…';

export const truncate: Helper = {
  name: 'truncate',
  summary: 'The text, cut to a number of characters.',
  parameters: [
    { name: 'text', accepts: ['string'] },
    { name: 'characters', accepts: ['number'] },
  ],
  options: { ellipsis: { accepts: ['string'], literal: true } },
  result: ([text = [], characters = []], { ellipsis = defaultEllipsis }) => {
    const canVanish = ellipsis === '' && !isPositive(characters);
    return textType(
      trustOf(text),
      canBeEmpty(text) || canVanish,
      longest(text, characters, String(ellipsis)),
    );
  },
  run: ([text, characters], { ellipsis = defaultEllipsis }) =>
    cut(String(text), Number(characters), String(ellipsis)),
};

function isPositive(characters: Type): boolean {
  return characters.every((one) => one.kind === 'number' && (one.value ?? 0) >= 1);
}

/** What is not cut is as long as it is; what is cut may grow by the ellipsis. */
function longest(text: Type, characters: Type, ellipsis: string): number {
  const whole = printedLengthMax(text);
  const most = Math.max(
    0,
    ...characters.map((one) => (one.kind === 'number' ? (one.value ?? whole) : whole)),
  );
  const isWhole = characters.every((one) => one.kind === 'number' && (one.value ?? 0) >= whole);
  return isWhole ? whole : Math.min(whole, most) + [...ellipsis].length;
}

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
