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
  readonly learnt?: Learnt;
}

/** What was seen in production of models at capabilities, as it stood when it last changed by something that matters. */
export interface Learnt {
  /** Changes with every change of what `of` says. */
  readonly version: number;
  of(capability: Capability, model: Model): Evidence | undefined;
}

/** The view of a compiler, to which every provider is well. */
export const alwaysAvailable: HealthView = { available: () => true };
