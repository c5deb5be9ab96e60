// The route that an input would take, explained, and how it would change if something else were so. Calls nobody.

import { CapabilityError } from '../errors.ts';
import type { Capability, Snapshot } from '../registry/snapshot.ts';
import { compareRoutes, explainRoute } from '../routing/explain-route.ts';
import type { ExplainedRoute } from '../routing/explain-route.ts';
import type { HealthView } from '../routing/health-view.ts';
import { planRoute } from '../routing/plan-route.ts';
import { suppose } from '../routing/what-if.ts';
import type { Supposed } from '../routing/what-if.ts';
import { offeredTier } from './invocation.ts';
import { planCall } from './plan-call.ts';
import { prepare } from './prepare.ts';
import { raiseTier } from './raise-tier.ts';
import { renderPrompt } from './render-prompt.ts';
import { healthOf } from './runtime.ts';
import type { Runtime } from './runtime.ts';
import { validateInput } from './validate-input.ts';

export interface RouteQuestion {
  readonly snapshot: Snapshot;
  readonly capability: Capability;
  readonly input: unknown;
  /** Default: the capability's own. */
  readonly tier: string | undefined;
  /** NAME=VALUE: what is supposed to be otherwise. */
  readonly whatIf?: readonly string[];
}

export interface RouteAnswer extends ExplainedRoute {
  /** Its key. */
  readonly capability: string;
  /** Of the Snapshot. */
  readonly revision: string;
  /** The tier that was asked for, where a rule over the input raised the call to a better one. */
  readonly raisedFrom?: string;
  /** Present when something was supposed: the route as it would be, and what differs. */
  readonly supposed?: ExplainedRoute;
  readonly differences?: readonly string[];
}

/** Throws `input_invalid`, or `request_invalid` for a tier or a supposition that makes no sense. */
export function routeOf(runtime: Runtime, question: RouteQuestion): RouteAnswer {
  const { snapshot, capability } = question;
  const health = healthOf(runtime, snapshot);
  const asked = offeredTier(capability, question.tier);
  const prepared = prepare(capability);
  const input = validateInput(prepared, question.input);
  const tier = raiseTier(snapshot.tiers, capability.routing.when, asked, input);
  const { messages } = renderPrompt(prepared, input, { nonce: NONCE });
  const expectedOutputTokens = runtime.learning.expectedOutputTokens(capability, tier);
  const { requirements, route } = planCall(
    { snapshot, capability, tier, messages, expectedOutputTokens },
    health,
  );
  const explained = explainRoute(snapshot, requirements, health, route);
  return {
    capability: capability.key,
    revision: snapshot.revision,
    ...(tier !== asked && { raisedFrom: asked }),
    ...explained,
    ...supposedOf({ snapshot, requirements }, health, explained, question.whatIf ?? []),
  };
}

/** A call's nonce is its own; the length is what matters here. */
const NONCE = '00000000-0000-0000-0000-000000000000';

function supposedOf(
  real: Supposed,
  health: HealthView,
  explained: ExplainedRoute,
  whatIf: readonly string[],
): Pick<RouteAnswer, 'supposed' | 'differences'> {
  if (whatIf.length === 0) return {};
  const { snapshot, requirements } = whatIf.reduce(supposeOrRefuse, real);
  const route = planRoute(snapshot, requirements, health);
  const supposed = explainRoute(snapshot, requirements, health, route);
  return { supposed, differences: compareRoutes(explained, supposed) };
}

function supposeOrRefuse(supposed: Supposed, text: string): Supposed {
  try {
    return suppose(supposed, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CapabilityError('request_invalid', `What is supposed makes no sense: ${why}.`, {
      param: 'whatIf',
      cause: error,
    });
  }
}
