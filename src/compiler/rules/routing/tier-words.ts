// How findings name the tiers of a capability, and where they point.

import type { CapabilityUnit } from '../../program.ts';
import { listWords } from '../../../diagnostics/words.ts';
import type { TierPlan } from './tier-plans.ts';

/** `the tier premium`, `the tiers economy and standard`. */
export function listTiers(plans: readonly Pick<TierPlan, 'tier'>[]): string {
  const names = plans.map(({ tier }) => tier);
  return `the tier${names.length === 1 ? '' : 's'} ${listWords(names)}`;
}

/** The tier where the capability names it; else what it says of routing, else its name. */
export function placeOfTier({ declaration }: CapabilityUnit, { tier, isDeclared }: TierPlan): string {
  if (isDeclared) return `/tiers/offer/${tier}`;
  return declaration.routing === undefined ? '/metadata/name' : '/routing';
}
