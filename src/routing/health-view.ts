// What routing may know about the present: who can be called, and how fast they were.

export interface HealthView {
  /** False when a call cannot succeed, for instance because the provider's key is not set. */
  available(providerId: string): boolean;
  /** Observed p95 of a whole answer; undefined while unknown. */
  latencyMs?(modelId: string): number | undefined;
}

/** The view of a compiler, to which every provider is well. */
export const alwaysAvailable: HealthView = { available: () => true };
