// The dearest this call can become on this model stays within the limit. An unknown price is over every limit.

import type { Model } from '../../registry/snapshot.ts';
import type { Requirements } from '../requirements.ts';
import type { Constraint } from './constraint.ts';

const TOKENS_PER_PRICE = 1_000_000;

export const cost: Constraint = {
  name: 'cost',
  admits: ({ model, requirements }) => {
    const limit = requirements.constraints.maxCostUsd;
    if (limit === undefined) return true;
    const worst = worstCostUsd(model, requirements);
    return worst !== undefined && worst <= limit;
  },
  explain: ({ model, requirements }) => {
    const worst = worstCostUsd(model, requirements);
    return {
      wanted: `at most ${printUsd(requirements.constraints.maxCostUsd ?? 0)}`,
      actual: worst === undefined ? 'a price that is not known' : printUsd(worst),
    };
  },
};

/** What the call costs when nothing of it is cached and the answer is as long as it may be. */
export function worstCostUsd(model: Model, requirements: Requirements): number | undefined {
  if (model.price === undefined) return undefined;
  const input = requirements.inputTokens * model.price.input;
  const answer = requirements.maxOutputTokens * model.price.output;
  return (input + answer) / TOKENS_PER_PRICE;
}

function printUsd(usd: number): string {
  return `$${Number(usd.toPrecision(3))}`;
}
