// A signal of our own does what an AbortSignal does, as far as it goes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cancellation, toAbortSignal } from '../src/cancellation.ts';
import type { CancelSignal } from '../src/cancellation.ts';

type Step = { readonly kind: 'add' | 'remove'; readonly listener: number } | { readonly kind: 'abort' };

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom('add', 'remove'), listener: fc.nat({ max: 3 }) }),
    fc.constant({ kind: 'abort' as const }),
  ) as fc.Arbitrary<Step>,
  { maxLength: 12 },
);

test('whatever is added, removed and aborted, it is heard as by the platform', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const cancellation = new Cancellation();
      const controller = new AbortController();
      const heard = [play(all, cancellation, cancellation), play(all, controller.signal, controller)];
      expect(heard[0]).toEqual(heard[1]);
      expect(cancellation.aborted).toBe(controller.signal.aborted);
      expect(cancellation.reason).toBe(controller.signal.reason);
    }),
  );
});

const why = new Error('enough');

/** A listener is added once at a time: adding it twice means once to the platform. */
function play(
  all: readonly Step[],
  signal: CancelSignal,
  source: { abort(reason: unknown): void },
): number[] {
  const heard: number[] = [];
  const listeners = [0, 1, 2, 3].map((index) => () => void heard.push(index));
  const added = new Set<number>();
  for (const step of all) {
    if (step.kind === 'abort') source.abort(why);
    else if (step.kind === 'remove') {
      added.delete(step.listener);
      signal.removeEventListener('abort', listeners[step.listener] ?? (() => {}));
    } else if (!added.has(step.listener)) {
      added.add(step.listener);
      signal.addEventListener('abort', listeners[step.listener] ?? (() => {}));
    }
  }
  return heard;
}

test('it throws its reason once it is aborted, and gives no second one', () => {
  const cancellation = new Cancellation();
  cancellation.throwIfAborted();
  cancellation.abort(why);
  cancellation.abort(new Error('more'));
  expect(() => cancellation.throwIfAborted()).toThrow(why);
});

test('libraries get a signal of the platform, before and after', () => {
  const cancellation = new Cancellation();
  const signal = toAbortSignal(cancellation);
  expect(signal.aborted).toBe(false);
  cancellation.abort(why);
  expect(signal.reason).toBe(why);
  expect(toAbortSignal(cancellation).reason).toBe(why);
  expect(toAbortSignal(signal)).toBe(signal);
});
