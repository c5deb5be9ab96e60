// Retries that cannot happen: the pauses between the attempts alone are longer than the deadline of the call.

import type { ProjectRule } from '../rule.ts';

/** What the runtime waits at least before a retry; a test compares it with the runtime's own limits. */
export const shortestPauses = { firstMs: 100, mostMs: 2_500 } as const;

export const waitsExceedTimeout: ProjectRule = {
  code: 'policy/waits-exceed-timeout',
  severity: 'warning',
  check({ unit, capability, report }) {
    const { tree, declaration } = unit;
    const { retry, timeoutMs } = capability.policies;
    const waitMs = waitsOf(retry.maxAttempts);
    if (waitMs < timeoutMs) return;
    const isOwn = declaration.policies?.timeout !== undefined;
    const retries = '/policies/retry/maxAttempts';
    const place = isOwn ? '/policies/timeout' : retries;
    report({
      message: `${retry.maxAttempts} attempts need pauses of at least ${waitMs / 1000} s between them; the timeout is ${timeoutMs / 1000} s.`,
      span: tree.spanOf(place),
      ...(isOwn && { labels: [{ span: tree.spanOf(retries), message: `pauses of ${waitMs / 1000} s` }] }),
      help: [`there is time for ${attemptsWithin(timeoutMs)}; lower maxAttempts, or raise the timeout`],
      pointer: place,
    });
  },
};

/** Each pause is twice the one before, up to the longest. */
function waitsOf(attempts: number): number {
  let sum = 0;
  for (let pause = 1; pause < attempts; pause += 1) {
    sum += Math.min(shortestPauses.firstMs * 2 ** (pause - 1), shortestPauses.mostMs);
  }
  return sum;
}

function attemptsWithin(timeoutMs: number): string {
  let attempts = 1;
  while (waitsOf(attempts + 1) < timeoutMs) attempts += 1;
  return attempts === 1 ? 'one attempt' : `${attempts} attempts at most`;
}
