// Where usage records go, and the ledger that keeps the last of them in memory.

import type { UsageRecord } from './usage-record.ts';

export interface Ledger {
  /** Must be quick and must not throw: bookkeeping never fails a request. */
  record(record: UsageRecord): void;
  /** Resolves when everything that was recorded is kept; called once, after the last record. */
  close?(): Promise<void>;
}

export interface MemoryLedger extends Ledger {
  /** Oldest first. */
  recent(): readonly UsageRecord[];
}

/** Records kept when nothing else is said. */
export const LEDGER_LIMIT = 1000;

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
