// What is thought of each model at a capability, and on what grounds.

import type { Capability, MeasuredQuality, Snapshot } from '../registry/snapshot.ts';
import { estimateQuality, measurementOf } from '../routing/quality.ts';
import type { QualityEstimate } from '../routing/quality.ts';
import type { LearntReport } from './learning.ts';
import type { Runtime } from './runtime.ts';

export interface QualityReport {
  /** The capability's key. */
  readonly capability: string;
  /** Of the capability. */
  readonly revision: string;
  readonly models: readonly {
    readonly model: string;
    readonly prior: number;
    /** What `capstan eval` found; stale when it was of another revision. */
    readonly measured?: MeasuredQuality & { readonly stale: boolean };
    readonly estimate: QualityEstimate;
  }[];
  /** What production taught of this revision, by model. */
  readonly learnt: readonly LearntReport[];
  /** What it taught of earlier ones: shown, and counts nothing. */
  readonly past: readonly LearntReport[];
}

export function qualityOf({ learning }: Runtime, snapshot: Snapshot, capability: Capability): QualityReport {
  const { key, revision } = capability;
  const all = learning.report(key);
  return {
    capability: key,
    revision,
    models: Object.values(snapshot.models).map((model) => {
      const measured = measurementOf(snapshot, key, model);
      return {
        model: model.id,
        prior: model.quality,
        ...(measured && { measured: { ...measured, stale: measured.revision !== revision } }),
        estimate: estimateQuality(snapshot, capability, model, learning.learnt.of(capability, model)),
      };
    }),
    learnt: all.filter((each) => each.revision === revision),
    past: all.filter((each) => each.revision !== revision),
  };
}
