// The tests that capabilities declare. They are not part of the Snapshot: nobody who serves it needs them.

import type { Test } from './declaration.gen.ts';
import type { SnapshotEntry } from './compile-cache.ts';
import type { CapabilityUnit } from './program.ts';

/** One declared test: of level `render`, `contract` or `eval`. */
export type CapabilityTest = Test;

export interface CapabilityTests {
  /** A key of `snapshot.capabilities`. */
  readonly capability: string;
  readonly tests: readonly CapabilityTest[];
}

/** The tests of every capability that is in the Snapshot, by key; capabilities without tests are listed as well. */
export function testsOf(
  units: readonly CapabilityUnit[],
  entries: readonly SnapshotEntry[],
): CapabilityTests[] {
  const lowered = new Set(entries.map(({ capability }) => capability.key));
  const byKey = new Map<string, CapabilityTests>();
  for (const { key, declaration } of units) {
    if (lowered.has(key) && !byKey.has(key))
      byKey.set(key, { capability: key, tests: declaration.tests ?? [] });
  }
  return [...byKey.values()].sort((left, right) => (left.capability < right.capability ? -1 : 1));
}
