// Which models may serve a call, in which order, and why not the others. Pure: the compiler, `capstan route` and every
// request ask the same function.

import type { Model, Preference, Provider } from '../registry/snapshot.ts';
import type { Call, Constraint, Explanation } from './constraints/constraint.ts';
import { worstCostUsd } from './constraints/cost.ts';
import { modelConstraints, providerConstraints } from './constraints/index.ts';
import type { HealthView } from './health-view.ts';
import { poolOf } from './pool.ts';
import type { Pool, Routable } from './pool.ts';
import type { Requirements } from './requirements.ts';

export interface Route {
  /** Best first; the rest of the list is the fallback. */
  readonly candidates: readonly Candidate[];
  /** Every model that passes the constraints, whether or not the tier takes it; in no order. */
  readonly admissible: readonly Model[];
  /** Every reason against every model that was dropped, in the order of model ids; worked out when first read. */
  readonly rejections: readonly Rejection[];
}

export interface Candidate {
  readonly model: Model;
  readonly provider: Provider;
  /** Absent when the model's price is not known. */
  readonly expectedCostUsd?: number;
}

/** One reason against one model. */
export interface Rejection extends Explanation {
  /** A model id. */
  readonly model: string;
  /** The name of a constraint, or `tier` for a model that is not good enough for it. */
  readonly constraint: string;
}

/** A tolerance of 0.1 admits a quality of 0.8 beside 0.9, whatever binary fractions make of the difference. */
const TOLERANCE_SLACK = 1e-9;

/** Plans one call: constraints first, then the tier's tolerance below the best that is left, then its preferences. */
export function planRoute(snapshot: Routable, requirements: Requirements, health: HealthView): Route {
  const call: Call = { requirements, health };
  const pool = poolOf(snapshot);
  const admissible = admissibleModels(pool, call);
  const tolerance = snapshot.tiers[requirements.tier]?.tolerance ?? 0;
  const floor = bestQuality(admissible) - tolerance;
  const within = admissible.filter(({ quality }) => quality >= floor - TOLERANCE_SLACK);

  let rejections: readonly Rejection[] | undefined;
  return {
    candidates: rank(within, snapshot.providers, call),
    admissible,
    get rejections() {
      rejections ??= explain(pool, call, { admissible, within, floor });
      return rejections;
    },
  };
}

/** `context: needs 71,204 tokens, has 65,536` */
export function printRejection(rejection: Rejection): string {
  return `${rejection.constraint}: needs ${rejection.wanted}, has ${rejection.actual}`;
}

/** The rejected model with the fewest reasons against it, and those reasons: what would have to be relaxed. */
export function nearestRejected(
  route: Route,
): { readonly model: string; readonly reasons: readonly Rejection[] } | undefined {
  const reasonsOf = Map.groupBy(route.rejections, (rejection) => rejection.model);
  let nearest: { model: string; reasons: readonly Rejection[] } | undefined;
  for (const [model, reasons] of reasonsOf) {
    if (nearest === undefined || reasons.length < nearest.reasons.length) nearest = { model, reasons };
  }
  return nearest;
}

// -- who may

function admissibleModels(pool: Pool, call: Call): Model[] {
  const onProvider = providerConstraints.filter((constraint) => constraint.applies(call));
  const onModel = modelConstraints.filter((constraint) => constraint.applies(call));
  const admissible: Model[] = [];
  for (const { provider, models } of pool) {
    if (!passes(onProvider, provider, call)) continue;
    for (const model of models) if (passes(onModel, model, call)) admissible.push(model);
  }
  return admissible;
}

function passes<Subject>(constraints: readonly Constraint<Subject>[], subject: Subject, call: Call): boolean {
  for (const constraint of constraints) if (!constraint.admits(subject, call)) return false;
  return true;
}

function bestQuality(models: readonly Model[]): number {
  let best = -Infinity;
  for (const { quality } of models) if (quality > best) best = quality;
  return best;
}

// -- in which order

interface Scored {
  readonly candidate: Candidate;
  /** Compared one after the other; lower is better. */
  readonly scores: readonly number[];
}

function rank(models: readonly Model[], providers: Routable['providers'], call: Call): Candidate[] {
  const scorers = call.requirements.prefer.map((preference) => scoreOf[preference]);
  const scored: Scored[] = [];
  for (const model of models) {
    const provider = providers[model.provider];
    if (provider === undefined) continue;
    const scores = [restScore(model, call)];
    for (const score of scorers) scores.push(score(model, call));
    scored.push({ candidate: candidateOf(model, provider, call), scores });
  }
  return scored.sort(compareScored).map(({ candidate }) => candidate);
}

function compareScored(left: Scored, right: Scored): number {
  for (let index = 0; index < left.scores.length; index += 1) {
    const score = left.scores[index] ?? 0;
    const other = right.scores[index] ?? 0;
    if (score !== other) return score < other ? -1 : 1;
  }
  const quality = right.candidate.model.quality - left.candidate.model.quality;
  if (quality !== 0) return quality;
  return left.candidate.model.id < right.candidate.model.id ? -1 : 1;
}

/** Whoever does not answer well at present comes after everybody who does, whatever is preferred. */
function restScore(model: Model, { health }: Call): number {
  return health.circuitOpen?.(model.id) === true ? 1 : 0;
}

/** Lower is better; what is not known comes last. */
const scoreOf: Record<Preference, (model: Model, call: Call) => number> = {
  cost: (model, { requirements }) => worstCostUsd(model, requirements) ?? Infinity,
  latency: (model, { health }) => health.latencyMs?.(model.id) ?? Infinity,
  quality: (model) => -model.quality,
};

function candidateOf(model: Model, provider: Provider, { requirements }: Call): Candidate {
  const expectedCostUsd = worstCostUsd(model, requirements);
  return expectedCostUsd === undefined ? { model, provider } : { model, provider, expectedCostUsd };
}

// -- why not the others

function explain(
  pool: Pool,
  call: Call,
  found: {
    readonly admissible: readonly Model[];
    readonly within: readonly Model[];
    readonly floor: number;
  },
): Rejection[] {
  const admissible = new Set(found.admissible);
  const within = new Set(found.within);
  const rejections = pool.flatMap(({ provider, models }) =>
    models.flatMap((model) => {
      if (within.has(model)) return [];
      if (admissible.has(model)) return [belowTier(model, call.requirements.tier, found.floor)];
      const reasons = [
        ...reasonsAgainst(providerConstraints, provider, call),
        ...reasonsAgainst(modelConstraints, model, call),
      ];
      return reasons.map((reason) => ({ model: model.id, ...reason }));
    }),
  );
  return rejections.sort((left, right) =>
    left.model === right.model ? 0 : left.model < right.model ? -1 : 1,
  );
}

function reasonsAgainst<Subject>(
  constraints: readonly Constraint<Subject>[],
  subject: Subject,
  call: Call,
): Omit<Rejection, 'model'>[] {
  return constraints
    .filter((constraint) => constraint.applies(call) && !constraint.admits(subject, call))
    .map((constraint) => ({ constraint: constraint.name, ...constraint.explain(subject, call) }));
}

function belowTier(model: Model, tier: string, floor: number): Rejection {
  return {
    model: model.id,
    constraint: 'tier',
    wanted: `quality ${printQuality(floor)} on ${tier}`,
    actual: printQuality(model.quality),
    relax: `choose a tier that tolerates a quality of ${printQuality(model.quality)}`,
  };
}

function printQuality(quality: number): string {
  return String(Number(quality.toFixed(3)));
}
