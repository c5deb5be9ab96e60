// The prompt and the longest answer have to fit into the model's context together.

import type { Requirements } from '../requirements.ts';
import type { Constraint } from './constraint.ts';
import { printCount } from './constraint.ts';

export const context: Constraint = {
  name: 'context',
  admits: ({ model, requirements }) => model.contextTokens >= contextNeeded(requirements),
  explain: ({ model, requirements }) => ({
    wanted: `${printCount(contextNeeded(requirements))} tokens`,
    actual: printCount(model.contextTokens),
  }),
};

function contextNeeded(requirements: Requirements): number {
  const counted = requirements.inputTokens + requirements.maxOutputTokens;
  return Math.max(counted, requirements.requires.contextTokens ?? 0);
}
