// A message of which nothing may be left to print.

import { report } from './check-state.ts';
import type { Check } from './check-state.ts';
import { wordsOf } from './print-expression.ts';
import { isBlock } from './branches.ts';
import type { BlockNode } from './branches.ts';
import type { Place } from './template.ts';

export function reportEmptyMessage(check: Check): void {
  const blocks = check.template.body.filter(isBlock);
  const [first] = blocks;
  const place = first?.open ?? firstNode(check) ?? { start: 0, end: check.template.text.length };
  const message =
    first === undefined
      ? 'This message has no text.'
      : blocks.length > 1
        ? 'This message has no text when none of its blocks is printed.'
        : `${conditionWords(first)}, this message has no text.`;
  report(check, place, 'template/empty-message', message, {
    severity: 'warning',
    help:
      first === undefined
        ? 'write some, or remove the message'
        : 'add an {{else}}, or some text around the block',
  });
}

function firstNode(check: Check): Place | undefined {
  return check.template.body.find(({ kind }) => kind !== 'text');
}

function conditionWords(block: BlockNode): string {
  switch (block.kind) {
    case 'if':
      return `When \`${wordsOf(block.condition)}\` counts as ${block.negated ? 'true' : 'false'}`;
    case 'with':
      return `When \`${wordsOf(block.subject)}\` is absent`;
    case 'each':
      return `When \`${wordsOf(block.subject)}\` is empty`;
  }
}
