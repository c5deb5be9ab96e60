// The prompt and the longest answer have to fit into the model's context together.

import type { Requirements } from '../requirements.ts';
import type { ModelConstraint } from './constraint.ts';
import { printCount } from './constraint.ts';

export const context: ModelConstraint = {
  name: 'context',
  varies: true,
  applies: () => true,
  settles: ({ contextTokens }, { requirements }) => contextTokens >= contextNeeded(requirements),
  admits: (model, { requirements }) => model.contextTokens >= contextNeeded(requirements),
  explain: (model, { requirements }) => ({
    wanted: `${printCount(contextNeeded(requirements))} tokens`,
    actual: printCount(model.contextTokens),
    relax: `ask for at most ${printCount(model.contextTokens)} tokens of context`,
  }),
};

function contextNeeded(requirements: Requirements): number {
  const counted = requirements.inputTokens + requirements.maxOutputTokens;
  return Math.max(counted, requirements.requires.contextTokens ?? 0);
}
