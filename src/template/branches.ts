// The branches of a template: both arms of every block, also the one that prints nothing because there is no `{{else}}`. Tests
// that never take one leave it unproved.

import type { TemplatePlace } from './finding.ts';
import { wordsOf } from './print-expression.ts';
import type { EachNode, IfNode, Place, Template, TemplateNode, WithNode } from './template.ts';

export type BlockNode = IfNode | WithNode | EachNode;

/** Placed at the tag that begins it: the block's own, or the one with `else`. */
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
  const visit = (text: string, body: readonly TemplateNode[], partial: string | undefined): void => {
    for (const node of body) {
      if (node.kind === 'partial') reached.add(node.name);
      if (node.kind === 'text' || node.kind === 'output' || node.kind === 'partial') continue;
      branches.push(branchOf(node, 'body', node.open, partial));
      visit(text, node.body, partial);
      branches.push(branchOf(node, 'else', elseTag(text, node) ?? node.open, partial));
      visit(text, node.otherwise, partial);
    }
  };
  visit(template.text, template.body, undefined);
  // The set grows while it is walked, by the partials that partials call.
  for (const name of reached) {
    const called = partials.get(name);
    if (called !== undefined) visit(called.text, called.body, name);
  }
  return branches;
}

/** `{{else}}`, or `{{else if …}}`; the parser gives it no place, so it is looked for before what follows it. */
function elseTag(text: string, { otherwise, open }: BlockNode): Place | undefined {
  const [first] = otherwise;
  if (first === undefined) return undefined;
  const after = isBlock(first) && isElse(text, first.open.start) ? first.open.start + 1 : first.start;
  for (let at = text.lastIndexOf('{{', after - 1); at >= open.end; at = text.lastIndexOf('{{', at - 1)) {
    if (isElse(text, at)) return { start: at, end: text.indexOf('}}', at) + 2 };
  }
  return undefined;
}

function isElse(text: string, at: number): boolean {
  return /^\{\{~?\s*(?:else\b|\^)/.test(text.slice(at, at + 16));
}

export function isBlock(node: TemplateNode): node is BlockNode {
  return node.kind === 'if' || node.kind === 'with' || node.kind === 'each';
}

function branchOf(
  node: BlockNode,
  arm: Branch['arm'],
  { start, end }: Place,
  partial: string | undefined,
): Branch {
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
