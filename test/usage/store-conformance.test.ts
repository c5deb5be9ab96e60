// What every store of usage records does: the same calls to each of them, and the same answers from all.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { usageStores } from '../../src/usage/stores/index.ts';
import { usageDimensions } from '../../src/usage/usage-store.ts';
import type { UsageStore } from '../../src/usage/usage-store.ts';
import type { UsageRecord } from '../../src/usage/usage-record.ts';
import { arbitraryUsageRecord } from '../support/arbitrary-usage.ts';

const folder = mkdtempSync(join(tmpdir(), 'capstan-usage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const nextFile = (): string => join(folder, `${++files}`, 'usage.sqlite');

const record: UsageRecord = {
  invocation: 'id-1',
  request: 'mine',
  at: Date.UTC(2026, 10, 3, 23, 59, 59, 999),
  caller: 'ada',
  team: 'docs',
  capability: 'summarize@1',
  version: '1.2.0',
  revision: 'sha256:1',
  snapshot: 'sha256:2',
  tier: 'fast',
  model: 'upstream/large',
  provider: 'upstream',
  attempts: [
    {
      model: 'upstream/large',
      provider: 'upstream',
      outcome: 'server',
      status: 500,
      message: 'no',
      at: 1,
      latencyMs: 2.5,
    },
    {
      model: 'upstream/large',
      provider: 'upstream',
      outcome: 'ok',
      at: 3.125,
      latencyMs: 4,
      queueMs: 0.5,
      firstByteMs: 1,
      usage: { inputTokens: 10, outputTokens: 2, cachedInputTokens: 4, reasoningTokens: 1 },
      costUsd: 0.25,
    },
  ],
  usage: { inputTokens: 10, outputTokens: 2, cachedInputTokens: 4, reasoningTokens: 1 },
  costUsd: 0.25,
  outcome: 'ok',
  latencyMs: 7.25,
  firstByteMs: 5,
  ownMs: 0.75,
  stream: true,
  cache: 'miss',
  repairs: [{ step: 'code-fence', pointer: '' }],
  decision: {
    seed: 0.25,
    inputTokens: 10,
    maxOutputTokens: 100,
    candidates: ['upstream/large', 'reserve/large'],
    tied: 1,
    floor: 0.8,
    resting: ['reserve/large'],
    learnt: { large: { passes: 1.5, runs: 2 } },
  },
  metadata: { ticket: '7', constructor: 'x' },
};

const all = { limit: 1_000 };

describe.each(Object.entries(usageStores))('%s', (_name, open) => {
  const opened = (): Promise<UsageStore> => open(nextFile());

  test('a record comes back as it was, with all its attempts', async () => {
    const store = await opened();
    await store.append([record]);
    expect(await store.records(all)).toEqual([record]);
    expect(await store.find(record.invocation)).toEqual(record);
    expect(await store.find('nobody')).toBeUndefined();
    await store.close();
  });

  test('a store without records has none, and no totals', async () => {
    const store = await opened();
    expect(await store.records(all)).toEqual([]);
    for (const by of usageDimensions) expect(await store.totals({ by })).toEqual([]);
    await store.close();
  });

  test('an invocation is kept once, however often it is appended', async () => {
    const store = await opened();
    await store.append([record, record]);
    await store.append([{ ...record, outcome: 'timeout', attempts: [] }]);
    expect(await store.records(all)).toEqual([record]);
    await store.close();
  });

  test('records are told by time, the newest of them when there are many', async () => {
    const store = await opened();
    const at = (invocation: string, time: number): UsageRecord => ({ ...record, invocation, at: time });
    await store.append([at('c', 3), at('a', 1), at('b', 2)]);
    const ids = async (query: { since?: number; limit: number }) =>
      (await store.records(query)).map(({ invocation }) => invocation);
    expect(await ids({ limit: 10 })).toEqual(['a', 'b', 'c']);
    expect(await ids({ limit: 2 })).toEqual(['b', 'c']);
    expect(await ids({ since: 2, limit: 10 })).toEqual(['b', 'c']);
    expect(await ids({ limit: 0 })).toEqual([]);
    expect(await store.forget(3)).toBe(2);
    expect(await ids({ limit: 10 })).toEqual(['c']);
    await store.close();
  });

  test('totals: an attempt belongs to its model and an invocation to its capability, team and day', async () => {
    const store = await opened();
    const other: UsageRecord = {
      invocation: 'id-2',
      at: record.at + 1,
      caller: 'bob',
      snapshot: 'sha256:2',
      attempts: [
        { ...record.attempts[1]!, model: 'reserve/large', outcome: 'invalid' },
        {
          model: 'new/one',
          provider: 'new',
          outcome: 'ok',
          at: 1,
          latencyMs: 1,
          usage: { inputTokens: 5, outputTokens: 5 },
        },
      ],
      usage: { inputTokens: 15, outputTokens: 7 },
      outcome: 'ok',
      latencyMs: 1,
      stream: false,
    };
    await store.append([record, other]);
    const line = {
      calls: 1,
      failed: 0,
      inputTokens: 10,
      cachedInputTokens: 4,
      outputTokens: 2,
      reasoningTokens: 1,
      costUsd: 0.25,
      unpriced: 0,
    };
    const unknown = {
      ...line,
      inputTokens: 15,
      cachedInputTokens: 0,
      outputTokens: 7,
      reasoningTokens: 0,
      costUsd: 0,
      unpriced: 1,
    };
    expect(await store.totals({ by: 'capability' })).toEqual([
      { key: '', ...unknown },
      { key: 'summarize@1', ...line },
    ]);
    expect(await store.totals({ by: 'team' })).toEqual([
      { key: '', ...unknown },
      { key: 'docs', ...line },
    ]);
    expect(await store.totals({ by: 'day' })).toEqual([
      { key: '2026-11-03', ...line },
      { key: '2026-11-04', ...unknown },
    ]);
    expect(await store.totals({ by: 'model' })).toEqual([
      { key: 'new/one', ...unknown, inputTokens: 5, outputTokens: 5 },
      { key: 'reserve/large', ...line, failed: 1 },
      { key: 'upstream/large', ...line, calls: 2, failed: 1 },
    ]);
    expect(await store.totals({ by: 'team', since: record.at + 1 })).toEqual([{ key: '', ...unknown }]);
    await store.close();
  });
});

test('all stores say the same of the same records, always', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(arbitraryUsageRecord, { maxLength: 8 }), { maxLength: 4 }),
      fc.integer({ min: Date.UTC(2026, 10, 3), max: Date.UTC(2026, 10, 8) }),
      async (batches, since) => {
        const opens = Object.values(usageStores);
        const answers = await Promise.all(
          opens.map(async (open) => {
            const store = await open(':memory:');
            for (const batch of batches) await store.append(batch);
            const totals = await Promise.all(usageDimensions.map((by) => store.totals({ by, since })));
            const records = await store.records({ since, limit: 10 });
            await store.close();
            return { totals, records };
          }),
        );
        for (const answer of answers) expect(answer).toEqual(answers[0]);
      },
    ),
    { numRuns: 40 },
  );
});
