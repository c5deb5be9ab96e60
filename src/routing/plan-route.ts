// Which models may serve a call, in which order, and why not the others. Pure: the compiler, `capstan route` and every
// request ask the same function.

import type { Model, Preference, Provider, Snapshot } from '../registry/snapshot.ts';
import type { Consideration } from './constraints/constraint.ts';
import { worstCostUsd } from './constraints/cost.ts';
import { constraints } from './constraints/index.ts';
import type { HealthView } from './health-view.ts';
import type { Requirements } from './requirements.ts';

export interface Route {
  /** Best first; the rest of the list is the fallback. */
  readonly candidates: readonly Candidate[];
  /** Every reason against every model that was dropped, in the order of model ids; worked out when first read. */
  readonly rejections: readonly Rejection[];
}

export interface Candidate {
  readonly model: Model;
  readonly provider: Provider;
  /** Absent when the model's price is not known. */
  readonly expectedCostUsd?: number;
}

export interface Rejection {
  /** A model id. */
  readonly model: string;
  readonly constraint: string;
  readonly wanted: string;
  readonly actual: string;
}

/** A tolerance of 0.1 admits a quality of 0.8 beside 0.9, whatever binary fractions make of the difference. */
const TOLERANCE_SLACK = 1e-9;

/** Plans one call: constraints first, then the tier's tolerance below the best that is left, then its preferences. */
export function planRoute(snapshot: Snapshot, requirements: Requirements, health: HealthView): Route {
  const admissible: Consideration[] = [];
  const refused: Consideration[] = [];
  for (const id in snapshot.models) {
    const considered = consider(snapshot, id, requirements, health);
    if (considered !== undefined) (admits(considered) ? admissible : refused).push(considered);
  }
  const mark = Math.max(...admissible.map(({ model }) => model.quality));
  const tolerance = snapshot.tiers[requirements.tier]?.tolerance ?? 0;
  const floor = mark - tolerance - TOLERANCE_SLACK;
  const within = admissible.filter(({ model }) => model.quality >= floor);
  const below = admissible.filter(({ model }) => model.quality < floor);

  let rejections: readonly Rejection[] | undefined;
  return {
    candidates: rank(within, requirements.prefer),
    get rejections() {
      rejections ??= explain(refused, below, { tier: requirements.tier, floor: mark - tolerance });
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

function consider(
  snapshot: Snapshot,
  id: string,
  requirements: Requirements,
  health: HealthView,
): Consideration | undefined {
  const model = snapshot.models[id];
  const provider = model && snapshot.providers[model.provider];
  return provider && { model, provider, requirements, health };
}

function admits(considered: Consideration): boolean {
  return constraints.every((constraint) => constraint.admits(considered));
}

function rank(admitted: readonly Consideration[], prefer: readonly Preference[]): Candidate[] {
  const scored = admitted.map((considered) => ({
    candidate: candidateOf(considered),
    scores: [restScore(considered), ...prefer.map((preference) => scoreOf[preference](considered))],
  }));
  scored.sort((left, right) => {
    for (const [index, score] of left.scores.entries()) {
      const other = right.scores[index] ?? 0;
      if (score !== other) return score < other ? -1 : 1;
    }
    const quality = right.candidate.model.quality - left.candidate.model.quality;
    if (quality !== 0) return quality;
    return left.candidate.model.id < right.candidate.model.id ? -1 : 1;
  });
  return scored.map(({ candidate }) => candidate);
}

/** Whoever does not answer well at present comes after everybody who does, whatever is preferred. */
function restScore({ model, health }: Consideration): number {
  return health.circuitOpen?.(model.id) === true ? 1 : 0;
}

/** Lower is better; what is not known comes last. */
const scoreOf: Record<Preference, (considered: Consideration) => number> = {
  cost: ({ model, requirements }) => worstCostUsd(model, requirements) ?? Infinity,
  latency: ({ model, health }) => health.latencyMs?.(model.id) ?? Infinity,
  quality: ({ model }) => -model.quality,
};

function candidateOf({ model, provider, requirements }: Consideration): Candidate {
  const expectedCostUsd = worstCostUsd(model, requirements);
  return expectedCostUsd === undefined ? { model, provider } : { model, provider, expectedCostUsd };
}

function explain(
  refused: readonly Consideration[],
  below: readonly Consideration[],
  tier: { readonly tier: string; readonly floor: number },
): Rejection[] {
  const byConstraint = refused.flatMap((considered) =>
    constraints
      .filter((constraint) => !constraint.admits(considered))
      .map((constraint) => ({
        model: considered.model.id,
        constraint: constraint.name,
        ...constraint.explain(considered),
      })),
  );
  const byTier = below.map(({ model }) => ({
    model: model.id,
    constraint: 'tier',
    wanted: `quality ${printQuality(tier.floor)} on ${tier.tier}`,
    actual: printQuality(model.quality),
  }));
  return [...byConstraint, ...byTier].sort((left, right) =>
    left.model === right.model ? 0 : left.model < right.model ? -1 : 1,
  );
}

function printQuality(quality: number): string {
  return String(Number(quality.toFixed(3)));
}
