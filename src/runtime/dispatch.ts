// Tries the candidates in order, within one deadline, and knows when to try again, when elsewhere and when to stop. All
// retries of Capstan are here; nobody else retries.

import { setTimeout as delay } from 'node:timers/promises';
import { CapabilityError } from '../errors.ts';
import type { Violation } from '../errors.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { Policies, RetryReason } from '../registry/snapshot.ts';
import type { Candidate } from '../routing/plan-route.ts';
import type { AttemptRecord } from '../usage/usage-record.ts';
import type { Course } from './course.ts';
import { describeViolations } from './validate-input.ts';

/** Attempts of one invocation, over all candidates, retries and re-asks. */
export const ATTEMPTS_MAX = 12;

/** The first pause before a retry; it doubles. */
const BACKOFF_MS = 200;
const BACKOFF_MAX_MS = 5_000;

/** An answer that breaks the contract and could not be mended. */
export class InvalidOutput extends Error {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super('The answer breaks the contract.');
    this.violations = violations;
  }
}

/**
 * The first good answer. `call` makes one attempt with one candidate; it throws `ProviderFailure` or `InvalidOutput` for
 * what may be different elsewhere. Rejects with a `CapabilityError` when no candidate is left.
 */
export async function dispatch<Answer>(
  course: Course,
  candidates: readonly Candidate[],
  retry: Policies['retry'],
  call: (candidate: Candidate) => Promise<Answer>,
): Promise<Answer> {
  /** Providers that refused our credentials: no use asking them for another model. */
  const out = new Set<string>();
  let last: ProviderFailure | InvalidOutput | undefined;
  for (const [index, candidate] of candidates.entries()) {
    const isLast = index === candidates.length - 1;
    for (
      let tries = 1;
      !out.has(candidate.provider.id) && course.attempts.length < ATTEMPTS_MAX;
      tries += 1
    ) {
      try {
        return await call(candidate);
      } catch (error) {
        course.signal.throwIfAborted();
        if (!(error instanceof ProviderFailure || error instanceof InvalidOutput)) throw error;
        last = error;
      }
      if (course.committed || (last instanceof ProviderFailure && last.class === 'caller')) {
        throw failed(course, last);
      }
      if (last instanceof ProviderFailure && last.class === 'credential') out.add(candidate.provider.id);
      const waitMs = pauseBeforeRetry(course, last, retry, { tries, isLast });
      if (waitMs === undefined) break;
      if (waitMs > 0) await pause(course, waitMs);
    }
  }
  throw failed(course, last);
}

/** How long to wait before asking the same model again; undefined when it is not to be asked again. */
function pauseBeforeRetry(
  course: Course,
  failure: ProviderFailure | InvalidOutput,
  retry: Policies['retry'],
  { tries, isLast }: { readonly tries: number; readonly isLast: boolean },
): number | undefined {
  if (!(failure instanceof ProviderFailure) || tries >= retry.maxAttempts) return undefined;
  const reason = reasonToRetry(failure);
  if (reason === undefined || !retry.on.includes(reason)) return undefined;
  // Another model answers now; the throttled one would answer later.
  if (reason === 'rate-limited' && !isLast) return undefined;
  const backoff = Math.min(BACKOFF_MS * 2 ** (tries - 1), BACKOFF_MAX_MS);
  const jittered = backoff * (0.5 + course.runtime.random() / 2);
  const waitMs = Math.max(jittered, (failure.retryAfterSeconds ?? 0) * 1000);
  return waitMs < course.remainingMs() ? waitMs : undefined;
}

function reasonToRetry(failure: ProviderFailure): RetryReason | undefined {
  if (failure.class === 'throttled') return 'rate-limited';
  if (failure.class !== 'server') return undefined;
  return failure.timedOut ? 'timeout' : 'upstream-error';
}

async function pause(course: Course, milliseconds: number): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal: course.signal });
  } catch (error) {
    course.signal.throwIfAborted();
    throw error;
  }
}

/** The caller's error: the broken contract when a model answered at all, else the providers' own words. */
function failed(course: Course, last: ProviderFailure | InvalidOutput | undefined): CapabilityError {
  const { attempts } = course;
  if (last instanceof InvalidOutput) {
    const message = `No model gave a valid output. ${describeViolations(last.violations)}`;
    return new CapabilityError('output_invalid', message, {
      details: { violations: last.violations, attempts },
      cause: last,
    });
  }
  const lines = attempts.map(describeAttempt).join(' ');
  return new CapabilityError('provider_failed', `Every candidate failed. ${lines}`.trim(), {
    details: { attempts },
    cause: last,
    ...(last?.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: last.retryAfterSeconds }),
  });
}

function describeAttempt({ model, outcome, message }: AttemptRecord): string {
  return `${model}: ${message ?? outcome}`;
}
