// What a change weighs here and now: lifecycle, a sunset that has passed, an acknowledgement, a version that already says
// it. In this order, and only ever less.

import type { Capability } from '../../registry/snapshot.ts';
import type { Acknowledgement } from './acknowledgements.ts';
import type { Change, Relief } from './change.ts';

/** What the baseline promised: a promise is not taken back in the change that breaks it. */
export function relieveByLifecycle(change: Change, { lifecycle }: Pick<Capability, 'lifecycle'>): Change {
  if (change.verdict === 'safe') return change;
  if (lifecycle === 'experimental') return { ...change, verdict: 'safe', relief: { kind: 'experimental' } };
  if (lifecycle !== 'beta' || change.verdict !== 'breaking') return change;
  return { ...change, verdict: 'dangerous', relief: { kind: 'beta' } };
}

/** A removal that was announced, on the announced day or later. */
export function relieveRemoval(
  change: Change,
  { lifecycle, deprecation }: Pick<Capability, 'lifecycle' | 'deprecation'>,
  today: string,
): Change {
  const sunset = deprecation?.sunset;
  if (lifecycle !== 'deprecated' || sunset === undefined || today < sunset) return change;
  return { ...change, verdict: 'safe', relief: { kind: 'sunset-passed', sunset } };
}

export function relieveByAcknowledgement(
  change: Change,
  valid: ReadonlyMap<string, Acknowledgement>,
): Change {
  const found = valid.get(change.fingerprint);
  if (found === undefined || change.verdict === 'safe') return change;
  const relief: Relief = { kind: 'acknowledged', reason: found.reason, expires: found.expires };
  return { ...change, verdict: 'safe', relief };
}

/** Below 1.0 a new minor version says that it breaks. */
export function relieveByVersion(change: Change): Change {
  if (change.verdict !== 'breaking') return change;
  return { ...change, verdict: 'safe', relief: { kind: 'version-raised' } };
}
