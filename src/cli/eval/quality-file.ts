// Writes capabilities/quality.json: sorted, a line for each number, so that a review sees what moved.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wilsonInterval } from '../../routing/quality.ts';
import { writeFiles } from '../../workspace/write-files.ts';
import type { EvalResult } from './journal.ts';

export const qualityPath = 'capabilities/quality.json';

/** One model at one capability, as it is written. */
export interface QualityEntry {
  readonly passRate: number;
  readonly passes: number;
  readonly n: number;
  /** 95 %, after Wilson. */
  readonly interval: readonly [low: number, high: number];
  readonly date: string;
  readonly revision: string;
}

type QualityFile = Record<string, Record<string, QualityEntry>>;

/** Replaces what was measured of the models and capabilities of `results`; the rest stays. Answers whether it changed. */
export function writeQuality(root: string, results: readonly EvalResult[]): boolean {
  if (results.length === 0) return false;
  const file = join(root, qualityPath);
  const quality: QualityFile = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as QualityFile)
    : {};
  for (const [capability, ofCapability] of Map.groupBy(results, (result) => result.capability)) {
    const models = (quality[capability] ??= {});
    for (const [model, runs] of Map.groupBy(ofCapability, (result) => result.model))
      models[model] = entryOf(runs);
  }
  const text = `${JSON.stringify(sorted(quality), null, 2)}\n`;
  return writeFiles(root, [{ path: qualityPath, text }]).length > 0;
}

export function entryOf(results: readonly EvalResult[]): QualityEntry {
  const n = results.length;
  const passes = results.filter(hasPassed).length;
  const { low, high } = wilsonInterval(passes, n);
  const dates = results.map(({ date }) => date).toSorted();
  return {
    passRate: rounded(n === 0 ? 0 : passes / n),
    passes,
    n,
    interval: [rounded(low), rounded(high)],
    date: dates.at(-1) ?? '',
    revision: results[0]?.revision ?? '',
  };
}

export function hasPassed({ held }: EvalResult): boolean {
  return held.every(Boolean);
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}

function sorted(quality: QualityFile): QualityFile {
  const byKey = ([left]: [string, unknown], [right]: [string, unknown]): number => (left < right ? -1 : 1);
  return Object.fromEntries(
    Object.entries(quality)
      .sort(byKey)
      .map(([capability, models]) => [capability, Object.fromEntries(Object.entries(models).sort(byKey))]),
  );
}
