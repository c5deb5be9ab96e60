// Where in a capability's file a routing constraint is written.

import type { CapabilityUnit } from '../../program.ts';
import type { TierPlan } from './tier-plans.ts';

/** The pointer to what makes a constraint so strict on a tier; undefined when the file does not say it. */
export function placeOfConstraint(
  constraint: string,
  { declaration }: CapabilityUnit,
  plan: TierPlan,
): string | undefined {
  const { routing, tiers } = declaration;
  const constraints = routing?.constraints ?? {};
  const written = (key: keyof typeof constraints): string | undefined =>
    constraints[key] === undefined ? undefined : `/routing/constraints/${key}`;
  const offer = `/tiers/offer/${plan.tier}`;
  const own = tiers?.offer?.[plan.tier];
  switch (constraint) {
    case 'providers':
      return written('providers');
    case 'models':
      return written('models');
    case 'region':
      return written('regions');
    case 'data-class':
      return written('dataClass');
    case 'cost':
      return written('maxCostUsd');
    case 'latency':
      return written('maxLatency');
    case 'features':
    case 'modalities': {
      if (routing?.requires?.[constraint] !== undefined) return `/routing/requires/${constraint}`;
      return own?.requires?.[constraint] === undefined ? undefined : `${offer}/requires/${constraint}`;
    }
    case 'context':
      return placeOfContext(
        plan,
        routing?.requires?.contextTokens,
        own?.requires?.contextTokens,
        own?.maxOutputTokens,
      );
    case 'output': {
      const { maxOutputTokens } = plan.requirements;
      const required = plan.requirements.requires.maxOutputTokens ?? 0;
      if (own?.maxOutputTokens !== undefined && own.maxOutputTokens >= required)
        return `${offer}/maxOutputTokens`;
      const least = Math.max(maxOutputTokens, required);
      if (own?.requires?.maxOutputTokens === least) return `${offer}/requires/maxOutputTokens`;
      return routing?.requires?.maxOutputTokens === least ? '/routing/requires/maxOutputTokens' : undefined;
    }
    default:
      return undefined;
  }
}

/** The context is asked for in so many words, or it has to hold the longest answer. */
function placeOfContext(
  { tier, requirements }: TierPlan,
  always: number | undefined,
  onTier: number | undefined,
  maxOutputTokens: number | undefined,
): string | undefined {
  const asked = Math.max(always ?? 0, onTier ?? 0);
  if (asked < requirements.inputTokens + requirements.maxOutputTokens)
    return maxOutputTokens === undefined ? undefined : `/tiers/offer/${tier}/maxOutputTokens`;
  return onTier === asked ? `/tiers/offer/${tier}/requires/contextTokens` : '/routing/requires/contextTokens';
}
