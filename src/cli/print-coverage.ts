// Template coverage for people: how many branches of each capability and each partial are taken. What is not taken in
// messages is told as findings; in partials it is listed here.

import { createPlaces } from '../diagnostics/places.ts';
import type { Source } from '../diagnostics/diagnostic.ts';
import { printTable } from './print-table.ts';
import { describeArm } from './template-coverage.ts';
import type { CoveredBranch, TemplateCoverage } from './template-coverage.ts';

export interface CoverageCounts {
  readonly branches: number;
  readonly taken: number;
}

export function countBranches({ branches }: Pick<TemplateCoverage, 'branches'>): CoverageCounts {
  return { branches: branches.length, taken: branches.filter(({ isTaken }) => isTaken).length };
}

/** Ends in a line end. */
export function printCoverage(coverage: readonly TemplateCoverage[], sources: readonly Source[]): string {
  const total = countBranches({ branches: coverage.flatMap(({ branches }) => branches) });
  const rows = coverage.map((each) => [nameOf(each), ...cellsOf(countBranches(each))]);
  const table = printTable(['TEMPLATES', 'BRANCHES TAKEN', ''], [...rows, ['all', ...cellsOf(total)]]);
  const partials = coverage.filter(({ kind }) => kind === 'partial');
  const lines = untakenOf(partials, sources).map(
    ({ path, line, column, says }) => `${path}:${line}:${column}: no render test ${says}\n`,
  );
  return lines.length === 0 ? table : `${table}\n${lines.join('')}`;
}

function nameOf({ kind, name }: TemplateCoverage): string {
  return kind === 'partial' ? `{{> ${name}}}` : name;
}

function cellsOf({ branches, taken }: CoverageCounts): [string, string] {
  if (branches === 0) return ['none to take', ''];
  return [`${taken} of ${branches}`, `${Math.floor((100 * taken) / branches)} %`];
}

export interface UntakenBranch {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** The block as it is written, without braces: `#if note`. */
  readonly block: string;
  readonly arm: CoveredBranch['arm'];
  /** What a test would do that takes it. */
  readonly says: string;
}

/** With places, lines and columns counted from 1. */
export function untakenOf(
  coverage: readonly TemplateCoverage[],
  sources: readonly Source[],
): readonly UntakenBranch[] {
  const placeOf = createPlaces(sources);
  return coverage
    .flatMap(({ branches }) => branches)
    .filter(({ isTaken }) => !isTaken)
    .map((branch) => {
      const { line, column } = placeOf(branch.span).start;
      const { block, arm } = branch;
      return { path: branch.span.path, line, column, block, arm, says: describeArm(branch) };
    });
}
