// What routing may know about the present: who can be called, who is well, how fast they were, and what was learnt of them.
// Reading changes nothing, so that a plan may be made, shown and thrown away.

import type { Capability, Model } from '../registry/snapshot.ts';
import type { Evidence } from './quality.ts';

export interface HealthView {
  /** False when a call cannot succeed, for instance because the provider's key is not set. */
  available(providerId: string): boolean;
  /** Observed p95 of a whole answer; undefined while unknown. */
  latencyMs?(model: Model): number | undefined;
  /** How long an answer of so many tokens takes at present; undefined while unknown. */
  expectedMs?(model: Model, outputTokens: number): number | undefined;
  /** True when no circuit is open anywhere, so that nobody has to be asked one by one. */
  readonly allWell?: boolean;
  /** True while the model, or its provider, fails too often or has asked for a rest: such models come last. */
  circuitOpen?(model: Model): boolean;
  /** Share of recent calls that went well; undefined while there were none. */
  successRatio?(model: Model): number | undefined;
  readonly learnt?: Learnt | undefined;
  /** What was told so far of those that are not simply well, so that a plan can be made once more. */
  told?(): PresentFacts;
}

/** The present as a plan found it. Models and providers that are not named were well, and nothing was known of their speed. */
export interface PresentFacts {
  /** Providers that could not be called. */
  readonly down?: readonly string[] | undefined;
  /** Models that came last because they, or their provider, rest. */
  readonly resting?: readonly string[] | undefined;
  /** Milliseconds that an answer was expected to take, by model. */
  readonly expectedMs?: { readonly [model: string]: number } | undefined;
  /** Observed p95 of whole answers, by model. */
  readonly latencyMs?: { readonly [model: string]: number } | undefined;
}

/** What was seen in production of models at capabilities, as it stood when it last changed by something that matters. */
export interface Learnt {
  /** Changes with every change of what `of` says of the capability. */
  version(capability: Capability): number;
  of(capability: Capability, model: Model): Evidence | undefined;
  /** All that `of` says of a capability, by the identity of the model. */
  all(capability: Capability): readonly (readonly [identity: string, evidence: Evidence])[];
}

/** The view of a compiler, to which every provider is well. */
export const alwaysAvailable: HealthView = { available: () => true };
