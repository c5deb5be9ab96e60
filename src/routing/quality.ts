// How good a model is at a task, from everything that is known: the platform's prior, what was measured, what was seen in
// production. One number in 0…1 for the planner, and its origin in words for people.

import type { Capability, MeasuredQuality, Model, Snapshot } from '../registry/snapshot.ts';

/** Outcomes that count for or against a model; fractions where they count less than whole ones. */
export interface Evidence {
  readonly passes: number;
  readonly runs: number;
}

export interface QualityEstimate {
  readonly value: number;
  /** `measured before`: by an older revision of the capability. */
  readonly from: 'prior' | 'measured' | 'measured before' | 'seen in production';
  /** Where the true pass rate lies, 95 times in a hundred; absent for a prior alone. */
  readonly interval?: Interval;
  /** Runs behind the number, production included. */
  readonly runs: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What the planner reads of a Snapshot to know qualities. */
export type Measured = Pick<Snapshot, 'models' | 'quality'>;

/** The prior counts like so many runs: a handful of measured ones already outweighs it. */
const PRIOR_RUNS = 4;

/** A run of an older revision counts like so much of a run of this one. */
const STALE_WEIGHT = 0.25;

/** A Beta posterior over prior, measurements and what was seen since. */
export function estimateQuality(
  snapshot: Measured,
  capability: Capability | undefined,
  model: Model,
  seen?: Evidence,
): QualityEstimate {
  const measured = capability && measurementOf(snapshot, capability.key, model);
  if (measured === undefined && seen === undefined) return { value: model.quality, from: 'prior', runs: 0 };
  const isStale = measured !== undefined && measured.revision !== capability?.revision;
  const weight = isStale ? STALE_WEIGHT : 1;
  const runs = weight * (measured?.runs ?? 0) + (seen?.runs ?? 0);
  const passes = weight * (measured?.passes ?? 0) + (seen?.passes ?? 0);
  return {
    value: (model.quality * PRIOR_RUNS + passes) / (PRIOR_RUNS + runs),
    from: measured === undefined ? 'seen in production' : isStale ? 'measured before' : 'measured',
    interval: wilsonInterval(passes, runs),
    runs,
  };
}

/** Of the model itself, else of the same model at another provider. */
export function measurementOf(
  { models, quality }: Measured,
  capability: string,
  model: Model,
): MeasuredQuality | undefined {
  const ofCapability = own(quality, capability);
  if (ofCapability === undefined) return undefined;
  const itself = own(ofCapability, model.id);
  if (itself !== undefined) return itself;
  const identity = model.identity ?? model.name;
  for (const [id, measured] of Object.entries(ofCapability)) {
    const other = own(models, id);
    if (other !== undefined && (other.identity ?? other.name) === identity) return measured;
  }
  return undefined;
}

/** The 97.5 % point of the normal distribution. */
const Z = 1.959964;

/** Wilson's score interval (E. B. Wilson, 1927) for a share of passes, at 95 %; everything is possible without runs. */
export function wilsonInterval(passes: number, runs: number): Interval {
  if (runs <= 0) return { low: 0, high: 1 };
  const share = passes / runs;
  const z2 = (Z * Z) / runs;
  const center = (share + z2 / 2) / (1 + z2);
  const half = (Z * Math.sqrt((share * (1 - share)) / runs + z2 / (4 * runs))) / (1 + z2);
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

function own<Value>(record: { readonly [key: string]: Value } | undefined, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
