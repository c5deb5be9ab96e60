// The dearest this call can become on this model stays within the limit. An unknown price is over every limit.

import { ratesFor } from '../../registry/rates-for.ts';
import type { Model } from '../../registry/snapshot.ts';
import type { Requirements } from '../requirements.ts';
import type { ModelConstraint } from './constraint.ts';

const TOKENS_PER_PRICE = 1_000_000;

export const cost: ModelConstraint = {
  name: 'cost',
  varies: true,
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
  return costOf(model, requirements, requirements.maxOutputTokens);
}

/** What it costs when the answer is as long as answers usually are. */
export function expectedCostUsd(model: Model, requirements: Requirements): number | undefined {
  return costOf(model, requirements, usualLength(requirements));
}

/** Tokens of the answer that is expected. */
export function usualLength({ expectedOutputTokens, maxOutputTokens }: Requirements): number {
  return expectedOutputTokens === undefined
    ? maxOutputTokens
    : Math.min(expectedOutputTokens, maxOutputTokens);
}

/** Infinity when the price is not known: asked for every model on every call, so it is a plain number. */
export function costScore({ price }: Model, inputTokens: number, outputTokens: number): number {
  if (price === undefined) return Infinity;
  const { input, output } = price.longContext === undefined ? price : ratesFor(price, inputTokens);
  return inputTokens * input + outputTokens * output;
}

function costOf(model: Model, { inputTokens }: Requirements, outputTokens: number): number | undefined {
  if (model.price === undefined) return undefined;
  return costScore(model, inputTokens, outputTokens) / TOKENS_PER_PRICE;
}

/** Three digits that count; `ceil` never says less than it is, so that the sum would do as a limit. */
export function printUsd(usd: number, round: 'nearest' | 'ceil' = 'nearest'): string {
  const nearest = Number(usd.toPrecision(3));
  if (round === 'nearest' || nearest >= usd || usd === 0) return `$${nearest}`;
  const step = 10 ** (Math.floor(Math.log10(usd)) - 2);
  return `$${Number((nearest + step).toPrecision(3))}`;
}
