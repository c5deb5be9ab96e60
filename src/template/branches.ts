// The branches of a template: both arms of every block, also the one that prints nothing because there is no `{{else}}`. Tests
// that never take one leave it unproved.

import type { TemplatePlace } from './finding.ts';
import { wordsOf } from './print-expression.ts';
import type { EachNode, IfNode, Template, TemplateNode, WithNode } from './template.ts';

export type BlockNode = IfNode | WithNode | EachNode;

export interface Branch extends TemplatePlace {
  /** What rendering collects in `taken` when it takes the branch. */
  readonly key: string;
  readonly arm: 'body' | 'else';
  /** The block as it is written, without braces: `#if note`. */
  readonly block: string;
  /** False for the `else` of a block that has none. */
  readonly isWritten: boolean;
}

/** Equal for the same arm of the same block. */
export function branchKey(node: BlockNode, arm: Branch['arm'], partial: string | undefined): string {
  return `${partial ?? ''}:${node.start}:${arm}`;
}

/** All branches of a template and of the partials that it reaches, in the order of the text; those of partials once, last. */
export function branchesOf(template: Template, partials: ReadonlyMap<string, Template>): Branch[] {
  const branches: Branch[] = [];
  const reached = new Set<string>();
  const visit = (body: readonly TemplateNode[], partial: string | undefined): void => {
    for (const node of body) {
      if (node.kind === 'partial') reached.add(node.name);
      if (node.kind === 'text' || node.kind === 'output' || node.kind === 'partial') continue;
      branches.push(branchOf(node, 'body', partial));
      visit(node.body, partial);
      branches.push(branchOf(node, 'else', partial));
      visit(node.otherwise, partial);
    }
  };
  visit(template.body, undefined);
  // The set grows while it is walked, by the partials that partials call.
  for (const name of reached) visit(partials.get(name)?.body ?? [], name);
  return branches;
}

function branchOf(node: BlockNode, arm: Branch['arm'], partial: string | undefined): Branch {
  const { start, end } = node.open;
  return {
    start,
    end,
    ...(partial === undefined ? {} : { partial }),
    key: branchKey(node, arm, partial),
    arm,
    block: blockWords(node),
    isWritten: arm === 'body' || node.otherwise.length > 0,
  };
}

function blockWords(node: BlockNode): string {
  if (node.kind !== 'if') return `#${node.kind} ${wordsOf(node.subject)}`;
  const words = wordsOf(node.condition);
  return `#${node.negated ? 'unless' : 'if'} ${node.condition.kind === 'call' ? `(${words})` : words}`;
}
