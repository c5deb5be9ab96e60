// A ledger that keeps the last records in memory.

import type { Ledger } from './ledger.ts';
import type { UsageRecord } from './usage-record.ts';

export interface MemoryLedger extends Ledger {
  /** Oldest first. */
  recent(): readonly UsageRecord[];
}

/** Records kept when nothing else is said. */
const LEDGER_LIMIT = 1000;

/** Keeps the last `limit` records; older ones are forgotten. */
export function createMemoryLedger(options: { readonly limit?: number } = {}): MemoryLedger {
  const limit = options.limit ?? LEDGER_LIMIT;
  const ring: UsageRecord[] = [];
  let next = 0;
  return {
    record(record) {
      ring[next] = record;
      next = (next + 1) % limit;
    },
    recent: () => [...ring.slice(next), ...ring.slice(0, next)],
  };
}
