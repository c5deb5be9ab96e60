// Workflow commands that GitHub shows as annotations. It shows ten per severity and step, so the worst come first.

import type { Diagnostic, Severity, Source } from './diagnostic.ts';
import { compareSeverity } from './order-diagnostics.ts';
import { createPlaces } from './places.ts';

const commands: Record<Severity, string> = {
  error: 'error',
  deny: 'error',
  warning: 'warning',
  info: 'notice',
};

export function printGithub(diagnostics: readonly Diagnostic[], sources: readonly Source[]): string {
  const placeOf = createPlaces(sources);
  return [...diagnostics]
    .sort((left, right) => compareSeverity(left.severity, right.severity))
    .map((diagnostic) => {
      const { start, end } = placeOf(diagnostic.span);
      const isOneLine = start.line === end.line;
      const properties: [string, string | number][] = [
        ['file', diagnostic.span.path],
        ['line', start.line],
        ['endLine', end.line],
        // Columns of a span over several lines are refused by the platform.
        ...(isOneLine
          ? ([
              ['col', start.column],
              ['endColumn', Math.max(start.column, end.column)],
            ] as [string, number][])
          : []),
        ['title', diagnostic.code],
      ];
      const written = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
      const message = [
        diagnostic.message,
        ...(diagnostic.notes ?? []).map((note) => `note: ${note}`),
        ...(diagnostic.help ?? []).map((help) => `help: ${help}`),
      ].join('\n');
      return `::${commands[diagnostic.severity]} ${written}::${escapeMessage(message)}\n`;
    })
    .join('');
}

function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
