// How much is said of one file. Nobody reads a hundred findings of a file before mending some, and a file that somebody
// wrote to make us slow has as many as it likes: each phase words no more than these, and what is left out is told.

import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { compareSeverity, orderDiagnostics } from '../diagnostics/order-diagnostics.ts';

/** What is shown of one file. */
const FINDINGS_MAX = 100;

/** What one phase words of one file: one more than is shown, so that it is told that there are others. */
export const WORDED_MAX = FINDINGS_MAX + 1;

/** Of each file the worst, the first of them first, and one word more where others were left out. */
export function limitFindings(ordered: readonly Diagnostic[]): readonly Diagnostic[] {
  const byPath = Map.groupBy(ordered, ({ span }) => span.path);
  const full = [...byPath].filter(([, found]) => found.length > FINDINGS_MAX);
  if (full.length === 0) return ordered;
  const left = new Set(full.flatMap(([, found]) => found.toSorted(bySeverity).slice(FINDINGS_MAX)));
  return orderDiagnostics([
    ...ordered.filter((each) => !left.has(each)),
    ...full.map(([path]) => tooMany(path)),
  ]);
}

function bySeverity(one: Diagnostic, other: Diagnostic): number {
  return compareSeverity(one.severity, other.severity);
}

function tooMany(path: string): Diagnostic {
  return {
    code: 'project/too-many-findings',
    severity: 'info',
    message: `Only the worst ${FINDINGS_MAX} findings of this file are shown.`,
    span: { path, start: 0, end: 0 },
    help: ['mend some of them; the others are shown then'],
  };
}
