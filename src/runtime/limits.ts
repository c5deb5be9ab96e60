// Every limit of an invocation, with its name and its unit. The README of this folder explains them.

export interface RuntimeLimits {
  /** Attempts of one invocation, over all candidates, retries, re-asks and hedges. */
  readonly attempts: number;
  /** The pause before a first retry; it doubles with every further one. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** A `Retry-After` that is no longer is waited for in place; for a longer one another model is asked first. */
  readonly patienceMs: number;
  /** Until the head of an answer. */
  readonly firstByteMs: number;
  /** What an attempt may take of the remaining time until its first byte, while another candidate could still answer. */
  readonly firstByteShare: number;
  /** Between two pieces of an answer. */
  readonly idleMs: number;
  /** A relayed stream, from its first byte to its end; the streams of capabilities have their capability's deadline. */
  readonly streamMs: number;
  /** The longest whole answer to a chat that is relayed. */
  readonly answerBytes: number;
  /** Events of a relayed stream that are held back while none of them has content. */
  readonly heldEvents: number;
  readonly heldBytes: number;
  /** Answers that are kept for equal questions. */
  readonly cacheEntries: number;
  readonly cacheBytes: number;
  /** Answers that are kept for repetitions of calls with an idempotency key, and for how long. */
  readonly idempotencyEntries: number;
  readonly idempotencyBytes: number;
  readonly idempotencyMs: number;
}

export const RUNTIME_LIMITS: RuntimeLimits = {
  attempts: 12,
  backoffMs: 200,
  backoffMaxMs: 5_000,
  patienceMs: 1_000,
  firstByteMs: 120_000,
  firstByteShare: 0.75,
  idleMs: 60_000,
  streamMs: 30 * 60_000,
  answerBytes: 16 * 1024 * 1024,
  heldEvents: 64,
  heldBytes: 256 * 1024,
  cacheEntries: 10_000,
  cacheBytes: 64 * 1024 * 1024,
  idempotencyEntries: 10_000,
  idempotencyBytes: 64 * 1024 * 1024,
  idempotencyMs: 24 * 60 * 60_000,
};
