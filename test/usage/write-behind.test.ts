// The ledger between requests and store: batches, a bounded queue, and a store that fails.
import { beforeEach, expect, test } from 'vitest';
import { createMemoryStore } from '../../src/usage/stores/memory.ts';
import type { UsageRecord } from '../../src/usage/usage-record.ts';
import type { UsageStore } from '../../src/usage/usage-store.ts';
import { createWriteBehind } from '../../src/usage/write-behind.ts';
import type { WriteBehindLedger, WriteBehindLimits } from '../../src/usage/write-behind.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { FakeClock } from '../support/fake-clock.ts';

let clock: FakeClock;
let batches: (readonly UsageRecord[])[];
let troubles: string[];
let failing: boolean;
let isClosed: boolean;

beforeEach(() => {
  clock = createFakeClock();
  batches = [];
  troubles = [];
  failing = false;
  isClosed = false;
});

function begin(limits: Partial<WriteBehindLimits> = {}): WriteBehindLedger {
  const memory = createMemoryStore();
  const store: UsageStore = {
    ...memory,
    async append(records) {
      if (failing) throw new Error('The disk is full.');
      batches.push(records);
    },
    async close() {
      isClosed = true;
    },
  };
  const onTrouble = ({ message }: Error): void => void troubles.push(message);
  return createWriteBehind(store, { after: clock.after, onTrouble, limits });
}

function recordOf(number: number): UsageRecord {
  return {
    invocation: `id-${number}`,
    at: number,
    caller: 'ada',
    snapshot: 'sha256:1',
    attempts: [],
    usage: { inputTokens: 0, outputTokens: 0 },
    outcome: 'ok',
    latencyMs: 1,
    stream: false,
  };
}

function recordMany(ledger: WriteBehindLedger, from: number, to: number): void {
  for (let number = from; number < to; number += 1) ledger.record(recordOf(number));
}

test('nothing is written while a request waits; a moment later all of it is, in batches and in order', async () => {
  const ledger = begin({ batchRecords: 4, delayMs: 50 });
  recordMany(ledger, 0, 10);
  expect(batches).toEqual([]);
  expect(clock.pending).toEqual([50]);
  clock.advance(50);
  await ledger.flush();
  expect(batches.map((batch) => batch.length)).toEqual([4, 4, 2]);
  expect(batches.flat().map(({ at }) => at)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(ledger).toMatchObject({ kept: 10, waiting: 0, dropped: 0 });
});

test('a store that fails is tried again, later and later, is told of once, and loses nothing', async () => {
  const ledger = begin({ delayMs: 50, retryMs: 500, retryMaxMs: 1_500 });
  failing = true;
  recordMany(ledger, 0, 3);
  for (const waitMs of [50, 500, 1_000, 1_500, 1_500]) {
    expect(clock.pending).toEqual([waitMs]);
    clock.advance(waitMs);
    await ledger.flush();
  }
  expect(troubles).toEqual(['Usage records cannot be written.']);
  failing = false;
  recordMany(ledger, 3, 5);
  clock.advance(1_500);
  await ledger.flush();
  expect(batches.flat().map(({ at }) => at)).toEqual([0, 1, 2, 3, 4]);
});

test('the queue is bounded: what does not fit is dropped, counted and told once', async () => {
  const ledger = begin({ queueRecords: 3 });
  recordMany(ledger, 0, 10);
  expect(ledger).toMatchObject({ waiting: 3, dropped: 7 });
  expect(troubles).toEqual(['Usage records are lost: they come faster than they can be written.']);
  await ledger.close();
  expect(batches.flat().map(({ at }) => at)).toEqual([0, 1, 2]);
});

test('closing writes what waits, without waiting for its time, and closes the store', async () => {
  const ledger = begin();
  recordMany(ledger, 0, 3);
  await ledger.close();
  expect(batches.flat()).toHaveLength(3);
  expect({ isClosed, pending: clock.pending }).toEqual({ isClosed: true, pending: [] });
});

test('closing ends even when the store fails until the end, and says what was lost', async () => {
  const ledger = begin();
  failing = true;
  recordMany(ledger, 0, 3);
  await ledger.close();
  expect(troubles).toEqual([
    'Usage records cannot be written.',
    'Usage records were lost: 3; the store failed until the end.',
  ]);
  expect(isClosed).toBe(true);
});
