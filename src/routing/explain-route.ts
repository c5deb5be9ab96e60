// The whole answer to "which model, and why not the others?", as one table: every model of the project with what is known of
// it for this call, what became of it, and why. For people and tools; no request pays for it.

import type { Model } from '../registry/snapshot.ts';
import { expectedCostUsd, usualLength, worstCostUsd } from './constraints/cost.ts';
import type { HealthView } from './health-view.ts';
import { printRejection } from './plan-route.ts';
import type { Rejection, Route } from './plan-route.ts';
import { poolOf } from './pool.ts';
import type { Routable } from './pool.ts';
import { estimateQuality } from './quality.ts';
import type { QualityEstimate } from './quality.ts';
import type { Requirements } from './requirements.ts';

export interface ExplainedModel {
  readonly model: string;
  readonly provider: string;
  /** Which model it is, at whatever provider. */
  readonly identity: string;
  /** Place in the order, from 1; absent for a model that was dropped. */
  readonly place?: number;
  /** Whether it shares the load with the first. */
  readonly tied?: true;
  /** Whether it comes last because it, or its provider, rests. */
  readonly resting?: true;
  readonly quality: QualityEstimate;
  readonly expectedCostUsd?: number;
  readonly worstCostUsd?: number;
  readonly expectedMs?: number;
  /** Everything against it; empty for a candidate. */
  readonly reasons: readonly Rejection[];
}

export interface ExplainedRoute {
  readonly tier: string;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  readonly expectedOutputTokens?: number;
  readonly prefer: Requirements['prefer'];
  /** The quality that the tier asks for: that of the best admissible model less the tolerance. */
  readonly floor?: number;
  /** Candidates in their order, then the others by how near they come. */
  readonly models: readonly ExplainedModel[];
}

export function explainRoute(
  snapshot: Routable,
  requirements: Requirements,
  health: HealthView,
  route: Route,
): ExplainedRoute {
  const { tier, inputTokens, maxOutputTokens, expectedOutputTokens, prefer } = requirements;
  const places = new Map(route.candidates.map(({ model }, index) => [model.id, index + 1]));
  const reasons = Map.groupBy(route.rejections, (rejection) => rejection.model);
  const models = poolOf(snapshot).flatMap(({ provider, models: own }) =>
    own.map((model): ExplainedModel => {
      const place = places.get(model.id);
      return {
        model: model.id,
        provider: provider.id,
        identity: model.identity ?? model.name,
        ...(place !== undefined && { place }),
        ...(place !== undefined && route.tied > 1 && place <= route.tied && { tied: true }),
        ...(health.circuitOpen?.(model) === true && { resting: true }),
        ...knownOf(snapshot, requirements, health, model),
        reasons: reasons.get(model.id) ?? [],
      };
    }),
  );
  return {
    tier,
    inputTokens,
    maxOutputTokens,
    ...(expectedOutputTokens !== undefined && { expectedOutputTokens }),
    prefer,
    ...(route.floor !== undefined && { floor: route.floor }),
    models: models.sort(nearestFirst),
  };
}

function knownOf(
  snapshot: Routable,
  requirements: Requirements,
  health: HealthView,
  model: Model,
): Pick<ExplainedModel, 'quality' | 'expectedCostUsd' | 'worstCostUsd' | 'expectedMs'> {
  const { capability } = requirements;
  const seen = capability && health.learnt?.of(capability, model);
  const expected = expectedCostUsd(model, requirements);
  const worst = worstCostUsd(model, requirements);
  const expectedMs = health.expectedMs?.(model, usualLength(requirements));
  return {
    quality: estimateQuality(snapshot, capability, model, seen),
    ...(expected !== undefined && { expectedCostUsd: expected }),
    ...(worst !== undefined && { worstCostUsd: worst }),
    ...(expectedMs !== undefined && { expectedMs }),
  };
}

function nearestFirst(left: ExplainedModel, right: ExplainedModel): number {
  const place = (left.place ?? Infinity) - (right.place ?? Infinity);
  if (!Number.isNaN(place) && place !== 0) return place;
  return left.reasons.length - right.reasons.length || (left.model < right.model ? -1 : 1);
}

/** What two explanations of the same call differ in, one line for each model that is dropped, taken or moved. */
export function compareRoutes(before: ExplainedRoute, after: ExplainedRoute): readonly string[] {
  const earlier = new Map(before.models.map((model) => [model.model, model]));
  const later = new Set(after.models.map(({ model }) => model));
  const gone = before.models.filter(({ model }) => !later.has(model));
  return [
    ...after.models.flatMap((now) => differenceOf(earlier.get(now.model), now)),
    ...gone.map(({ model }) => `${model}: is no model any more`),
  ];
}

function differenceOf(before: ExplainedModel | undefined, now: ExplainedModel): string[] {
  const was = before === undefined ? 'not there' : placeOf(before);
  const is = placeOf(now);
  if (was !== is) {
    const because = now.reasons.length === 0 ? '' : ` (${now.reasons.map(printRejection).join('; ')})`;
    return [`${now.model}: ${was} → ${is}${because}`];
  }
  const changed = [
    changeOf(
      'expected cost',
      before?.expectedCostUsd,
      now.expectedCostUsd,
      (usd) => `$${Number(usd.toPrecision(3))}`,
    ),
    changeOf('quality', before?.quality.value, now.quality.value, (value) =>
      String(Number(value.toFixed(3))),
    ),
  ].filter((each) => each !== undefined);
  return changed.length === 0 ? [] : [`${now.model}: ${is}, ${changed.join(', ')}`];
}

function changeOf(
  what: string,
  before: number | undefined,
  now: number | undefined,
  print: (value: number) => string,
): string | undefined {
  if (before === now) return undefined;
  const shown = [before, now].map((value) => (value === undefined ? 'unknown' : print(value)));
  return `${what} ${shown.join(' → ')}`;
}

function placeOf({ place }: ExplainedModel): string {
  return place === undefined ? 'dropped' : `candidate ${place}`;
}
