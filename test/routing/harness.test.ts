// The replay harness: reads tables, splits them the same way every time, and asks the planner that serves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawCurve } from '../bench/routing/draw-curve.ts';
import { readTable } from '../bench/routing/read-table.ts';
import { replayTable } from '../bench/routing/replay.ts';
import type { PolicyResult } from '../bench/routing/replay.ts';

const text = readFileSync(join(import.meta.dirname, '../bench/routing/synthetic-table.csv'), 'utf8');
const table = readTable(text);
const replay = replayTable(table);
const of = (results: readonly PolicyResult[], name: string): PolicyResult =>
  results.find(({ policy }) => policy.startsWith(name)) ?? {
    policy: name,
    accuracy: NaN,
    usdPerThousand: NaN,
    p95Ms: NaN,
  };

test('a tier comes near the best single model for a part of its cost, and nobody beats the oracle', () => {
  const best = of(replay.baselines, 'best single');
  const oracle = of(replay.baselines, 'oracle');
  const cheapest = of(replay.baselines, 'cheapest');
  const premium = of(replay.tiers, 'premium');
  expect(premium.accuracy).toBeGreaterThanOrEqual(best.accuracy - 0.03);
  expect(premium.usdPerThousand).toBeLessThan(0.6 * best.usdPerThousand);
  for (const result of [...replay.tiers, ...replay.baselines]) {
    expect(result.accuracy).toBeLessThanOrEqual(oracle.accuracy);
    expect(result.usdPerThousand).toBeGreaterThanOrEqual(cheapest.usdPerThousand);
  }
  expect(of(replay.baselines, 'random').accuracy).toBeLessThan(premium.accuracy);
});

test('more tolerance never costs more', () => {
  const costs = replay.curve.map(({ usdPerThousand }) => usdPerThousand);
  expect(costs).toEqual(costs.toSorted((left, right) => right - left));
});

test('the same table gives the same result, in whatever order its rows stand', () => {
  expect(replayTable(table.toReversed())).toEqual(replay);
  expect(replay.calibrationCases + replay.testCases).toBe(180);
});

test('the curve is a picture with every policy in it', () => {
  const svg = drawCurve(replay, 'synthetic & <small>');
  expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
  expect(svg).toContain('synthetic &amp; &lt;small>');
  for (const { policy } of [...replay.tiers, ...replay.baselines]) expect(svg).toContain(`>${policy}</text>`);
  expect(svg).not.toContain('NaN');
});

test('JSON and CSV are read alike, with costs or prices, quotes and Windows line ends', () => {
  const row = {
    case: 'a, "b"',
    task: 't',
    model: 'm',
    correct: true,
    inputTokens: 1000,
    outputTokens: 100,
    latencyMs: 5,
    costUsd: 0.002,
  };
  const [json] = readTable(JSON.stringify([row]));
  const [csv] = readTable(
    'case,task,model,correct,inputTokens,outputTokens,latencyMs,inputPrice,outputPrice\r\n"a, ""b""",t,m,yes,1000,100,5,1,10\r\n',
  );
  expect(csv).toEqual(json);
});

test.each([
  ['[]', 'The table is empty.'],
  ['case,task\na,b', 'Row 1 has no "inputTokens".'],
  [
    'case,task,model,correct,inputTokens,outputTokens,latencyMs,costUsd\na,t,m,perhaps,1,1,1,1',
    '"correct" is neither',
  ],
  [
    'case,task,model,correct,inputTokens,outputTokens,latencyMs,costUsd\na,t,m,1,-1,1,1,1',
    '"inputTokens" is not an amount',
  ],
])('%j is refused with the place', (bad, words) => {
  expect(() => readTable(bad)).toThrow(words);
});
