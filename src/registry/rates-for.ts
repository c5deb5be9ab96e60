// Which of a model's prices a call has: long inputs may have their own.

import type { Price, Rates } from './snapshot.ts';

export function ratesFor(price: Price, inputTokens: number): Rates {
  return price.longContext?.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens) ?? price;
}
