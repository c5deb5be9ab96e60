// A second attempt beside one that is slower than usual: when it is due, and how many there may be.

import type { Hedge } from '../registry/snapshot.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { createBoundedMap } from './bounded-map.ts';
import type { Runtime } from './runtime.ts';

/** Keeps hedges to a share of the calls: each call earns a part of a hedge, each hedge spends a whole one. */
export interface HedgeBudget {
  earn(key: string, share: number): void;
  /** False when there is nothing to spend. */
  spend(key: string): boolean;
}

/** Hedges that can be saved up: after a quiet time not everything may be asked twice at once. */
const SAVED_MAX = 5;

/** Capabilities that are remembered. */
const ENTRIES_MAX = 10_000;

/** Sums of small parts fall short of the whole by less than this. */
const SLACK = 1e-9;

export function createHedgeBudget(): HedgeBudget {
  const saved = createBoundedMap<number>({ entries: ENTRIES_MAX });
  return {
    earn(key, share) {
      saved.set(key, Math.min(SAVED_MAX, (saved.get(key) ?? 0) + share));
    },
    spend(key) {
      const amount = saved.get(key) ?? 0;
      if (amount < 1 - SLACK) return false;
      saved.set(key, amount - 1);
      return true;
    },
  };
}

const TAIL = 0.95;

/** Milliseconds after which a second attempt is due; undefined while nobody knows what is slow for this model. */
export function hedgeDelay(
  { health }: Runtime,
  candidate: Candidate,
  { after }: Hedge,
  stream: boolean,
): number | undefined {
  // A stream is slow until its first words; from then on it is only long.
  return after === 'p95' ? health.tailMs(candidate, stream ? 'first' : 'total', TAIL) : after;
}
