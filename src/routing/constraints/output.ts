// The model has to be able to write an answer as long as the capability may ask for.

import type { Requirements } from '../requirements.ts';
import type { ModelConstraint } from './constraint.ts';
import { printCount } from './constraint.ts';

export const output: ModelConstraint = {
  name: 'output',
  varies: true,
  applies: () => true,
  settles: ({ maxOutputTokens }, { requirements }) => maxOutputTokens >= outputNeeded(requirements),
  admits: (model, { requirements }) => model.maxOutputTokens >= outputNeeded(requirements),
  explain: (model, { requirements }) => ({
    wanted: `${printCount(outputNeeded(requirements))} output tokens`,
    actual: printCount(model.maxOutputTokens),
    relax: `ask for at most ${printCount(model.maxOutputTokens)} output tokens`,
  }),
};

function outputNeeded(requirements: Requirements): number {
  return Math.max(requirements.maxOutputTokens, requirements.requires.maxOutputTokens ?? 0);
}
