// What is left of rate limits, in the spellings of those who send them.
import { expect, test } from 'vitest';
import { readRateLimits } from '../../src/providers/rate-limits.ts';

const NOW = Date.UTC(2026, 0, 1, 12);

test.each<[words: string, headers: Record<string, string>, expected: ReturnType<typeof readRateLimits>]>([
  ['nothing said', { 'content-type': 'application/json' }, undefined],
  [
    'requests and tokens, resets as durations',
    {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '150000',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-tokens': '6m0.5s',
    },
    {
      requests: { remaining: 59, limit: 60, resetsAt: NOW + 1_000 },
      tokens: { remaining: 149_984, limit: 150_000, resetsAt: NOW + 360_500 },
    },
  ],
  [
    'a vendor’s own prefix, resets as times',
    {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-01-01T12:00:30Z',
      'anthropic-ratelimit-input-tokens-remaining': '1000',
    },
    { requests: { remaining: 0, limit: 50, resetsAt: NOW + 30_000 }, tokens: { remaining: 1_000 } },
  ],
  [
    'the draft standard, with its windows',
    { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '3', 'ratelimit-reset': '50' },
    { requests: { remaining: 3, limit: 100, resetsAt: NOW + 50_000 } },
  ],
  [
    'milliseconds since 1970',
    { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': String(NOW + 5_000) },
    { requests: { remaining: 7, resetsAt: NOW + 5_000 } },
  ],
  [
    'seconds since 1970',
    { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': String(NOW / 1000 + 5) },
    { requests: { remaining: 7, resetsAt: NOW + 5_000 } },
  ],
  [
    'milliseconds with their unit, hours and days',
    { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '250ms' },
    { requests: { remaining: 1, resetsAt: NOW + 250 } },
  ],
  [
    'long durations',
    { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '1d2h3m4s5ms' },
    { requests: { remaining: 1, resetsAt: NOW + 93_784_005 } },
  ],
  [
    'an HTTP date',
    { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': 'Thu, 01 Jan 2026 12:01:00 GMT' },
    { requests: { remaining: 1, resetsAt: NOW + 60_000 } },
  ],
  [
    'the unit before the word, per minute',
    { 'x-ratelimit-remaining-tokens-minute': '500', 'x-ratelimit-requests-remaining': '2' },
    { requests: { remaining: 2 }, tokens: { remaining: 500 } },
  ],
  ['nonsense', { 'x-ratelimit-remaining-requests': 'many', 'x-ratelimit-reset': '-1' }, undefined],
  [
    'a reset that is nonsense',
    { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': 'soon' },
    { requests: { remaining: 1 } },
  ],
])('%s', (_, headers, expected) => {
  expect(readRateLimits(headers, NOW)).toEqual(expected);
});
