// `# capstan-ignore-next-line CODE: reason`: what an author decided not to hear, why, and whether it is still there to be
// ignored. Errors cannot be ignored.

import type { Diagnostic, Report, Source, SourceSpan } from '../diagnostics/diagnostic.ts';

interface Suppression {
  readonly code: string;
  readonly span: SourceSpan;
  /** Offsets of the text that it is about. */
  readonly from: number;
  readonly to: number;
}

const comment =
  /^(?<indent>[ \t]*)(?<words>#[ \t]*capstan-ignore-next-line\b[ \t]*(?<code>[^\s:]*)[ \t]*:?[ \t]*(?<reason>[^\r\n]*))\r?$/gm;

/** The diagnostics that are left, and those about the comments themselves. */
export function applySuppressions(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
): readonly Diagnostic[] {
  const told: Diagnostic[] = [];
  const suppressions = sources.flatMap((source) => readSuppressions(source, (each) => told.push(each)));
  if (suppressions.length === 0) return [...diagnostics, ...told];
  const used = new Set<Suppression>();
  const left = diagnostics.filter((diagnostic) => {
    const match = suppressions.find((each) => isAbout(each, diagnostic));
    if (match === undefined) return true;
    used.add(match);
    if (diagnostic.severity !== 'error') return false;
    told.push(ofError(match));
    return true;
  });
  const unused = suppressions.filter((each) => !used.has(each)).map(unusedSuppression);
  return [...left, ...told, ...unused];
}

function isAbout({ code, span, from, to }: Suppression, diagnostic: Diagnostic): boolean {
  const { path, start } = diagnostic.span;
  return diagnostic.code === code && path === span.path && start >= from && start < to;
}

function readSuppressions({ path, text }: Source, report: Report): Suppression[] {
  if (!text.includes('capstan-ignore')) return [];
  return [...text.matchAll(comment)].flatMap((match) => {
    const { indent = '', words = '', code = '', reason = '' } = match.groups ?? {};
    const start = match.index + indent.length;
    const span = { path, start, end: start + words.trimEnd().length };
    if (code === '' || reason.trim() === '') {
      report({
        code: 'suppression/no-reason',
        severity: 'error',
        message: 'A suppression names a code and says why.',
        span,
        help: ['write `# capstan-ignore-next-line CODE: the reason`'],
      });
      return [];
    }
    return [{ code, span, ...nextLine(text, match.index + match[0].length) }];
  });
}

/** The line after `at`, and the deeper lines that belong to it: a key with all that it holds. */
function nextLine(text: string, at: number): { from: number; to: number } {
  const from = text.indexOf('\n', at) + 1;
  if (from === 0) return { from: text.length, to: text.length };
  const indent = indentAt(text, from);
  let to = endOfLine(text, from);
  while (to < text.length && (isBlank(text, to) || indentAt(text, to) > indent)) to = endOfLine(text, to);
  return { from, to };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function indentAt(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at += 1;
  return at - from;
}

function isBlank(text: string, from: number): boolean {
  return text.slice(from, endOfLine(text, from)).trim() === '';
}

function ofError({ code, span }: Suppression): Diagnostic {
  return {
    code: 'suppression/of-error',
    severity: 'error',
    message: `${code} is an error and cannot be ignored.`,
    span,
    help: ['mend it, and delete this comment'],
  };
}

function unusedSuppression({ code, span }: Suppression): Diagnostic {
  return {
    code: 'suppression/unused',
    severity: 'warning',
    message: `${code} is not reported here.`,
    span,
    help: ['delete this comment'],
    fixes: [{ message: 'delete the comment', safety: 'safe', edits: [{ span, text: '' }] }],
  };
}
