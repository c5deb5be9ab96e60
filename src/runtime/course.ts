// What happened so far in one invocation: its attempts, its deadline, and which attempt answers the caller.

import { Cancellation } from '../cancellation.ts';
import type { CancelSignal } from '../cancellation.ts';
import type { Timer } from '../clock.ts';
import { CapabilityError } from '../errors.ts';
import type { AttemptRecord } from '../usage/usage-record.ts';
import type { Runtime } from './runtime.ts';

/** An attempt that is under way, and the way to end it. */
interface Running {
  abort(why: unknown): void;
}

export interface Course {
  readonly runtime: Runtime;
  /** Aborted when the caller leaves or the deadline passes; its reason is a `CapabilityError`. */
  readonly signal: CancelSignal;
  /** Those that are over, in the order in which they ended. */
  readonly attempts: AttemptRecord[];
  /** Attempts so far, over or not. */
  begun: number;
  /** Attempts that are not over. */
  readonly running: Running[];
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
  return new OneCourse(runtime, signal, timeoutMs);
}

/** It is its own signal: every call makes one. */
class OneCourse extends Cancellation implements Course {
  readonly runtime: Runtime;
  readonly attempts: AttemptRecord[] = [];
  begun = 0;
  readonly running: Running[] = [];
  promptTokens = 0;
  answering: object | undefined = undefined;
  private readonly outer: CancelSignal;
  private readonly onLeave = (): void => this.abort(this.outer.reason);
  private readonly onTimer = (): void => this.abort(timedOut(this.limitMs));
  private limitMs = 0;
  private endsAt = 0;
  private timer: Timer | undefined = undefined;

  constructor(runtime: Runtime, outer: CancelSignal, timeoutMs: number) {
    super();
    this.runtime = runtime;
    this.outer = outer;
    if (outer.aborted) this.onLeave();
    else outer.addEventListener('abort', this.onLeave);
    this.extend(timeoutMs);
  }

  get signal(): CancelSignal {
    return this;
  }

  remainingMs(): number {
    return this.endsAt - this.runtime.now();
  }

  extend(milliseconds: number): void {
    this.timer?.cancel();
    this.limitMs = milliseconds;
    this.endsAt = this.runtime.now() + milliseconds;
    this.timer = this.runtime.after(milliseconds, this.onTimer);
  }

  close(): void {
    this.timer?.cancel();
    this.outer.removeEventListener('abort', this.onLeave);
  }
}

export function timedOut(milliseconds: number): CapabilityError {
  return new CapabilityError('timeout', `There was no answer within ${milliseconds} ms.`);
}
