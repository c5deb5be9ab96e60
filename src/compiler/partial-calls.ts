// Which partials a template calls, in the order in which they stand there.

import type { PartialNode, Template, TemplateNode } from '../template/template.ts';

export function partialCalls(template: Template): PartialNode[] {
  return template.body.flatMap(callsIn);
}

function callsIn(node: TemplateNode): PartialNode[] {
  if (node.kind === 'partial') return [node];
  if (node.kind === 'text' || node.kind === 'output') return [];
  return [...node.body, ...node.otherwise].flatMap(callsIn);
}
