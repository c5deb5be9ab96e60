// The project's own levels of rules. Errors of the language stay errors.

import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { LintLevel } from './declaration.gen.ts';

export function applyLintLevels(
  diagnostics: readonly Diagnostic[],
  levels: { readonly [code: string]: LintLevel },
): Diagnostic[] {
  return diagnostics.flatMap((diagnostic) => {
    const level = levels[diagnostic.code];
    if (level === undefined || diagnostic.severity === 'error') return [diagnostic];
    return level === 'off' ? [] : [{ ...diagnostic, severity: level }];
  });
}
