// A ledger over a store: a request leaves its record and goes on; records are written in batches, a moment later. The queue
// is bounded, and what cannot be kept is counted and told, never silent.

import { setImmediate } from 'node:timers/promises';
import type { Clock, Timer } from '../clock.ts';
import type { Ledger } from './ledger.ts';
import type { UsageRecord } from './usage-record.ts';
import type { UsageStore } from './usage-store.ts';

export interface WriteBehindLimits {
  /** Records that wait; one more is dropped, and told. */
  readonly queueRecords: number;
  /** Records of one transaction; so many are written at once. */
  readonly batchRecords: number;
  /** How long a record waits for others. */
  readonly delayMs: number;
  /** The pause after a failed write; it doubles with every further one. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
  /** Writes that are tried when the ledger is closed and the store fails. */
  readonly closingAttempts: number;
}

export const WRITE_BEHIND_LIMITS: WriteBehindLimits = {
  queueRecords: 50_000,
  batchRecords: 200,
  delayMs: 50,
  retryMs: 500,
  retryMaxMs: 30_000,
  closingAttempts: 3,
};

export interface WriteBehindLedger extends Ledger {
  /** Records that the store has. */
  readonly kept: number;
  readonly waiting: number;
  readonly dropped: number;
  /** Resolves when everything that was recorded so far is kept, or was given up. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface WriteBehindOptions {
  readonly after: Clock['after'];
  /** Told once when writing begins to fail, and when the first record is dropped. */
  readonly onTrouble: (error: Error) => void;
  readonly limits?: Partial<WriteBehindLimits>;
}

/** Owns the store: closing the ledger closes it. */
export function createWriteBehind(store: UsageStore, options: WriteBehindOptions): WriteBehindLedger {
  const { after, onTrouble } = options;
  const limits = { ...WRITE_BEHIND_LIMITS, ...options.limits };
  let queue: UsageRecord[] = [];
  let kept = 0;
  let dropped = 0;
  let failures = 0;
  let closing = false;
  let due: Timer | undefined;
  let writing: Promise<void> | undefined;

  /** Writes batch after batch; a store that fails is tried again later, from the start of the same batch. */
  const write = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.slice(0, limits.batchRecords);
      try {
        await store.append(batch);
        queue = queue.slice(batch.length);
        kept += batch.length;
        failures = 0;
        // A long queue is not written in one breath: requests go on meanwhile.
        await setImmediate();
      } catch (error) {
        failures += 1;
        if (failures === 1) onTrouble(new Error('Usage records cannot be written.', { cause: error }));
        if (!closing) return wakeAfter(Math.min(limits.retryMs * 2 ** (failures - 1), limits.retryMaxMs));
        if (failures >= limits.closingAttempts) {
          dropped += queue.length;
          queue = [];
          onTrouble(new Error(`Usage records were lost: ${dropped}; the store failed until the end.`));
        }
      }
    }
  };
  const flush = (): Promise<void> => {
    writing ??= write().finally(() => (writing = undefined));
    return writing;
  };
  const wakeAfter = (milliseconds: number): void => {
    due ??= after(milliseconds, () => {
      due = undefined;
      void flush();
    });
  };
  return {
    get kept() {
      return kept;
    },
    get waiting() {
      return queue.length;
    },
    get dropped() {
      return dropped;
    },
    record(record) {
      if (queue.length < limits.queueRecords) {
        queue.push(record);
        wakeAfter(limits.delayMs);
        return;
      }
      dropped += 1;
      if (dropped === 1)
        onTrouble(new Error('Usage records are lost: they come faster than they can be written.'));
    },
    flush,
    async close() {
      closing = true;
      failures = 0;
      due?.cancel();
      await writing;
      await flush();
      await store.close();
    },
  };
}
