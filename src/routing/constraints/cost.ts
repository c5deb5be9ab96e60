// The dearest this call can become on this model stays within the limit. An unknown price is over every limit.

import { ratesFor } from '../../registry/rates-for.ts';
import type { Model } from '../../registry/snapshot.ts';
import type { Requirements } from '../requirements.ts';
import type { ModelConstraint } from './constraint.ts';

const TOKENS_PER_PRICE = 1_000_000;

export const cost: ModelConstraint = {
  name: 'cost',
  applies: ({ requirements }) => requirements.constraints.maxCostUsd !== undefined,
  admits: (model, { requirements }) => {
    const worst = worstCostUsd(model, requirements);
    return worst !== undefined && worst <= (requirements.constraints.maxCostUsd ?? Infinity);
  },
  explain: (model, { requirements }) => {
    const worst = worstCostUsd(model, requirements);
    return {
      wanted: `at most ${printUsd(requirements.constraints.maxCostUsd ?? 0)}`,
      actual: worst === undefined ? 'a price that is not known' : printUsd(worst),
      relax: worst === undefined ? 'give the model a price' : `allow ${printUsd(worst, 'ceil')}`,
    };
  },
};

/** What the call costs when nothing of it is cached and the answer is as long as it may be. */
export function worstCostUsd(model: Model, requirements: Requirements): number | undefined {
  if (model.price === undefined) return undefined;
  const { input, output } = ratesFor(model.price, requirements.inputTokens);
  return (requirements.inputTokens * input + requirements.maxOutputTokens * output) / TOKENS_PER_PRICE;
}

/** Three digits that count; `ceil` never says less than it is, so that the sum would do as a limit. */
export function printUsd(usd: number, round: 'nearest' | 'ceil' = 'nearest'): string {
  const nearest = Number(usd.toPrecision(3));
  if (round === 'nearest' || nearest >= usd || usd === 0) return `$${nearest}`;
  const step = 10 ** (Math.floor(Math.log10(usd)) - 2);
  return `$${Number((nearest + step).toPrecision(3))}`;
}
