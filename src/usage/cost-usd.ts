// What an attempt cost, from the model's price and the tokens that the provider counted.

import type { TokenUsage } from '../chat/chat.ts';
import type { Model } from '../registry/snapshot.ts';

const TOKENS_PER_PRICE = 1_000_000;

/** USD; undefined when the price or the count is not known. Cached input has its own price where there is one. */
export function costUsd(price: Model['price'], usage: TokenUsage | undefined): number | undefined {
  if (price === undefined || usage === undefined) return undefined;
  const cached = usage.cachedInputTokens ?? 0;
  const fresh = usage.inputTokens - cached;
  const total =
    fresh * price.input + cached * (price.cachedInput ?? price.input) + usage.outputTokens * price.output;
  return total / TOKENS_PER_PRICE;
}
