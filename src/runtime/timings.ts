// The last durations of one kind, and their quantiles.

export interface Timings {
  add(milliseconds: number): void;
  /** Undefined while fewer than `TIMINGS_MIN` are known: a tail cannot be read off a handful. */
  quantile(share: number): number | undefined;
}

/** Durations that are kept; older ones are forgotten. */
const TIMINGS_KEPT = 200;
export const TIMINGS_MIN = 20;

/** One more duration hardly moves a quantile of many, and sorting them is the dear part. */
const STALE_SHARE = 0.1;

export function createTimings(): Timings {
  const ring: number[] = [];
  let next = 0;
  let sorted: readonly number[] = [];
  let added = 0;
  return {
    add(milliseconds) {
      ring[next] = milliseconds;
      next = (next + 1) % TIMINGS_KEPT;
      added += 1;
    },
    quantile(share) {
      if (ring.length < TIMINGS_MIN) return undefined;
      if (sorted.length < TIMINGS_MIN || added > STALE_SHARE * ring.length) {
        sorted = ring.toSorted((left, right) => left - right);
        added = 0;
      }
      return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    },
  };
}
