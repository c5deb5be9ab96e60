// The pages of the compiler's codes, as they lie in the package: `src/compiler/rules/GROUP/NAME.md`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codes, isDiagnosticCode } from '../compiler/codes.ts';
import type { DiagnosticCode } from '../compiler/codes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SarifRule } from '../diagnostics/print-sarif.ts';
import { packageRoot } from './version.ts';

/** The page of a code, in Markdown. */
export function readCodePage(code: DiagnosticCode): string {
  return readFileSync(join(packageRoot(), 'src', 'compiler', 'rules', `${code}.md`), 'utf8');
}

/** The paragraph that says what the code stands for: the one after the severity. */
export function summaryOfPage(page: string): string {
  return (page.split(/\n{2,}/)[2] ?? '').replaceAll('\n', ' ').trim();
}

/** What is known of the codes of some findings, each once, in their order. */
export function readRules(diagnostics: readonly Diagnostic[]): SarifRule[] {
  const found = [...new Set(diagnostics.map(({ code }) => code))].filter(isDiagnosticCode).sort();
  return found.map((code) => {
    const page = readCodePage(code);
    return { code, severity: codes[code], summary: summaryOfPage(page), page };
  });
}
