// A capability's call becomes a route: measured, asked of the planner, and kept in short, so that it can be explained before
// and made once more after.

import type { ChatMessage } from '../chat/chat.ts';
import type { Capability, Snapshot } from '../registry/snapshot.ts';
import type { HealthView } from '../routing/health-view.ts';
import { planRoute } from '../routing/plan-route.ts';
import type { Route } from '../routing/plan-route.ts';
import type { RankOptions } from '../routing/rank.ts';
import { outputLimit, requirementsOf } from '../routing/requirements.ts';
import type { Requirements } from '../routing/requirements.ts';
import type { DecisionRecord } from '../usage/usage-record.ts';
import { estimateTokens } from './estimate-tokens.ts';

export interface PlannedCall {
  readonly requirements: Requirements;
  readonly route: Route;
}

export interface CallToPlan {
  readonly snapshot: Snapshot;
  readonly capability: Capability;
  readonly tier: string;
  readonly messages: readonly ChatMessage[];
  /** Tokens that answers usually have. */
  readonly expectedOutputTokens?: number | undefined;
}

/** Plans as every request is planned; calls nobody. */
export function planCall(call: CallToPlan, health: HealthView, options: RankOptions = {}): PlannedCall {
  const { snapshot, capability, tier, messages, expectedOutputTokens: usual } = call;
  const outputTokens = outputLimit(capability, tier);
  const exact = capability.routing.constraints.maxCostUsd !== undefined;
  const inputTokens = estimateTokens(messages, { snapshot, outputTokens, exact });
  const size = { inputTokens, expectedOutputTokens: usual === undefined ? undefined : Math.ceil(usual) };
  const requirements = requirementsOf(snapshot, capability, tier, size);
  return { requirements, route: planRoute(snapshot, requirements, health, options) };
}

/** What a plan was made from and what it came to, as short as it can be said. */
export function decisionOf(
  { requirements, route }: PlannedCall,
  health: HealthView,
  { seed }: RankOptions,
): DecisionRecord {
  const { capability, inputTokens, maxOutputTokens, expectedOutputTokens, inputModalities } = requirements;
  const { features } = requirements.requires;
  const only = capability === undefined ? requirements.constraints.models?.allow : undefined;
  const { candidates, tied, floor } = route;
  const learnt = capability === undefined ? [] : (health.learnt?.all(capability) ?? []);
  const { down, resting, expectedMs, latencyMs } = health.told?.() ?? {};
  return {
    seed,
    inputTokens,
    maxOutputTokens,
    expectedOutputTokens,
    inputModalities,
    features: capability === undefined ? features : undefined,
    only,
    candidates: candidates.map(({ model }) => model.id),
    tied,
    floor,
    down,
    resting,
    expectedMs,
    latencyMs,
    learnt: learnt.length > 0 ? Object.fromEntries(learnt) : undefined,
  };
}
