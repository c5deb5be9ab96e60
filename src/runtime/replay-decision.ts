// Plans a recorded call once more, from its record and the Snapshot that served it, and says whether the same comes out.

import type { Model, Snapshot } from '../registry/snapshot.ts';
import { explainRoute } from '../routing/explain-route.ts';
import type { ExplainedRoute } from '../routing/explain-route.ts';
import type { HealthView } from '../routing/health-view.ts';
import { planRoute } from '../routing/plan-route.ts';
import { requirementsOf } from '../routing/requirements.ts';
import type { DecisionRecord, UsageRecord } from '../usage/usage-record.ts';

export interface Replay {
  /** The candidates of then and of now, in order. */
  readonly recorded: readonly string[];
  readonly replayed: readonly string[];
  readonly isSame: boolean;
  /** The whole table, as it was. */
  readonly explained: ExplainedRoute;
}

/** Undefined when the Snapshot does not have the capability. `record` has a decision and a tier. */
export function replayDecision(
  snapshot: Snapshot,
  { capability: key, tier = '' }: Pick<UsageRecord, 'capability' | 'tier'>,
  decision: DecisionRecord,
): Replay | undefined {
  const capability = key === undefined ? undefined : snapshot.capabilities[key];
  if (key !== undefined && capability === undefined) return undefined;
  const { inputTokens, maxOutputTokens, expectedOutputTokens, inputModalities, features, seed } = decision;
  const asked = requirementsOf(snapshot, capability, tier, {
    inputTokens,
    maxOutputTokens,
    ...(expectedOutputTokens !== undefined && { expectedOutputTokens }),
    ...(inputModalities !== undefined && { inputModalities }),
    ...(features !== undefined && { features }),
  });
  const { only } = decision;
  const requirements = only === undefined ? asked : { ...asked, constraints: { models: { allow: only } } };
  const health = presentOf(decision);
  const options = { ...(seed !== undefined && { seed }), max: Math.max(1, decision.candidates.length) };
  const route = planRoute(snapshot, requirements, health, options);
  const replayed = route.candidates.map(({ model }) => model.id);
  return {
    recorded: decision.candidates,
    replayed,
    isSame: replayed.join('\n') === decision.candidates.join('\n'),
    explained: explainRoute(
      snapshot,
      requirements,
      health,
      planRoute(snapshot, requirements, health, { ...options, max: Infinity }),
    ),
  };
}

/** The present as it was then. */
function presentOf({
  down = [],
  resting = [],
  expectedMs = {},
  latencyMs = {},
  learnt = {},
}: DecisionRecord): HealthView {
  return {
    available: (provider) => !down.includes(provider),
    circuitOpen: ({ id }) => resting.includes(id),
    expectedMs: ({ id }) => own(expectedMs, id),
    latencyMs: ({ id }) => own(latencyMs, id),
    learnt: {
      version: () => 0,
      of: (_capability, model) => own(learnt, identityOf(model)),
      all: () => Object.entries(learnt),
    },
  };
}

function own<Value>(record: { readonly [key: string]: Value }, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function identityOf({ identity, name }: Model): string {
  return identity ?? name;
}
