// Where the runtime leaves its usage records.

import type { UsageRecord } from './usage-record.ts';

export interface Ledger {
  /** Must be quick and must not throw: bookkeeping never fails a request. */
  record(record: UsageRecord): void;
  /** Resolves when everything that was recorded is kept; called once, after the last record. */
  close?(): Promise<void>;
}
