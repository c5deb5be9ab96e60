// Structured output from a model that cannot be held to a schema: the shape is asked for in words, and often missed.

import type { Model } from '../../../registry/snapshot.ts';
import type { ProjectRule } from '../rule.ts';
import { tierPlansOf } from './tier-plans.ts';

/** What holds a model to a schema: natively, or as the arguments of a forced tool call. */
const enforcing = ['structured-output', 'tools'];

export const unenforcedOutput: ProjectRule = {
  code: 'routing/unenforced-output',
  severity: 'warning',
  check(context) {
    const { unit, capability, report } = context;
    if (capability.outputKind !== 'json') return;
    const loose = new Map<string, string>();
    for (const { tier, route } of tierPlansOf(context)) {
      for (const { model } of route.candidates)
        if (!isEnforcing(model) && !loose.has(model.id)) loose.set(model.id, tier);
    }
    const [first, ...others] = loose;
    if (first === undefined) return;
    const [model, tier] = first;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    report({
      message: `The output is structured, but ${model}${more}, which may serve the tier ${tier}, cannot be held to a schema.`,
      span: unit.tree.spanOf('/output', 'key'),
      help: [
        'require it: `routing: { requires: { features: [structured-output] } }`',
        `if ${model} can do it, say so in its \`features\` in capstan.yaml`,
      ],
      pointer: '/output',
    });
  },
};

function isEnforcing({ features }: Model): boolean {
  return enforcing.some((feature) => features.includes(feature));
}
