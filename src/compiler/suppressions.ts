// `# capstan-ignore-next-line CODE: reason`: what an author decided not to hear, why, and whether it is still there to be
// ignored. Errors cannot be ignored. In a template the comment is `{{! … }}`: a line with `#` would be a part of the text.

import type { Diagnostic, Fix, Source, SourceSpan } from '../diagnostics/diagnostic.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { codes, isDiagnosticCode } from './codes.ts';
import { readSuppressionComments } from './suppression-comments.ts';
import type { SuppressionComment } from './suppression-comments.ts';
import { didYouMean, quoteValue } from './words.ts';

/** The diagnostics that are left, and those about the comments themselves. `levels` are those of the project. */
export function applySuppressions(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  levels: { readonly [code: string]: string | undefined },
): readonly Diagnostic[] {
  const comments = sources.flatMap(readSuppressionComments);
  if (comments.length === 0) return diagnostics;
  const problems = new Map(comments.map((comment) => [comment, problemOf(comment)]));
  // One without a reason is reported for that, and works until it has one.
  const valid = comments.filter((comment) => (problems.get(comment)?.code ?? noReason) === noReason);
  const suppressions = Map.groupBy(valid, ({ code, span }) => keyOf(code, span.path));
  const used = new Set<SuppressionComment>();
  const told: Diagnostic[] = [...problems.values()].filter((problem) => problem !== undefined);
  const left = diagnostics.filter((diagnostic) => {
    const near = suppressions.get(keyOf(diagnostic.code, diagnostic.span.path)) ?? [];
    const match = near.find((each) => covers(each, diagnostic.span));
    if (match === undefined) return true;
    if (diagnostic.severity === 'error' && !used.has(match)) told.push(ofError(match));
    used.add(match);
    return diagnostic.severity === 'error';
  });
  const isJudged = judgedFiles(diagnostics);
  const unused = valid.filter(
    (each) =>
      !used.has(each) &&
      !toldLater.includes(each.code) &&
      levels[each.code] !== 'off' &&
      problems.get(each) === undefined &&
      isJudged(each.span.path),
  );
  return [...left, ...told, ...unused.map(unusedSuppression)];
}

/** Of findings that are told after compiling: those that no comment ignores. What is wrong with comments is told before. */
export function withoutSuppressed(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
): readonly Diagnostic[] {
  if (diagnostics.length === 0) return diagnostics;
  const comments = sources.flatMap(readSuppressionComments);
  return diagnostics.filter(
    (diagnostic) =>
      diagnostic.severity === 'error' ||
      !comments.some((each) => each.code === diagnostic.code && covers(each, diagnostic.span)),
  );
}

function covers({ span, from, to }: SuppressionComment, place: SourceSpan): boolean {
  return span.path === place.path && place.start >= from && place.start < to;
}

/** Behind an error nothing more is found: what is ignored may still be there. */
function judgedFiles(diagnostics: readonly Diagnostic[]): (path: string) => boolean {
  const broken = new Set(
    diagnostics.flatMap(({ severity, span }) => (severity === 'error' ? span.path : [])),
  );
  // Capabilities depend on everything that is none.
  const isShared = [...broken].some((path) => !path.endsWith('.cap.yaml'));
  return (path) => !isShared && !broken.has(path);
}

/** What only running the tests can tell. */
const toldLater: readonly string[] = ['test/untested-branch'];

const noReason = 'suppression/no-reason';

function keyOf(code: string, path: string): string {
  return `${code} ${path}`;
}

/** What is wrong with a comment by itself. */
function problemOf(comment: SuppressionComment): Diagnostic | undefined {
  const { word, code, reason, span } = comment;
  if (word !== 'capstan-ignore-next-line') return unknownComment(comment);
  if (code !== '' && !isDiagnosticCode(code)) return unknownCode(comment);
  if (code === '' || reason === '') {
    return {
      code: noReason,
      severity: 'error',
      message:
        code === '' ? 'A suppression names a code and says why.' : 'This suppression does not say why.',
      span,
      help: [`write \`${word} ${code === '' ? 'CODE' : code}: the reason\``],
    };
  }
  return undefined;
}

function unknownComment({ word, wordSpan }: SuppressionComment): Diagnostic {
  const right = 'capstan-ignore-next-line';
  return {
    code: 'suppression/unknown-comment',
    severity: 'error',
    message: `${quoteValue(word)} is not a comment that Capstan reads.`,
    span: wordSpan,
    help: [`write \`${right} CODE: the reason\` on the line before the finding`],
    fixes: [fix('Write the comment that is read.', { ...wordSpan }, right)],
  };
}

function unknownCode({ code, codeSpan }: SuppressionComment): Diagnostic {
  const names = Object.keys(codes);
  const inGroups = names.filter((name) => name.endsWith(`/${code}`));
  const near = inGroups.length > 0 ? inGroups : suggest(code, names);
  const [only] = near;
  return {
    code: 'suppression/unknown-code',
    severity: 'error',
    message: `There is no rule ${quoteValue(code)}.`,
    span: codeSpan,
    help: [didYouMean(near) ?? '`capstan explain` lists the codes'],
    ...(only !== undefined &&
      near.length === 1 && { fixes: [fix(`Replace by \`${only}\`.`, codeSpan, only)] }),
  };
}

function ofError({ code, span, lineSpan }: SuppressionComment): Diagnostic {
  return {
    code: 'suppression/of-error',
    severity: 'error',
    message: `${code} is an error and cannot be ignored.`,
    span,
    help: ['mend it, and delete this comment'],
    fixes: [{ ...fix('Delete the comment.', lineSpan, ''), safety: 'maybe' }],
  };
}

function unusedSuppression({ code, span, lineSpan }: SuppressionComment): Diagnostic {
  return {
    code: 'suppression/unused',
    severity: 'warning',
    message: `${code} is not reported here.`,
    span,
    help: ['delete this comment'],
    fixes: [fix('Delete the comment.', lineSpan, '')],
  };
}

function fix(message: string, span: SourceSpan, text: string): Fix {
  return { message, safety: 'safe', edits: [{ span, text }] };
}
