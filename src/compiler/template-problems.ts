// What the template room finds, as diagnostics with places in files.

import type { Diagnostic, Report, SourceSpan } from '../diagnostics/diagnostic.ts';
import type { TemplateProblem } from '../template/template.ts';

/** The place in a file of a part of one template. */
export type PlaceOf = (start: number, end: number) => SourceSpan;

/** Reports one mistake in the text of a template. */
export function reportTemplateProblem(
  problem: TemplateProblem,
  placeOf: PlaceOf,
  report: Report,
  capability?: string,
): void {
  const { fix } = problem;
  const diagnostic: Diagnostic = {
    code: problem.code,
    severity: problem.severity,
    message: problem.message,
    span: placeOf(problem.start, problem.end),
    ...(problem.label !== undefined && { label: problem.label }),
    ...(problem.labels && {
      labels: problem.labels.map(({ start, end, message }) => ({ span: placeOf(start, end), message })),
    }),
    ...(problem.help !== undefined && { help: [problem.help] }),
    ...(fix && {
      fixes: [
        {
          message: fix.message,
          safety: fix.safety,
          edits: [fix, ...(fix.also ?? [])].map(({ start, end, text }) => ({
            span: placeOf(start, end),
            text,
          })),
        },
      ],
    }),
    ...(capability !== undefined && { capability }),
  };
  report(diagnostic);
}
