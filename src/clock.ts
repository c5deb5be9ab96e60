// Time as a parameter: whoever waits is given a clock, so that tests own the hours.

import type { CancelSignal } from './cancellation.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls back once, after so many milliseconds, unless the timer is cancelled before. */
  readonly after: (milliseconds: number, callback: () => void) => Timer;
}

export interface Timer {
  /** Waits the whole time anew. Cheap enough to do for every piece of a stream. */
  restart(): void;
  cancel(): void;
}

/** From one time to another, to the microsecond: more digits are noise. */
export function millisecondsBetween(start: number, end: number): number {
  return Math.round((end - start) * 1000) / 1000;
}

/** Timers of the machine. */
export function systemTimer(milliseconds: number, callback: () => void): Timer {
  const timeout = setTimeout(callback, milliseconds);
  return {
    restart: () => void timeout.refresh(),
    cancel: () => clearTimeout(timeout),
  };
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function waitFor(
  clock: Pick<Clock, 'after'>,
  milliseconds: number,
  signal: CancelSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal.reason as Error);
    };
    const timer = clock.after(milliseconds, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort);
  });
}
