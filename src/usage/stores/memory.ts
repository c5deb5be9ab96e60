// Usage records in memory: for tests, and for servers that must leave nothing on the disk.

import type { AttemptRecord, UsageRecord } from '../usage-record.ts';
import type { UsageDimension, UsageStore, UsageTotal } from '../usage-store.ts';

/** Records that are kept when nothing else is said; the oldest are forgotten first. */
const RECORDS_MAX = 10_000;

export function createMemoryStore(options: { readonly recordsMax?: number } = {}): UsageStore {
  const recordsMax = options.recordsMax ?? RECORDS_MAX;
  const records = new Map<string, UsageRecord>();
  const within = (since = -Infinity): UsageRecord[] =>
    [...records.values()].filter(({ at }) => at >= since).sort(byTime);
  return {
    async append(added) {
      for (const record of added) {
        if (!records.has(record.invocation)) records.set(record.invocation, record);
        const [oldest] = records.keys();
        if (records.size > recordsMax && oldest !== undefined) records.delete(oldest);
      }
    },
    records: async ({ since, limit }) => (limit === 0 ? [] : within(since).slice(-limit)),
    find: async (invocation) => records.get(invocation),
    totals: async ({ since, by }) => totalsOf(within(since), by),
    async forget(before) {
      const old = [...records.values()].filter(({ at }) => at < before);
      for (const { invocation } of old) records.delete(invocation);
      return old.length;
    },
    close: async () => records.clear(),
  };
}

function byTime(left: UsageRecord, right: UsageRecord): number {
  return left.at - right.at || (left.invocation < right.invocation ? -1 : 1);
}

function totalsOf(records: readonly UsageRecord[], by: UsageDimension): readonly UsageTotal[] {
  const totals = new Map<string, UsageTotal>();
  for (const record of records) {
    const calls: readonly (UsageRecord | AttemptRecord)[] = by === 'model' ? record.attempts : [record];
    for (const call of calls) {
      const key = keyOf(record, call, by);
      totals.set(key, add(totals.get(key) ?? nothing(key), call));
    }
  }
  return [...totals.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
}

function keyOf(record: UsageRecord, call: UsageRecord | AttemptRecord, by: UsageDimension): string {
  switch (by) {
    case 'capability':
      return record.capability ?? '';
    case 'model':
      return call.model ?? '';
    case 'team':
      return record.team ?? '';
    case 'day':
      return new Date(record.at).toISOString().slice(0, 'YYYY-MM-DD'.length);
  }
}

function nothing(key: string): UsageTotal {
  const tokens = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  return { key, calls: 0, failed: 0, ...tokens, costUsd: 0, unpriced: 0 };
}

function add(total: UsageTotal, { outcome, usage, costUsd }: UsageRecord | AttemptRecord): UsageTotal {
  const isUnpriced =
    costUsd === undefined && (usage !== undefined || outcome === 'ok' || outcome === 'invalid');
  return {
    key: total.key,
    calls: total.calls + 1,
    failed: total.failed + (outcome === 'ok' ? 0 : 1),
    inputTokens: total.inputTokens + (usage?.inputTokens ?? 0),
    cachedInputTokens: total.cachedInputTokens + (usage?.cachedInputTokens ?? 0),
    outputTokens: total.outputTokens + (usage?.outputTokens ?? 0),
    reasoningTokens: total.reasoningTokens + (usage?.reasoningTokens ?? 0),
    costUsd: total.costUsd + (costUsd ?? 0),
    unpriced: total.unpriced + (isUnpriced ? 1 : 0),
  };
}
