// Our diagnostics as the protocol's.

import type { Diagnostic as WireDiagnostic, DiagnosticRelatedInformation } from 'vscode-languageserver/node';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver/node';
import type { Diagnostic, Severity } from '../diagnostics/diagnostic.ts';
import type { ProjectView } from './open-project.ts';
import { rangeOf, uriOf } from './positions.ts';

const severities: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  deny: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** By path; every source has an entry, so that what is mended is cleared as well. */
export function diagnosticsByPath(view: ProjectView): ReadonlyMap<string, readonly WireDiagnostic[]> {
  const byPath = new Map<string, WireDiagnostic[]>([...view.sources.keys()].map((path) => [path, []]));
  for (const diagnostic of view.diagnostics) {
    const { path } = diagnostic.span;
    byPath.set(path, [...(byPath.get(path) ?? []), wireDiagnostic(diagnostic, view)]);
  }
  return byPath;
}

export function wireDiagnostic(diagnostic: Diagnostic, view: ProjectView): WireDiagnostic {
  const { code, severity, span, message, notes = [], help = [], labels = [] } = diagnostic;
  const related = labels.map((label): DiagnosticRelatedInformation => ({
    location: {
      uri: uriOf(view.root, label.span.path),
      range: rangeOf(view.indexOf(label.span.path), label.span.start, label.span.end),
    },
    message: label.message,
  }));
  return {
    source: 'capstan',
    code,
    severity: severities[severity],
    range: rangeOf(view.indexOf(span.path), span.start, span.end),
    message: [message, ...notes, ...help].join('\n'),
    ...(related.length > 0 && { relatedInformation: related }),
    ...(/\/unused/.test(code) && { tags: [DiagnosticTag.Unnecessary] }),
  };
}
