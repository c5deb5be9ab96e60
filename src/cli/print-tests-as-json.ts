// Results of tests, and what they cover, for programs.

import type { Diagnostic, Source } from '../diagnostics/diagnostic.ts';
import { createPlaces } from '../diagnostics/places.ts';
import type { TestResult } from './capability-tests.ts';
import { countBranches, untakenOf } from './print-coverage.ts';
import { countOutcomes } from './print-test-results.ts';
import type { TemplateCoverage } from './template-coverage.ts';

export interface TestReport {
  readonly results: readonly TestResult[];
  /** Errors that keep capabilities from being tested. */
  readonly errors: readonly Diagnostic[];
  readonly sources: readonly Source[];
  /** Where it was asked for. */
  readonly coverage?: readonly TemplateCoverage[] | undefined;
}

/** Places are lines and columns, counted from 1. */
export function printTestsAsJson({ results, errors, sources, coverage }: TestReport): string {
  const placeOf = createPlaces(sources);
  const report = {
    counts: countOutcomes(results),
    compiles: errors.length === 0,
    results: results.map(({ updates: _updates, span, ...result }) => {
      const { line, column } = placeOf(span).start;
      return { ...result, place: { path: span.path, line, column } };
    }),
    ...(coverage && {
      coverage: coverage.map((each) => ({
        kind: each.kind,
        name: each.name,
        ...countBranches(each),
        untaken: untakenOf([each], sources).map(({ says: _says, ...branch }) => branch),
      })),
    }),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
