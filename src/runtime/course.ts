// What happened so far in one invocation: its attempts, its deadline, and which attempt answers the caller.

import { Cancellation } from '../cancellation.ts';
import type { CancelSignal } from '../cancellation.ts';
import type { Timer } from '../clock.ts';
import { CapabilityError } from '../errors.ts';
import type { AttemptRecord } from '../usage/usage-record.ts';
import type { Runtime } from './runtime.ts';

export interface Course {
  readonly runtime: Runtime;
  /** Aborted when the caller leaves or the deadline passes; its reason is a `CapabilityError`. */
  readonly signal: CancelSignal;
  /** Those that are over, in the order in which they ended. */
  readonly attempts: AttemptRecord[];
  /** Attempts so far, over or not. */
  begun: number;
  /** Attempts that are not over. */
  readonly running: Set<{ end(why: unknown): void }>;
  /** Tokens of the prompt, roughly: what an attempt that is cut off may have cost. */
  promptTokens: number;
  /**
   * The attempt whose words the caller has seen: from then on a failure is an error, not a reason to try elsewhere, and
   * no other attempt may speak.
   */
  answering: object | undefined;
  remainingMs(): number;
  /** Sets the deadline anew, so many milliseconds from now. */
  extend(milliseconds: number): void;
  /** Lets go of the deadline and of the caller's signal. */
  close(): void;
}

/** Begins the course of an invocation that has to end within `timeoutMs`; `signal` ends it before. */
export function openCourse(runtime: Runtime, signal: CancelSignal, timeoutMs: number): Course {
  const cancellation = new Cancellation();
  const onLeave = (): void => cancellation.abort(signal.reason);
  if (signal.aborted) onLeave();
  else signal.addEventListener('abort', onLeave);
  let endsAt = 0;
  let timer: Timer | undefined;
  const limitTo = (milliseconds: number): void => {
    timer?.cancel();
    endsAt = runtime.now() + milliseconds;
    timer = runtime.after(milliseconds, () => cancellation.abort(timedOut(milliseconds)));
  };
  limitTo(timeoutMs);
  return {
    runtime,
    signal: cancellation,
    attempts: [],
    begun: 0,
    running: new Set(),
    promptTokens: 0,
    answering: undefined,
    remainingMs: () => endsAt - runtime.now(),
    extend: limitTo,
    close() {
      timer?.cancel();
      signal.removeEventListener('abort', onLeave);
    },
  };
}

export function timedOut(milliseconds: number): CapabilityError {
  return new CapabilityError('timeout', `There was no answer within ${milliseconds} ms.`);
}
