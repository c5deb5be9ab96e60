// Which models may serve a call, in which order, and why not the others. Pure: the compiler, `capstan route` and every
// request ask the same function. What does not depend on the call is on a sheet; words are made for who asks for them.

import type { Model, Provider } from '../registry/snapshot.ts';
import type { Call, Constraint, Explanation, Least } from './constraints/constraint.ts';
import { expectedCostUsd, worstCostUsd } from './constraints/cost.ts';
import { modelConstraints, providerConstraints } from './constraints/index.ts';
import type { HealthView } from './health-view.ts';
import { poolOf } from './pool.ts';
import type { Routable } from './pool.ts';
import { rank } from './rank.ts';
import type { RankOptions } from './rank.ts';
import type { Requirements } from './requirements.ts';
import { qualityOf, sheetOf } from './sheet.ts';
import type { Entry, Sheet } from './sheet.ts';

export interface Route {
  /** Best first; the rest of the list is the fallback. */
  readonly candidates: readonly Candidate[];
  /** How many candidates at the beginning are as good as tied: they share the load. */
  readonly tied: number;
  /** The quality that the tier asked for; absent when no model was admissible. */
  readonly floor?: number | undefined;
  /** Every model that passes the constraints, whether or not the tier takes it; in no order. Worked out when first read. */
  readonly admissible: readonly Model[];
  /** Every reason against every model that was dropped, in the order of model ids; worked out when first read. */
  readonly rejections: readonly Rejection[];
}

export interface Candidate {
  readonly model: Model;
  readonly provider: Provider;
  /** For an answer of the usual length. Absent when the model's price is not known. */
  readonly expectedCostUsd?: number;
  /** For the longest answer that the call may get. Absent when the model's price is not known. */
  readonly worstCostUsd?: number;
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
export function planRoute(
  snapshot: Routable,
  requirements: Requirements,
  health: HealthView,
  options: RankOptions = {},
): Route {
  const call: Call = { requirements, health };
  const sheet = sheetOf(snapshot, requirements, health);
  const tolerance = snapshot.tiers[requirements.tier]?.tolerance ?? 0;
  const { within, floor } = walk(sheet, call, tolerance);
  const { order, tied } = rank(within, call, options);

  const candidates = order.map((entry) => candidateOf(entry, requirements));
  return new PlannedRoute(candidates, tied, floor, { snapshot, call, sheet, within });
}

/** What a route was made from. */
interface Plan {
  readonly snapshot: Routable;
  readonly call: Call;
  readonly sheet: Sheet;
  readonly within: readonly Entry[];
}

class PlannedRoute implements Route {
  readonly candidates: readonly Candidate[];
  readonly tied: number;
  readonly floor: number | undefined;
  readonly #plan: Plan;
  #admissible: readonly Model[] | undefined = undefined;
  #rejections: readonly Rejection[] | undefined = undefined;

  constructor(candidates: readonly Candidate[], tied: number, floor: number | undefined, plan: Plan) {
    this.candidates = candidates;
    this.tied = tied;
    this.floor = floor;
    this.#plan = plan;
  }

  get admissible(): readonly Model[] {
    const { sheet, call } = this.#plan;
    this.#admissible ??= walk(sheet, call, Infinity).within.map(({ model }) => model);
    return this.#admissible;
  }

  get rejections(): readonly Rejection[] {
    const { snapshot, call, within } = this.#plan;
    this.#rejections ??= explain(snapshot, call, within, this.floor);
    return this.#rejections;
  }
}

/** `context: needs 71,204 tokens, has 65,536` */
export function printRejection(rejection: Rejection): string {
  return `${rejection.constraint}: needs ${rejection.wanted}, has ${rejection.actual}`;
}

/** The rejected model with the fewest reasons against it, and those reasons: what would have to be relaxed. */
export function nearestRejected(
  route: Pick<Route, 'rejections'>,
): { readonly model: string; readonly reasons: readonly Rejection[] } | undefined {
  const reasonsOf = Map.groupBy(route.rejections, (rejection) => rejection.model);
  let nearest: { model: string; reasons: readonly Rejection[] } | undefined;
  for (const [model, reasons] of reasonsOf) {
    if (nearest === undefined || reasons.length < nearest.reasons.length) nearest = { model, reasons };
  }
  return nearest;
}

// -- who may

interface Walked {
  readonly within: readonly Entry[];
  readonly floor: number | undefined;
}

/** Down the sheet: the first model that this call admits sets the mark, and the walk ends below the tolerance. */
function walk({ entries, providers, least }: Sheet, call: Call, tolerance: number): Walked {
  const onProvider = applyingOf(varyingOfProviders, call);
  const onModel = applyingOf(varyingOfModels, call, least);
  const isOut = providers.map((provider) => !passes(onProvider, provider, call));
  if (onModel.length === 0 && !isOut.includes(true)) return upTo(entries, tolerance);
  const within: Entry[] = [];
  let floor: number | undefined;
  for (const entry of entries) {
    if (floor !== undefined && entry.quality < floor - TOLERANCE_SLACK) break;
    if (isOut[entry.at] === true || !passes(onModel, entry.model, call)) continue;
    floor ??= entry.quality - tolerance;
    within.push(entry);
  }
  return { within, floor };
}

/** Nothing about this call keeps any of them out. */
function upTo(entries: readonly Entry[], tolerance: number): Walked {
  const [best] = entries;
  if (best === undefined) return { within: entries, floor: undefined };
  const floor = best.quality - tolerance;
  const end = entries.findIndex(({ quality }) => quality < floor - TOLERANCE_SLACK);
  return { within: end < 0 ? entries : entries.slice(0, end), floor };
}

const varyingOfProviders = providerConstraints.filter(({ varies }) => varies);
const varyingOfModels = modelConstraints.filter(({ varies }) => varies);

/** Those that have something to say of this call, and that the smallest limits of all do not settle already. */
function applyingOf<Subject>(
  constraints: readonly Constraint<Subject>[],
  call: Call,
  least?: Least,
): readonly Constraint<Subject>[] {
  const applying: Constraint<Subject>[] = [];
  for (const constraint of constraints) {
    if (!constraint.applies(call)) continue;
    if (least === undefined || constraint.settles?.(least, call) !== true) applying.push(constraint);
  }
  return applying;
}

function passes<Subject>(constraints: readonly Constraint<Subject>[], subject: Subject, call: Call): boolean {
  for (const constraint of constraints) if (!constraint.admits(subject, call)) return false;
  return true;
}

function candidateOf({ model, provider }: Entry, requirements: Requirements): Candidate {
  const expected = expectedCostUsd(model, requirements);
  const worst = worstCostUsd(model, requirements);
  if (expected === undefined || worst === undefined) return { model, provider };
  return { model, provider, expectedCostUsd: expected, worstCostUsd: worst };
}

// -- why not the others

function explain(
  snapshot: Routable,
  call: Call,
  within: readonly Entry[],
  floor: number | undefined,
): Rejection[] {
  const kept = new Set(within.map(({ model }) => model));
  const { requirements, health } = call;
  const rejections = poolOf(snapshot).flatMap(({ provider, models }) =>
    models.flatMap((model) => {
      if (kept.has(model)) return [];
      const reasons = [
        ...reasonsAgainst(providerConstraints, provider, call),
        ...reasonsAgainst(modelConstraints, model, call),
      ];
      if (reasons.length > 0) return reasons.map((reason) => ({ model: model.id, ...reason }));
      const quality = qualityOf(snapshot, requirements, model, health.learnt);
      return [belowTier(model, quality, requirements.tier, floor ?? 0)];
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

function belowTier(model: Model, quality: number, tier: string, floor: number): Rejection {
  return {
    model: model.id,
    constraint: 'tier',
    wanted: `quality ${printQuality(floor)} on ${tier}`,
    actual: printQuality(quality),
    relax: `choose a tier that tolerates a quality of ${printQuality(quality)}`,
  };
}

export function printQuality(quality: number): string {
  return String(Number(quality.toFixed(3)));
}
