import { expect, test } from 'vitest';
import type { TokenUsage } from '../../src/chat/chat.ts';
import { costUsd } from '../../src/usage/cost-usd.ts';

const price = {
  input: 2,
  output: 10,
  cachedInput: 0.5,
  longContext: [
    { aboveInputTokens: 200_000, input: 4, output: 15, cachedInput: 1 },
    { aboveInputTokens: 500_000, input: 8, output: 30 },
  ],
};

test.each<[string, TokenUsage | undefined, number | undefined]>([
  ['input and output', { inputTokens: 100_000, outputTokens: 10_000 }, 0.3],
  ['cached input', { inputTokens: 100_000, outputTokens: 0, cachedInputTokens: 50_000 }, 0.125],
  ['reasoning is output already', { inputTokens: 0, outputTokens: 10_000, reasoningTokens: 9_000 }, 0.1],
  ['an input at the limit', { inputTokens: 200_000, outputTokens: 0 }, 0.4],
  ['an input beyond it, output included', { inputTokens: 200_001, outputTokens: 10_000 }, 0.950004],
  ['… and what of it was cached', { inputTokens: 300_000, outputTokens: 0, cachedInputTokens: 300_000 }, 0.3],
  [
    'the longest, without a price for cached input',
    { inputTokens: 1_000_000, outputTokens: 0, cachedInputTokens: 1 },
    8,
  ],
  ['more cached than there is', { inputTokens: 10, outputTokens: 0, cachedInputTokens: 1_000_000 }, 0.000005],
  ['nothing was counted', undefined, undefined],
])('%s', (_name, usage, expected) => {
  const cost = costUsd(price, usage);
  if (expected === undefined) expect(cost).toBeUndefined();
  else expect(cost).toBeCloseTo(expected, 9);
});

test('a price that nobody knows is no price', () => {
  expect(costUsd(undefined, { inputTokens: 1, outputTokens: 1 })).toBeUndefined();
});
