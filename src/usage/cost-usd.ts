// What an attempt cost, from the model's price and the tokens that the provider counted.

import type { TokenUsage } from '../chat/chat.ts';
import { ratesFor } from '../registry/rates-for.ts';
import type { Price } from '../registry/snapshot.ts';

const TOKENS_PER_PRICE = 1_000_000;

/**
 * USD; undefined when the price or the count is not known. Cached input has its own price where there is one, and an
 * input beyond a limit of the price raises the whole call, cached input and output included.
 */
export function costUsd(price: Price | undefined, usage: TokenUsage | undefined): number | undefined {
  if (price === undefined || usage === undefined) return undefined;
  const { input, output, cachedInput = input } = ratesFor(price, usage.inputTokens);
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  const fresh = usage.inputTokens - cached;
  return (fresh * input + cached * cachedInput + usage.outputTokens * output) / TOKENS_PER_PRICE;
}
