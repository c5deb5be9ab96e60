// The outcome of an evaluation: pass rates by capability and model, and which assertions fell short of their rate.

import { printTable } from '../print-table.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { EvalResult } from './journal.ts';
import type { EvalCase } from './plan-eval.ts';
import { entryOf } from './quality-file.ts';
import type { QualityEntry } from './quality-file.ts';

export interface EvalSummary {
  readonly models: readonly (QualityEntry & {
    readonly capability: string;
    readonly model: string;
    /** Mean over the calls whose price is known. */
    readonly costUsd?: number;
    readonly latencyMs: number;
  })[];
  readonly shortfalls: readonly Shortfall[];
}

/** An assertion that held in fewer runs than it has to. */
export interface Shortfall {
  readonly capability: string;
  readonly test: string;
  readonly model: string;
  /** From 0. */
  readonly assertion: number;
  readonly type: string;
  readonly held: number;
  readonly wanted: number;
  readonly why?: string;
}

export function summarize(cases: readonly EvalCase[], results: readonly EvalResult[]): EvalSummary {
  const byModel = Map.groupBy(results, ({ capability, model }) => `${capability}\n${model}`);
  const models = [...byModel].map(([key, runs]) => {
    const [capability = '', model = ''] = key.split('\n');
    const costs = runs.flatMap(({ costUsd }) => costUsd ?? []);
    return {
      capability,
      model,
      ...entryOf(runs),
      ...(costs.length > 0 && { costUsd: mean(costs) }),
      latencyMs: Math.round(mean(runs.map(({ latencyMs }) => latencyMs))),
    };
  });
  return {
    models: models.sort(
      (left, right) => left.capability.localeCompare(right.capability) || right.passRate - left.passRate,
    ),
    shortfalls: shortfallsOf(cases, results),
  };
}

function shortfallsOf(cases: readonly EvalCase[], results: readonly EvalResult[]): Shortfall[] {
  const known = new Map(results.map((result) => [result.key, result]));
  const byTest = Map.groupBy(cases, ({ capability, test, model, tier }) =>
    [capability.key, test.name, model.id, tier].join('\n'),
  );
  return [...byTest.values()].flatMap((same) => {
    const runs = same.flatMap(({ key }) => known.get(key) ?? []);
    const [first] = same;
    if (first === undefined || runs.length === 0) return [];
    return first.test.expect.flatMap((assertion, index): Shortfall[] => {
      const held = runs.filter((run) => run.held[index] === true).length / runs.length;
      const wanted = ('minPassRate' in assertion ? assertion.minPassRate : undefined) ?? 1;
      if (held >= wanted) return [];
      const why = runs.find((run) => run.held[index] === false)?.why;
      return [
        {
          capability: first.capability.key,
          test: first.test.name,
          model: first.model.id,
          assertion: index,
          type: assertion.type,
          held,
          wanted,
          ...(why !== undefined && { why }),
        },
      ];
    });
  });
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length;
}

export function drawEval(terminal: Pick<Terminal, 'color'>, { models, shortfalls }: EvalSummary): string {
  const rows = models.map(({ capability, model, passRate, n, interval: [low, high], costUsd, latencyMs }) => [
    capability,
    model,
    `${(100 * passRate).toFixed(0)} %`,
    `${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)} %`,
    String(n),
    costUsd === undefined ? 'unknown' : `$${costUsd.toFixed(6)}`,
    `${latencyMs} ms`,
  ]);
  const table = printTable(['CAPABILITY', 'MODEL', 'PASSED', '95 %', 'RUNS', 'COST A CALL', 'TIME'], rows);
  const short = shortfalls.map(({ capability, test, model, type, held, wanted, why }) => {
    const first = why === undefined ? '' : `\n    ${why.split('\n').join('\n    ')}`;
    return `${styled(terminal, 'red', 'short')}: ${capability} “${test}” on ${model}: ${type} held in ${Math.round(100 * held)} % of runs, ${Math.round(100 * wanted)} % are wanted${first}\n`;
  });
  return `${table}${short.length === 0 ? '' : `\n${short.join('')}`}`;
}
