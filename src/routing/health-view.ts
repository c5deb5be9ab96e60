// What routing may know about the present: who can be called, who is well, and how fast they were. Reading changes
// nothing, so that a plan may be made, shown and thrown away.

export interface HealthView {
  /** False when a call cannot succeed, for instance because the provider's key is not set. */
  available(providerId: string): boolean;
  /** Observed p95 of a whole answer; undefined while unknown. */
  latencyMs?(modelId: string): number | undefined;
  /** True while the model, or its provider, fails too often or has asked for a rest: such models come last. */
  circuitOpen?(modelId: string): boolean;
  /** Share of recent calls that went well; undefined while there were none. */
  successRatio?(modelId: string): number | undefined;
}

/** The view of a compiler, to which every provider is well. */
export const alwaysAvailable: HealthView = { available: () => true };
