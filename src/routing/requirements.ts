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
  /** The length that answers usually have; absent means as long as they may be. */
  readonly expectedOutputTokens?: number | undefined;
  /** What the input holds besides what the capability always requires: `image`, `audio`, … */
  readonly inputModalities?: readonly string[] | undefined;
  readonly requires: Requires;
  readonly constraints: Constraints;
  readonly prefer: readonly Preference[];
}

/** What is known of the size of one call. */
export interface CallSize {
  readonly inputTokens: number;
  readonly maxOutputTokens?: number | undefined;
  readonly expectedOutputTokens?: number | undefined;
  readonly inputModalities?: readonly string[] | undefined;
  /** What a chat without a capability asks of a model; a capability says it itself. */
  readonly features?: readonly string[] | undefined;
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
  size: CallSize,
): Requirements {
  const { features, inputTokens, expectedOutputTokens, inputModalities } = size;
  if (capability === undefined) {
    return {
      tier,
      inputTokens,
      maxOutputTokens: size.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS,
      expectedOutputTokens,
      inputModalities,
      requires: features === undefined ? NOTHING_REQUIRED : featuresRequired(features),
      constraints: NOTHING_CONSTRAINED,
      prefer: snapshot.tiers[tier]?.prefer ?? [],
    };
  }
  const { requires, prefer, maxOutputTokens } = termsOf(snapshot, capability, tier);
  return {
    capability,
    tier,
    inputTokens,
    maxOutputTokens: size.maxOutputTokens ?? maxOutputTokens,
    expectedOutputTokens,
    inputModalities,
    requires,
    constraints: capability.routing.constraints,
    prefer,
  };
}

/** One object for equal lists, so that what follows from it is found again. The lists are few: callers cannot make them. */
function featuresRequired(features: readonly string[]): Requires {
  const key = features.join(' ');
  const ready = knownFeatures.get(key) ?? { features };
  knownFeatures.set(key, ready);
  return ready;
}

const knownFeatures = new Map<string, Requires>();

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

/** What a capability asks for on a tier, whatever the input. */
interface Terms {
  readonly requires: Requires;
  readonly prefer: readonly Preference[];
  readonly maxOutputTokens: number;
}

/** Made once for each capability and tier: equal calls share them, so that what follows from them is found again. */
const known = new WeakMap<
  Capability,
  Map<string, { readonly terms: Terms; readonly tiers: Snapshot['tiers'] }>
>();

function termsOf({ tiers }: Pick<Snapshot, 'tiers'>, capability: Capability, tier: string): Terms {
  const ofCapability = known.get(capability) ?? new Map<string, { terms: Terms; tiers: Snapshot['tiers'] }>();
  const ready = ofCapability.get(tier);
  if (ready?.tiers === tiers) return ready.terms;
  const { routing } = capability;
  const terms = {
    requires: addRequires(routing.requires, capability.tiers.offer[tier]?.requires),
    prefer: [...new Set([...routing.prefer, ...(tiers[tier]?.prefer ?? [])])],
    maxOutputTokens: outputLimit(capability, tier),
  };
  ofCapability.set(tier, { terms, tiers });
  known.set(capability, ofCapability);
  return terms;
}

export function addRequires(base: Requires, more: Requires | undefined): Requires {
  if (more === undefined) return base;
  return {
    contextTokens: Math.max(base.contextTokens ?? 0, more.contextTokens ?? 0),
    maxOutputTokens: Math.max(base.maxOutputTokens ?? 0, more.maxOutputTokens ?? 0),
    features: [...new Set([...(base.features ?? []), ...(more.features ?? [])])],
    modalities: [...new Set([...(base.modalities ?? []), ...(more.modalities ?? [])])],
  };
}
