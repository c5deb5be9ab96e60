// Replays a table of outcomes through the planner that serves: one part of the cases is what was measured, the rest is asked of
// the planner call by call, and what the chosen model did there is added up. Beside it stand policies that need no planner.

import { hash } from 'node:crypto';
import type { Capability, MeasuredQuality, Model, Snapshot, Tier } from '../../../src/registry/snapshot.ts';
import type { HealthView } from '../../../src/routing/health-view.ts';
import { planRoute } from '../../../src/routing/plan-route.ts';
import { requirementsOf } from '../../../src/routing/requirements.ts';
import type { Outcome } from './read-table.ts';

export interface PolicyResult {
  readonly policy: string;
  /** Mean of `correct` over the cases of the test part. */
  readonly accuracy: number;
  readonly usdPerThousand: number;
  readonly p95Ms: number;
}

export interface Replay {
  readonly calibrationCases: number;
  readonly testCases: number;
  readonly models: number;
  readonly tasks: number;
  readonly tiers: readonly PolicyResult[];
  readonly baselines: readonly PolicyResult[];
  /** The planner at many tolerances, from the strictest: the curve of cost and quality. */
  readonly curve: readonly (PolicyResult & { readonly tolerance: number })[];
}

const TIERS: Readonly<Record<string, Tier>> = {
  economy: { tolerance: 0.1, prefer: ['cost', 'latency'] },
  standard: { tolerance: 0.03, prefer: ['cost', 'latency'] },
  premium: { tolerance: 0, prefer: ['quality', 'latency'] },
};

const TOLERANCES = [0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5];

export function replayTable(outcomes: readonly Outcome[], calibrationShare = 0.5): Replay {
  const inOrder = outcomes.toSorted((left, right) => (rowName(left) < rowName(right) ? -1 : 1));
  const cases = [...Map.groupBy(inOrder, (outcome) => outcome.case).values()].map(
    (rows) => new Map(rows.map((row) => [row.model, row])),
  );
  const isCalibration = (rows: Case): boolean => shareOf(firstOf(rows)?.case ?? '') < calibrationShare;
  const calibration = cases.filter(isCalibration);
  const tested = cases.filter((rows) => !isCalibration(rows));
  if (calibration.length === 0 || tested.length === 0)
    throw new Error('The table has too few cases to be split into two parts.');
  const known = measure(calibration.flatMap((rows) => [...rows.values()]));
  const policy = (tier: Tier): Choose => planner(known, tier);
  return {
    calibrationCases: calibration.length,
    testCases: tested.length,
    models: Object.keys(known.snapshot.models).length,
    tasks: Object.keys(known.snapshot.capabilities).length,
    tiers: Object.entries(TIERS).map(([name, tier]) => play(name, tested, policy(tier))),
    baselines: [
      play(`best single (${known.best})`, tested, () => [known.best]),
      play(`cheapest (${known.cheapest})`, tested, () => [known.cheapest]),
      play('random', tested, random),
      play('oracle', tested, oracle),
    ],
    curve: TOLERANCES.map((tolerance) => ({
      tolerance,
      ...play(`tolerance ${tolerance}`, tested, policy({ tolerance, prefer: ['cost', 'latency'] })),
    })),
  };
}

/** Sums of fractions depend on their order, so every table is read in one. */
function rowName({ case: name, model }: Outcome): string {
  return `${name}\n${model}`;
}

type Case = ReadonlyMap<string, Outcome>;

/** Models in the order in which they would be asked; the first that the table knows answers. */
type Choose = (rows: Case) => readonly string[];

function firstOf(rows: Case): Outcome | undefined {
  return rows.values().next().value;
}

/** 0…1, the same for a name wherever and whenever. */
function shareOf(name: string): number {
  return Number.parseInt(hash('sha256', name).slice(0, 8), 16) / 2 ** 32;
}

// -- what was measured

interface Known {
  readonly snapshot: Snapshot;
  readonly health: HealthView;
  /** By task. */
  readonly outputTokens: ReadonlyMap<string, number>;
  readonly best: string;
  readonly cheapest: string;
}

/** Qualities by task and model; prices, lengths and latencies as they were on average. */
function measure(outcomes: readonly Outcome[]): Known {
  const byModel = Map.groupBy(outcomes, ({ model }) => model);
  const byTask = Map.groupBy(outcomes, ({ task }) => task);
  const models = Object.fromEntries([...byModel].map(([name, rows]) => [name, modelOf(name, rows)]));
  const latency = new Map(
    [...byModel].map(([name, rows]) => [name, mean(rows.map(({ latencyMs }) => latencyMs))]),
  );
  const quality = Object.fromEntries([...byTask].map(([task, rows]) => [`${task}@1`, qualityOf(rows)]));
  const capabilities = Object.fromEntries(
    [...byTask.keys()].map((task) => [`${task}@1`, capabilityOf(task)]),
  );
  const ranked = [...byModel].map(([name, rows]) => ({
    name,
    correct: mean(rows.map(({ correct }) => correct)),
    cost: mean(rows.map(({ costUsd }) => costUsd)),
  }));
  return {
    snapshot: {
      models,
      quality,
      capabilities,
      providers: { table: { id: 'table', adapter: 'simulator', dataClass: 'restricted' } },
      tiers: TIERS,
    } as unknown as Snapshot,
    health: { available: () => true, expectedMs: ({ id }) => latency.get(id) },
    outputTokens: new Map(
      [...byTask].map(([task, rows]) => [task, mean(rows.map((row) => row.outputTokens))]),
    ),
    best:
      ranked.toSorted((left, right) => right.correct - left.correct || left.cost - right.cost)[0]?.name ?? '',
    cheapest: ranked.toSorted((left, right) => left.cost - right.cost)[0]?.name ?? '',
  };
}

/** The price that gives the costs of the table, with answers four times as dear as prompts. */
function modelOf(name: string, rows: readonly Outcome[]): Model {
  const weighed = rows.reduce((sum, row) => sum + row.inputTokens + 4 * row.outputTokens, 0);
  const price = weighed === 0 ? 0 : (1_000_000 * rows.reduce((sum, row) => sum + row.costUsd, 0)) / weighed;
  return {
    id: name,
    provider: 'table',
    name,
    quality: 0.5,
    contextTokens: 100_000_000,
    maxOutputTokens: 100_000_000,
    features: [],
    modalities: ['text'],
    price: { input: price, output: 4 * price },
  };
}

function qualityOf(rows: readonly Outcome[]): Record<string, MeasuredQuality> {
  return Object.fromEntries(
    [...Map.groupBy(rows, ({ model }) => model)].map(([model, own]) => {
      const passes = own.reduce((sum, { correct }) => sum + correct, 0);
      return [model, { passes, runs: own.length, revision: 'table', date: '' }];
    }),
  );
}

function capabilityOf(task: string): Capability {
  return {
    key: `${task}@1`,
    name: task,
    revision: 'table',
    tiers: { default: 'standard', offer: {} },
    routing: { requires: {}, constraints: {}, prefer: [] },
  } as unknown as Capability;
}

// -- policies

function planner({ snapshot, health, outputTokens }: Known, tier: Tier): Choose {
  const world = { ...snapshot, tiers: { replayed: tier } };
  return (rows) => {
    const asked = firstOf(rows);
    const capability = snapshot.capabilities[`${asked?.task}@1`];
    if (asked === undefined || capability === undefined) return [];
    const usual = outputTokens.get(asked.task) ?? 0;
    const size = {
      inputTokens: asked.inputTokens,
      maxOutputTokens: Math.ceil(usual),
      expectedOutputTokens: usual,
    };
    const requirements = requirementsOf(world, capability, 'replayed', size);
    const { candidates } = planRoute(world, requirements, health, { seed: shareOf(`seed ${asked.case}`) });
    return candidates.map(({ model }) => model.id);
  };
}

const random: Choose = (rows) => {
  const models = [...rows.keys()].toSorted();
  return models.slice(Math.floor(shareOf(`random ${firstOf(rows)?.case}`) * models.length));
};

/** The cheapest of the models that were right; where none was, the cheapest. */
const oracle: Choose = (rows) =>
  [...rows.values()]
    .toSorted((left, right) => right.correct - left.correct || left.costUsd - right.costUsd)
    .map(({ model }) => model);

function play(policy: string, cases: readonly Case[], choose: Choose): PolicyResult {
  const answered = cases.flatMap((rows) => {
    const chosen = choose(rows).find((model) => rows.has(model));
    return (chosen === undefined ? firstOf(rows) : rows.get(chosen)) ?? [];
  });
  const latencies = answered.map(({ latencyMs }) => latencyMs).toSorted((left, right) => left - right);
  return {
    policy,
    accuracy: mean(answered.map(({ correct }) => correct)),
    usdPerThousand: 1000 * mean(answered.map(({ costUsd }) => costUsd)),
    p95Ms: latencies[Math.floor(0.95 * (latencies.length - 1))] ?? 0,
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
