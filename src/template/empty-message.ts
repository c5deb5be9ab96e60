// A message of which nothing may be left to print.

import { report } from './check-state.ts';
import type { Check } from './check-state.ts';
import { wordsOf } from './print-expression.ts';
import type { EachNode, IfNode, Place, TemplateNode, WithNode } from './template.ts';

type BlockNode = IfNode | WithNode | EachNode;

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

function isBlock(node: TemplateNode): node is BlockNode {
  return node.kind === 'if' || node.kind === 'with' || node.kind === 'each';
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
