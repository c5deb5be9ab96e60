// The formats in which findings can be shown, by name.

import type { Compilation } from '../compiler/compile.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Terminal } from './terminal.ts';

export type DiagnosticFormat = 'text' | 'compact' | 'json' | 'sarif' | 'github';

/**
 * Findings as text; empty for none, except in JSON and SARIF, where nothing is a report as well. Source lines come from
 * `shown` and from nowhere else: a finding that is not drawn may be the one that says that its line holds a secret.
 */
export async function drawDiagnostics(
  diagnostics: readonly Diagnostic[],
  { shown }: Pick<Compilation, 'shown'>,
  format: DiagnosticFormat,
  terminal: Pick<Terminal, 'color'>,
): Promise<string> {
  switch (format) {
    case 'text': {
      const { printText } = await import('../diagnostics/print-text.ts');
      return printText(diagnostics, shown, { color: terminal.color, contextLines: 1 });
    }
    case 'compact': {
      const { printCompact } = await import('../diagnostics/print-compact.ts');
      return printCompact(diagnostics, shown);
    }
    case 'json': {
      const { printJson } = await import('../diagnostics/print-json.ts');
      return printJson(diagnostics, shown);
    }
    case 'sarif': {
      const { printSarif } = await import('../diagnostics/print-sarif.ts');
      const { readRules } = await import('./code-pages.ts');
      const { readVersion } = await import('./version.ts');
      return printSarif(diagnostics, shown, { version: readVersion(), rules: readRules(diagnostics) });
    }
    case 'github': {
      const { printGithub } = await import('../diagnostics/print-github.ts');
      return printGithub(diagnostics, shown);
    }
  }
}
