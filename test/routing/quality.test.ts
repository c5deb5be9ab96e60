// What is taken for a model's quality at a task: the prior, measurements, and what was seen, and how sure that is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Capability, MeasuredQuality, Model } from '../../src/registry/snapshot.ts';
import { estimateQuality, wilsonInterval } from '../../src/routing/quality.ts';
import type { Evidence, QualityEstimate } from '../../src/routing/quality.ts';

const capability = { key: 'task@1', revision: 'now' } as Capability;
const model = (id: string, more: Partial<Model> = {}): Model => ({
  id,
  provider: id.slice(0, id.indexOf('/')),
  name: id.slice(id.indexOf('/') + 1),
  quality: 0.5,
  contextTokens: 1,
  maxOutputTokens: 1,
  features: [],
  modalities: ['text'],
  ...more,
});
const big = model('a/big');
const same = model('b/big-2', { identity: 'big' });
const other = model('a/other');
const models = { 'a/big': big, 'b/big-2': same, 'a/other': other };

const measured = (passes: number, runs: number, revision = 'now'): MeasuredQuality => ({
  passes,
  runs,
  revision,
  date: '2026-01-01',
});

function estimate(of: Model, found: Record<string, MeasuredQuality>, seen?: Evidence): QualityEstimate {
  return estimateQuality({ models, quality: { 'task@1': found } }, capability, of, seen);
}

test('without evidence it is the prior, and no interval is claimed', () => {
  expect(estimate(big, {})).toEqual({ value: 0.5, from: 'prior', runs: 0 });
  expect(estimateQuality({ models }, undefined, big)).toEqual({ value: 0.5, from: 'prior', runs: 0 });
});

test('what was measured soon outweighs the prior', () => {
  const { value, from, runs, interval } = estimate(big, { 'a/big': measured(19, 20) });
  expect({ from, runs }).toEqual({ from: 'measured', runs: 20 });
  expect(value).toBeCloseTo(21 / 24, 9);
  expect(interval?.low).toBeCloseTo(0.764, 3);
  expect(interval?.high).toBeCloseTo(0.991, 3);
});

test('what was measured of an older revision counts a quarter, and says so', () => {
  const { value, from } = estimate(big, { 'a/big': measured(20, 20, 'before') });
  expect(from).toBe('measured before');
  expect(value).toBeCloseTo((2 + 5) / (4 + 5), 9);
});

test('the same model at another provider has the same measurement, another model has none', () => {
  const found = { 'a/big': measured(19, 20) };
  expect(estimate(same, found).value).toBe(estimate(big, found).value);
  expect(estimate(other, found).from).toBe('prior');
  expect(estimate(same, { ...found, 'b/big-2': measured(1, 20) }).value).toBeLessThan(0.2);
});

test('what was seen in production moves it further', () => {
  const before = estimate(big, { 'a/big': measured(10, 20) }).value;
  expect(estimate(big, { 'a/big': measured(10, 20) }, { passes: 0, runs: 5 }).value).toBeLessThan(before);
  expect(estimate(big, {}, { passes: 3, runs: 3 })).toMatchObject({ from: 'seen in production', runs: 3 });
});

describe('of all evidence', () => {
  const counts = fc.nat(500).chain((runs) => fc.tuple(fc.nat(runs), fc.constant(runs)));

  test('an estimate lies between 0 and 1, between the prior and what was seen', () => {
    fc.assert(
      fc.property(counts, ([passes, runs]) => {
        const { value } = estimate(big, { 'a/big': measured(passes, runs) });
        const share = runs === 0 ? 0.5 : passes / runs;
        expect(value).toBeGreaterThanOrEqual(Math.min(0.5, share) - 1e-9);
        expect(value).toBeLessThanOrEqual(Math.max(0.5, share) + 1e-9);
      }),
    );
  });

  test('one more pass never makes a model worse, one more failure never better', () => {
    fc.assert(
      fc.property(counts, ([passes, runs]) => {
        const at = (p: number, n: number): number => estimate(big, { 'a/big': measured(p, n) }).value;
        expect(at(passes + 1, runs + 1)).toBeGreaterThanOrEqual(at(passes, runs));
        expect(at(passes, runs + 1)).toBeLessThanOrEqual(at(passes, runs));
      }),
    );
  });

  test('the interval holds the share, lies between 0 and 1, and shrinks with more runs', () => {
    fc.assert(
      fc.property(counts, ([passes, runs]) => {
        const { low, high } = wilsonInterval(passes, runs);
        expect(low >= 0 && high <= 1 && low <= high).toBe(true);
        if (runs === 0) return;
        expect(low <= passes / runs + 1e-9 && high >= passes / runs - 1e-9).toBe(true);
        const more = wilsonInterval(passes * 4, runs * 4);
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
    );
  });
});
