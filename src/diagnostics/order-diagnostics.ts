// The one order in which diagnostics are shown: file, position, code. The same mistake is told once.

import type { Diagnostic, Severity } from './diagnostic.ts';

const severities: readonly Severity[] = ['error', 'deny', 'warning', 'info'];

/** Sorts by file, position and code; drops exact repetitions. Does not change its argument. */
export function orderDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = [...diagnostics].sort(compareDiagnostics);
  return sorted.filter((diagnostic, index) => {
    const previous = sorted[index - 1];
    return previous === undefined || !isSame(previous, diagnostic);
  });
}

function isSame(left: Diagnostic, right: Diagnostic): boolean {
  return compareDiagnostics(left, right) === 0 && left.severity === right.severity;
}

function compareDiagnostics(left: Diagnostic, right: Diagnostic): number {
  return (
    compareText(left.span.path, right.span.path) ||
    left.span.start - right.span.start ||
    left.span.end - right.span.end ||
    compareText(left.code, right.code) ||
    compareText(left.message, right.message)
  );
}

/** By code unit, so that the order does not depend on anybody's locale. */
function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The worst first: for formats of which only the beginning is read. */
export function compareSeverity(left: Severity, right: Severity): number {
  return severities.indexOf(left) - severities.indexOf(right);
}

/** Whether anything here keeps a project from going live. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** Whether anything here is as bad as `level`, or worse. */
export function reachesLevel(diagnostics: readonly Diagnostic[], level: Severity): boolean {
  return diagnostics.some((diagnostic) => compareSeverity(diagnostic.severity, level) <= 0);
}

/** How many there are of each severity. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): Record<Severity, number> {
  const counts = { error: 0, deny: 0, warning: 0, info: 0 };
  for (const diagnostic of diagnostics) counts[diagnostic.severity]++;
  return counts;
}
