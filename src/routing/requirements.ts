// What one call asks of a model, gathered from the capability, the tier and the size of this very input.

import type { Capability, Constraints, Preference, Requires, Snapshot } from '../registry/snapshot.ts';

export interface Requirements {
  readonly capability?: Capability;
  /** A name in `snapshot.tiers`. */
  readonly tier: string;
  /** Tokens of the prompt, estimated from above. */
  readonly inputTokens: number;
  /** The longest answer this call may get. */
  readonly maxOutputTokens: number;
  readonly requires: Requires;
  readonly constraints: Constraints;
  readonly prefer: readonly Preference[];
}

/** The longest answer where neither the capability nor the tier says one. */
export const DEFAULT_MAX_OUTPUT_TOKENS = 1024;

const NOTHING_REQUIRED: Requires = {};
const NOTHING_CONSTRAINED: Constraints = {};

/**
 * Requirements of a capability on a tier, or of a bare chat on a tier when `capability` is undefined. The capability's
 * own preferences come before the tier's; what it offers on the tier adds to what it always requires.
 */
export function requirementsOf(
  snapshot: Pick<Snapshot, 'tiers'>,
  capability: Capability | undefined,
  tier: string,
  size: { readonly inputTokens: number; readonly maxOutputTokens?: number },
): Requirements {
  const tierPreferences = snapshot.tiers[tier]?.prefer ?? [];
  if (capability === undefined) {
    return {
      tier,
      inputTokens: size.inputTokens,
      maxOutputTokens: size.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS,
      requires: NOTHING_REQUIRED,
      constraints: NOTHING_CONSTRAINED,
      prefer: tierPreferences,
    };
  }
  const offer = capability.tiers.offer[tier];
  const requires = addRequires(capability.routing.requires, offer?.requires);
  return {
    capability,
    tier,
    inputTokens: size.inputTokens,
    maxOutputTokens: size.maxOutputTokens ?? outputLimit(capability, tier),
    requires,
    constraints: capability.routing.constraints,
    prefer: [...new Set([...capability.routing.prefer, ...tierPreferences])],
  };
}

/** The longest answer a capability may give on a tier. */
export function outputLimit(capability: Capability, tier: string): number {
  const offer = capability.tiers.offer[tier];
  return (
    offer?.maxOutputTokens ??
    offer?.requires?.maxOutputTokens ??
    capability.routing.requires.maxOutputTokens ??
    DEFAULT_MAX_OUTPUT_TOKENS
  );
}

function addRequires(base: Requires, more: Requires | undefined): Requires {
  if (more === undefined) return base;
  return {
    contextTokens: Math.max(base.contextTokens ?? 0, more.contextTokens ?? 0),
    maxOutputTokens: Math.max(base.maxOutputTokens ?? 0, more.maxOutputTokens ?? 0),
    features: [...new Set([...(base.features ?? []), ...(more.features ?? [])])],
    modalities: [...new Set([...(base.modalities ?? []), ...(more.modalities ?? [])])],
  };
}
