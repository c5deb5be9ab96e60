// One line per diagnostic, `file:line:column: severity[code]: message`: for editors, grep and people who know the codes.

import type { Diagnostic, Source } from './diagnostic.ts';
import { displayProse } from './display-text.ts';
import { createPlaces } from './places.ts';

export function printCompact(diagnostics: readonly Diagnostic[], sources: readonly Source[]): string {
  const placeOf = createPlaces(sources);
  return diagnostics
    .map((diagnostic) => {
      const { start } = placeOf(diagnostic.span);
      const place = `${displayProse(diagnostic.span.path)}:${start.line}:${start.column}`;
      return `${place}: ${diagnostic.severity}[${diagnostic.code}]: ${displayProse(diagnostic.message)}\n`;
    })
    .join('');
}
