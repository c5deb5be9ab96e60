// The last durations of one kind, and their quantiles.

export interface Timings {
  add(milliseconds: number): void;
  /** Undefined while fewer than `TIMINGS_MIN` are known: a tail cannot be read off a handful. */
  quantile(share: number): number | undefined;
}

/** Durations that are kept; older ones are forgotten. */
const TIMINGS_KEPT = 200;
export const TIMINGS_MIN = 20;

export function createTimings(): Timings {
  const ring: number[] = [];
  let next = 0;
  let sorted: readonly number[] | undefined;
  return {
    add(milliseconds) {
      ring[next] = milliseconds;
      next = (next + 1) % TIMINGS_KEPT;
      sorted = undefined;
    },
    quantile(share) {
      if (ring.length < TIMINGS_MIN) return undefined;
      sorted ??= ring.toSorted((left, right) => left - right);
      return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    },
  };
}
