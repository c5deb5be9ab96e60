// The tests that capabilities declare. They are not part of the Snapshot: nobody who serves it needs them.

import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import type { Test } from './declaration.gen.ts';
import type { SnapshotEntry } from './compile-cache.ts';
import type { CapabilityUnit } from './program.ts';
import { placedBranches } from './template-branches.ts';
import type { PlacedBranch } from './template-branches.ts';

/** One declared test: of level `render`, `contract` or `eval`. */
export type CapabilityTest = Test;

export interface PlacedTest {
  readonly test: CapabilityTest;
  /** The pointer to it in its file. */
  readonly pointer: string;
  /** Of its name. */
  readonly span: SourceSpan;
}

export interface CapabilityTests {
  /** A key of `snapshot.capabilities`. */
  readonly capability: string;
  readonly tests: readonly PlacedTest[];
  /** What its render tests could go through; worked out when it is asked for. */
  readonly branches: () => readonly PlacedBranch[];
}

/** The tests of every capability that is in the Snapshot, by key; capabilities without tests are listed as well. */
export function testsOf(
  units: readonly CapabilityUnit[],
  entries: readonly SnapshotEntry[],
): CapabilityTests[] {
  const lowered = new Set(entries.map(({ capability }) => capability.key));
  const byKey = new Map<string, CapabilityTests>();
  for (const unit of units) {
    if (lowered.has(unit.key) && !byKey.has(unit.key))
      byKey.set(unit.key, {
        capability: unit.key,
        tests: placedTests(unit),
        branches: () => placedBranches(unit),
      });
  }
  return [...byKey.values()].sort((left, right) => (left.capability < right.capability ? -1 : 1));
}

function placedTests({ tree, declaration }: CapabilityUnit): PlacedTest[] {
  return (declaration.tests ?? []).map((test, index) => {
    const pointer = `/tests/${index}`;
    return { test, pointer, span: tree.spanOf(`${pointer}/name`) };
  });
}
