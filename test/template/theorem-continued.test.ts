// The other half of the pairs of theorem.test.ts, in a file of its own so that both run at the same time.
import { expect, test } from 'vitest';
import { proveTheorem } from './support/prove.ts';

test('no clean template goes wrong on a valid input (10,000 more pairs)', { timeout: 300_000 }, () => {
  const tally = proveTheorem({ pairs: 10_000, seed: 20_260_202 });
  expect(tally.pairs).toBe(10_000);
  expect(tally.clean).toBeGreaterThan(3_000);
});
