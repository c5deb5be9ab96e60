// The price at which a call is charged: with long prompts some models cost more, and then the whole call does.

import type { LongContextPrice, Price } from './snapshot.ts';

/** Prices are for so many tokens. */
export const TOKENS_PER_PRICE = 1_000_000;

/** The prices of a call with so many input tokens. */
export function priceAt(price: Price, inputTokens: number): Price | LongContextPrice {
  if (price.longContext === undefined) return price;
  return price.longContext.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens) ?? price;
}
