// A clock that stands still until a test moves it. Real sockets stay real: a test waits for an event of the provider, or
// for a timer to be set, and then lets the time pass.
import type { Clock } from '../../src/clock.ts';

export interface FakeClock extends Clock {
  /** Lets time pass; timers go off in their order, each at its own time. */
  advance(milliseconds: number): void;
  /** Resolves as soon as a timer of so many milliseconds has been set. */
  armed(milliseconds: number): Promise<void>;
  /** The waits of all timers that are running. */
  readonly pending: readonly number[];
}

interface Armed {
  readonly milliseconds: number;
  readonly callback: () => void;
  dueAt: number;
}

export function createFakeClock(startsAt = 1_800_000_000_000): FakeClock {
  let time = startsAt;
  const timers = new Set<Armed>();
  let waiting: { readonly milliseconds: number; readonly tell: () => void }[] = [];

  const next = (until: number): Armed | undefined =>
    [...timers].filter(({ dueAt }) => dueAt <= until).sort((left, right) => left.dueAt - right.dueAt)[0];
  return {
    now: () => time,
    after(milliseconds, callback) {
      const timer: Armed = { milliseconds, callback, dueAt: time + milliseconds };
      timers.add(timer);
      for (const each of waiting) if (each.milliseconds === milliseconds) each.tell();
      waiting = waiting.filter((each) => each.milliseconds !== milliseconds);
      return {
        restart() {
          timer.dueAt = time + milliseconds;
          timers.add(timer);
        },
        cancel: () => void timers.delete(timer),
      };
    },
    advance(milliseconds) {
      const until = time + milliseconds;
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        timers.delete(timer);
        time = Math.max(time, timer.dueAt);
        timer.callback();
      }
      time = until;
    },
    armed(milliseconds) {
      if ([...timers].some((timer) => timer.milliseconds === milliseconds)) return Promise.resolve();
      return new Promise((tell) => waiting.push({ milliseconds, tell }));
    },
    get pending() {
      return [...timers].map(({ milliseconds }) => milliseconds);
    },
  };
}
