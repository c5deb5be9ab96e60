// Diagnostics as data for other programs. `formatVersion` changes only when a field changes its meaning or goes.

import type { Diagnostic, Source, SourceSpan } from './diagnostic.ts';
import { countDiagnostics } from './order-diagnostics.ts';
import { createPlaces } from './places.ts';
import type { Place } from './places.ts';

export function printJson(diagnostics: readonly Diagnostic[], sources: readonly Source[]): string {
  const placeOf = createPlaces(sources);
  const locate = (span: SourceSpan): SourceSpan & { place: Place } => ({ ...span, place: placeOf(span) });
  const report = {
    formatVersion: 1,
    counts: countDiagnostics(diagnostics),
    diagnostics: diagnostics.map((diagnostic) => ({
      ...diagnostic,
      span: locate(diagnostic.span),
      ...(diagnostic.labels && {
        labels: diagnostic.labels.map((label) => ({ ...label, span: locate(label.span) })),
      }),
      ...(diagnostic.fixes && {
        fixes: diagnostic.fixes.map((fix) => ({
          ...fix,
          edits: fix.edits.map((edit) => ({ ...edit, span: locate(edit.span) })),
        })),
      }),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
