// What the compiler believes of the runtime's pauses is what the runtime does.
import { expect, test } from 'vitest';
import { shortestPauses } from '../../src/compiler/rules/policy/waits-exceed-timeout.ts';
import { RUNTIME_LIMITS } from '../../src/runtime/limits.ts';

test('the shortest pause before a retry is half of the longest, which chance decides', () => {
  const { backoffMs, backoffMaxMs } = RUNTIME_LIMITS;
  expect(shortestPauses).toEqual({ firstMs: backoffMs / 2, mostMs: backoffMaxMs / 2 });
});
