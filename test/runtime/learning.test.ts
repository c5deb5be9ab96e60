// What production teaches: bounded, decaying, one revision at a time.
import { describe, expect, test } from 'vitest';
import type { Capability, Model, Snapshot } from '../../src/registry/snapshot.ts';
import { createLearning } from '../../src/runtime/learning.ts';
import type { Learning } from '../../src/runtime/learning.ts';
import { raiseTier } from '../../src/runtime/raise-tier.ts';
import type { AttemptRecord } from '../../src/usage/usage-record.ts';

const model = { id: 'a/big', name: 'big' } as Model;
const elsewhere = { id: 'b/big-2', name: 'big-2', identity: 'big' } as Model;
const snapshot = { models: { 'a/big': model, 'b/big-2': elsewhere } } as unknown as Snapshot;
const capability = { key: 'task@1', revision: 'one', outputKind: 'json' } as Capability;
const DAY_MS = 24 * 60 * 60 * 1000;

function started(): { readonly learning: Learning; readonly pass: (days: number) => void } {
  let now = 0;
  return { learning: createLearning(() => now), pass: (days) => void (now += days * DAY_MS) };
}

const attempt = (outcome: string, id = 'a/big', outputTokens = 100): AttemptRecord => ({
  model: id,
  provider: 'a',
  outcome,
  at: 0,
  latencyMs: 1,
  usage: { inputTokens: 1, outputTokens },
});

const times = (count: number, each: AttemptRecord): AttemptRecord[] =>
  Array.from({ length: count }, () => each);

describe('outcomes', () => {
  test('valid answers speak a little for a model, however many they are', () => {
    const { learning } = started();
    learning.note(snapshot, capability, 'standard', times(10_000, attempt('ok')));
    expect(learning.learnt.of(capability, model)?.passes).toBeLessThanOrEqual(2);
    expect(learning.learnt.of(capability, model)?.passes).toBeGreaterThan(1.5);
  });

  test('invalid ones speak against it, up to a bound, at whatever provider it runs', () => {
    const { learning } = started();
    learning.note(snapshot, capability, 'standard', times(6, attempt('invalid')));
    expect(learning.learnt.of(capability, elsewhere)?.runs).toBeCloseTo(3, 1);
    learning.note(snapshot, capability, 'standard', times(1_000, attempt('invalid')));
    expect(learning.learnt.of(capability, model)?.runs).toBeLessThanOrEqual(10);
  });

  test('failures of the provider, and texts, teach nothing of quality', () => {
    const { learning } = started();
    learning.note(snapshot, capability, 'standard', times(50, attempt('server')));
    learning.note(snapshot, { ...capability, outputKind: 'text' }, 'standard', times(50, attempt('ok')));
    expect(learning.learnt.of(capability, model)).toBeUndefined();
    expect(learning.learnt.version(capability)).toBe(0);
  });

  test('the usual length of answers is learnt by tier', () => {
    const { learning } = started();
    learning.note(snapshot, capability, 'standard', times(100, attempt('ok', 'a/big', 80)));
    expect(learning.expectedOutputTokens(capability, 'standard')).toBeCloseTo(80, 6);
    expect(learning.expectedOutputTokens(capability, 'premium')).toBeUndefined();
  });
});

describe('judgements', () => {
  test('count whole, up to a bound, and a second one replaces the first', () => {
    const { learning } = started();
    learning.judge(capability, model, 1);
    expect(learning.learnt.of(capability, model)).toEqual({ passes: 1, runs: 1 });
    learning.judge(capability, model, 0, 1);
    expect(learning.learnt.of(capability, model)).toEqual({ passes: 0, runs: 1 });
    for (let each = 0; each < 500; each += 1) learning.judge(capability, model, 0.5);
    expect(learning.learnt.of(capability, model)?.runs).toBeLessThanOrEqual(40);
  });

  test('half is forgotten after a week', () => {
    const { learning, pass } = started();
    for (let each = 0; each < 8; each += 1) learning.judge(capability, model, 1);
    pass(7);
    const [report] = learning.report('task@1');
    expect(report?.liked).toBeCloseTo(4, 6);
  });

  test('a change that matters gives a new version; one that does not gives none', () => {
    const { learning } = started();
    learning.judge(capability, model, 0);
    const before = learning.learnt.version(capability);
    expect(before).toBeGreaterThan(0);
    for (let each = 0; each < 400; each += 1) learning.judge(capability, model, 0);
    const settled = learning.learnt.version(capability);
    learning.judge(capability, model, 0);
    expect(learning.learnt.version(capability)).toBe(settled);
  });
});

test('another revision begins anew; what was learnt of the old one is shown and counts nothing', () => {
  const { learning } = started();
  learning.judge(capability, model, 0);
  const next = { ...capability, revision: 'two' };
  expect(learning.learnt.of(next, model)).toBeUndefined();
  expect(learning.learnt.all(next)).toEqual([]);
  expect(learning.report('task@1')).toMatchObject([{ revision: 'one', identity: 'big', disliked: 1 }]);
});

test.each<[words: string, input: Record<string, unknown>, asked: string, runsOn: string]>([
  ['few items', { articles: ['a'], language: 'en' }, 'economy', 'economy'],
  ['more than twenty', { articles: Array.from({ length: 21 }, () => 'a') }, 'economy', 'premium'],
  ['a named language', { articles: [], language: 'ja' }, 'economy', 'standard'],
  ['a better tier than the rule’s is left alone', { articles: [], language: 'ja' }, 'premium', 'premium'],
  [
    'both rules: the better tier',
    { articles: Array.from({ length: 30 }, () => 'a'), language: 'ja' },
    'economy',
    'premium',
  ],
  ['a text is counted by code points', { note: '😀😀😀' }, 'economy', 'economy'],
  ['… and one more is too many', { note: '😀😀😀😀' }, 'economy', 'standard'],
  ['nothing there', {}, 'economy', 'economy'],
])('rules over the input raise the tier: %s', (_, input, asked, runsOn) => {
  const tiers = {
    economy: { tolerance: 0.1, prefer: [] },
    standard: { tolerance: 0.03, prefer: [] },
    premium: { tolerance: 0, prefer: [] },
  };
  const rules = [
    { input: '/articles', moreThan: 20, tier: 'premium' },
    { input: '/language', is: ['ja', 'zh'], tier: 'standard' },
    { input: '/note', moreThan: 3, tier: 'standard' },
  ];
  expect(raiseTier(tiers, rules, asked, input as never)).toBe(runsOn);
});
