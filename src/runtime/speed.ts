// How fast a model writes at present: exponentially weighted averages of the time to its first words and of its pace, so that
// an answer of any length can be foretold.

export interface Speed {
  add(answer: TimedAnswer): void;
  /** Undefined while nothing is known. */
  readonly firstTokenMs: number | undefined;
  readonly tokensPerSecond: number | undefined;
  /** How long an answer of so many tokens takes; undefined while nothing is known. */
  expectedMs(tokens: number): number | undefined;
}

export interface TimedAnswer {
  /** Until the first words; absent when the answer came whole. */
  readonly firstMs?: number | undefined;
  readonly totalMs: number;
  /** Absent when nobody counted. */
  readonly outputTokens?: number | undefined;
}

/** What the newest answer weighs; of an older one, its weight is left after as many more as it takes: ten leave a tenth. */
const NEWEST = 0.2;

export function createSpeed(): Speed {
  const first = createAverage();
  const pace = createAverage();
  const total = createAverage();
  return {
    add({ firstMs, totalMs, outputTokens }) {
      total.add(totalMs);
      if (firstMs !== undefined) first.add(firstMs);
      if (outputTokens === undefined || outputTokens < 1) return;
      // An answer that came whole says nothing of its first words; their usual time is no part of its pace.
      const writingMs = Math.max(1, totalMs - Math.min(firstMs ?? first.value ?? 0, totalMs));
      pace.add((outputTokens / writingMs) * 1000);
    },
    get firstTokenMs() {
      return first.value;
    },
    get tokensPerSecond() {
      return pace.value;
    },
    expectedMs(tokens) {
      if (pace.value === undefined) return total.value;
      return (first.value ?? 0) + (tokens / pace.value) * 1000;
    },
  };
}

interface Average {
  readonly value: number | undefined;
  add(sample: number): void;
}

function createAverage(): Average {
  let value: number | undefined;
  return {
    get value() {
      return value;
    },
    add(sample) {
      value = value === undefined ? sample : value + NEWEST * (sample - value);
    },
  };
}
