// What becomes of a capability on each tier that it offers, by the planner of the runtime: the smallest call, on a day on
// which every provider is well. What does not fit then never fits.

import type { Capability, Model, Snapshot } from '../../../registry/snapshot.ts';
import { worstCostUsd } from '../../../routing/constraints/cost.ts';
import { alwaysAvailable } from '../../../routing/health-view.ts';
import { planRoute } from '../../../routing/plan-route.ts';
import type { Route } from '../../../routing/plan-route.ts';
import { poolOf } from '../../../routing/pool.ts';
import { requirementsOf } from '../../../routing/requirements.ts';
import type { Requirements } from '../../../routing/requirements.ts';
import type { CapabilityUnit } from '../../program.ts';
import { contradictionsOf } from './contradictions.ts';
import { unknownNamesOf } from './unknown-names.ts';

export interface TierPlan {
  readonly tier: string;
  /** Whether the capability names the tier itself, or offers it because the project has it. */
  readonly isDeclared: boolean;
  readonly requirements: Requirements;
  readonly route: Route;
  readonly verdict: Verdict;
}

/** Whether a tier can be served, and by which one thing it fails where there is such a thing. */
export type Verdict =
  | { readonly kind: 'fits' }
  /** Everything fits but the cost limit; `cheapest` would serve for `usd`. */
  | { readonly kind: 'cost'; readonly cheapest: string; readonly usd: number }
  /** Everything fits but the length of the answer; `most` is what the most generous model, `model`, can write. */
  | { readonly kind: 'output'; readonly model: string; readonly most: number }
  | { readonly kind: 'none' };

export interface PlannedContext {
  readonly unit: CapabilityUnit;
  readonly capability: Capability;
  readonly snapshot: Snapshot;
}

/** By capability: several rules ask, and a capability is lowered anew for every change of its project. */
const known = new WeakMap<Capability, readonly TierPlan[]>();

/**
 * A plan for each offered tier that the project has, in the order of the file. None when the project has no model, or when the capability names what
 * does not exist or contradicts itself: then that is the mistake, and nothing fits because of it.
 */
export function tierPlansOf(context: PlannedContext): readonly TierPlan[] {
  const ready = known.get(context.capability);
  if (ready !== undefined) return ready;
  const plans = isPlannable(context) ? planTiers(context) : [];
  known.set(context.capability, plans);
  return plans;
}

/** How many models the project has. */
export function countModels(snapshot: Snapshot): number {
  return poolOf(snapshot).reduce((sum, { models }) => sum + models.length, 0);
}

function isPlannable({ unit, snapshot }: PlannedContext): boolean {
  return (
    poolOf(snapshot).length > 0 &&
    contradictionsOf(unit.declaration).length === 0 &&
    unknownNamesOf(unit.declaration, snapshot).length === 0
  );
}

function planTiers({ unit, capability, snapshot }: PlannedContext): TierPlan[] {
  const declared = unit.declaration.tiers?.offer;
  return Object.keys(declared ?? capability.tiers.offer)
    .filter((tier) => Object.hasOwn(snapshot.tiers, tier))
    .map((tier) => {
      const requirements = requirementsOf(snapshot, capability, tier, { inputTokens: 0 });
      const route = planRoute(snapshot, requirements, alwaysAvailable);
      const isDeclared = declared !== undefined;
      return { tier, isDeclared, requirements, route, verdict: verdictOn(snapshot, requirements, route) };
    });
}

function verdictOn(snapshot: Snapshot, requirements: Requirements, { admissible }: Route): Verdict {
  if (admissible.length > 0) return { kind: 'fits' };
  const cheapest = cheapestWithoutLimit(snapshot, requirements);
  if (cheapest !== undefined) return { kind: 'cost', cheapest: cheapest.model.id, usd: cheapest.usd };
  const generous = mostGenerous(snapshot, requirements);
  if (generous !== undefined) return { kind: 'output', model: generous.model.id, most: generous.most };
  return { kind: 'none' };
}

/** The cheapest model that would serve if there were no cost limit. */
function cheapestWithoutLimit(
  snapshot: Snapshot,
  requirements: Requirements,
): { readonly model: Model; readonly usd: number } | undefined {
  const { maxCostUsd, ...constraints } = requirements.constraints;
  if (maxCostUsd === undefined) return undefined;
  const { admissible } = planRoute(snapshot, { ...requirements, constraints }, alwaysAvailable);
  return least(
    admissible.flatMap((model) => {
      const usd = worstCostUsd(model, requirements);
      return usd === undefined ? [] : [{ model, usd }];
    }),
    ({ usd }) => usd,
  );
}

/** The model with the longest answers among those that would serve a call for a single token. */
function mostGenerous(
  snapshot: Snapshot,
  requirements: Requirements,
): { readonly model: Model; readonly most: number } | undefined {
  const { maxOutputTokens: _, ...requires } = requirements.requires;
  const { admissible } = planRoute(
    snapshot,
    { ...requirements, requires, maxOutputTokens: 1 },
    alwaysAvailable,
  );
  return least(
    admissible.map((model) => ({ model, most: Math.min(model.maxOutputTokens, model.contextTokens) })),
    ({ most }) => -most,
  );
}

function least<T>(values: readonly T[], measure: (value: T) => number): T | undefined {
  let found: T | undefined;
  for (const value of values) if (found === undefined || measure(value) < measure(found)) found = value;
  return found;
}
