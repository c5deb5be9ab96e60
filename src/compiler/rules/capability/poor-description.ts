// Descriptions by which nobody could choose: too short, or the name in other words.

import { firstLineOf } from '../../syntax-tree.ts';
import type { ContractRule } from '../rule.ts';

/** Shorter texts hold a verb or an object, not both. */
const lengthMin = 20;

/** Words that say nothing by themselves. */
const emptyWords = new Set([
  'a',
  'an',
  'the',
  'and',
  'or',
  'of',
  'to',
  'for',
  'it',
  'this',
  'that',
  'is',
  'capability',
  'todo',
  'description',
]);

export const poorDescription: ContractRule = {
  code: 'capability/poor-description',
  severity: 'warning',
  check({ unit, report }) {
    const { name, description } = unit.declaration.metadata;
    const isShort = description.trim().length < lengthMin;
    if (!isShort && !repeatsName(description, name)) return;
    report({
      message: isShort
        ? 'The description is too short to choose by.'
        : 'The description says nothing beyond the name.',
      span: firstLineOf(unit.tree, unit.tree.spanOf('/metadata/description')),
      help: ['say in a sentence what goes in and what comes out: callers and agents choose by this text'],
      pointer: '/metadata/description',
    });
  },
};

function repeatsName(description: string, name: string): boolean {
  const known = name.split('-').map(stemOf);
  const words = description.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !emptyWords.has(word)).map(stemOf);
  return telling.every((word) => known.some((part) => part === word));
}

/** `summarizes` and `summarize` are one word here. */
function stemOf(word: string): string {
  return word.replace(/(?:ing|ed|es|s|e)$/, '');
}
