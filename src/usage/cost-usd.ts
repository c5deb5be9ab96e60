// What an attempt cost, from the model's price and the tokens that the provider counted.

import type { TokenUsage } from '../chat/chat.ts';
import { priceAt, TOKENS_PER_PRICE } from '../registry/price.ts';
import type { Model } from '../registry/snapshot.ts';

/** USD; undefined when the price or the count is not known. Cached input has its own price where there is one. */
export function costUsd(price: Model['price'], usage: TokenUsage | undefined): number | undefined {
  if (price === undefined || usage === undefined) return undefined;
  const cached = usage.cachedInputTokens ?? 0;
  const fresh = usage.inputTokens - cached;
  const { input, output, cachedInput = input } = priceAt(price, usage.inputTokens);
  const total = fresh * input + cached * cachedInput + usage.outputTokens * output;
  return total / TOKENS_PER_PRICE;
}
