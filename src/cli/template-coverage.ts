// Which branches of the templates the render tests take, for each capability and for each partial. Contract tests render as
// well, but assert nothing of it.

import type { CapabilityTests, PlacedBranch } from '../compiler/compile.ts';
import { lintLevelsOf } from '../compiler/compatibility/lint-levels-of.ts';
import { applyLintLevels } from '../compiler/lint-levels.ts';
import { withoutSuppressed } from '../compiler/suppressions.ts';
import type { Diagnostic, Source } from '../diagnostics/diagnostic.ts';
import { orderDiagnostics } from '../diagnostics/order-diagnostics.ts';
import type { Capability, Snapshot } from '../registry/snapshot.ts';
import { testInput } from './capability-tests.ts';
import { renderInput } from './render-input.ts';

export interface CoveredBranch extends PlacedBranch {
  readonly isTaken: boolean;
}

/** Of the messages of a capability, or of a partial, whoever calls it. */
export interface TemplateCoverage {
  readonly kind: 'capability' | 'partial';
  /** The key of the capability; the name of the partial. */
  readonly name: string;
  readonly branches: readonly CoveredBranch[];
}

/** Capabilities in the order of `tests`, then partials by name; a branch that no input takes is not among them. */
export function measureCoverage(
  snapshot: Snapshot,
  tests: readonly CapabilityTests[],
): readonly TemplateCoverage[] {
  const all = tests.map((each) => {
    const capability = snapshot.capabilities[each.capability];
    return { name: each.capability, branches: capability === undefined ? [] : cover(capability, each) };
  });
  const own = all.map(({ name, branches }): TemplateCoverage => ({
    kind: 'capability',
    name,
    branches: branches.filter(({ partial }) => partial === undefined),
  }));
  return [...own, ...partialsOf(all.flatMap(({ branches }) => branches))];
}

function cover(capability: Capability, { tests, branches }: CapabilityTests): CoveredBranch[] {
  const taken = capability.prompt.map(() => new Set<string>());
  for (const { test } of tests)
    if (test.level === 'render') renderInput(capability, testInput(capability, test), { taken });
  return branches().map((branch) => ({ ...branch, isTaken: taken[branch.part]?.has(branch.key) ?? false }));
}

/** A branch of a partial is taken when any message that leads there takes it. */
function partialsOf(branches: readonly CoveredBranch[]): TemplateCoverage[] {
  const byName = Map.groupBy(branches, ({ partial }) => partial);
  return [...byName]
    .flatMap(([name, calls]): TemplateCoverage[] => {
      if (name === undefined) return [];
      const byKey = Map.groupBy(calls, ({ key }) => key);
      const merged = [...byKey.values()].flatMap((same) => {
        const [first] = same;
        return first === undefined ? [] : [{ ...first, isTaken: same.some(({ isTaken }) => isTaken) }];
      });
      merged.sort((left, right) => left.span.start - right.span.start);
      return [{ kind: 'partial', name, branches: merged }];
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/**
 * A finding for each branch of a message that no test takes, by the levels and the comments of the project. Those of partials
 * are only counted: whose test should take them is not said anywhere.
 */
export function diagnoseCoverage(
  coverage: readonly TemplateCoverage[],
  sources: readonly Source[],
): readonly Diagnostic[] {
  const found = applyLintLevels(untestedBranches(coverage), lintLevelsOf(sources));
  return orderDiagnostics(withoutSuppressed(found, sources));
}

function untestedBranches(coverage: readonly TemplateCoverage[]): Diagnostic[] {
  return coverage.flatMap(({ kind, name, branches }) =>
    kind === 'partial'
      ? []
      : branches
          .filter(({ isTaken }) => !isTaken)
          .map((branch): Diagnostic => ({
            code: 'test/untested-branch',
            severity: 'warning',
            message: `No render test ${describeArm(branch)}.`,
            span: branch.span,
            capability: name,
            help: ['add a test of level render with such an input'],
          })),
  );
}

/** What a test would do that takes the branch. */
export function describeArm({ arm, block, isWritten }: PlacedBranch): string {
  if (arm === 'body') return `prints what is in \`{{${block}}}\``;
  return isWritten ? `takes the else of \`{{${block}}}\`` : `leaves out \`{{${block}}}\``;
}
