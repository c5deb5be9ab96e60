// `# capstan-ignore-next-line CODE: reason`: what an author decided not to hear, why, and whether it is still there to be
// ignored. Errors cannot be ignored. In a template the comment is `{{! … }}`: a line with `#` would be a part of the text.

import type { Diagnostic, Fix, Source, SourceSpan } from '../diagnostics/diagnostic.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { codes, isDiagnosticCode } from './codes.ts';
import { WORDED_MAX } from './findings-limit.ts';
import { readSuppressionComments } from './suppression-comments.ts';
import type { SuppressionComment } from './suppression-comments.ts';
import { didYouMean } from '../diagnostics/words.ts';
import { quoteValue } from './words.ts';

/** The diagnostics that are left, and those about the comments themselves. `levels` are those of the project. */
export function applySuppressions(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  levels: { readonly [code: string]: string | undefined },
): readonly Diagnostic[] {
  const comments = sources.flatMap(readSuppressionComments);
  if (comments.length === 0) return diagnostics;
  // One without a reason is reported for that, and works until it has one.
  const valid = comments.filter((comment) => [undefined, 'no-reason'].includes(mistakeIn(comment)));
  const byKey = Map.groupBy(valid, ({ code, span }) => keyOf(code, span.path));
  const suppressions = new Map([...byKey].map(([key, group]) => [key, outermost(group)]));
  const used = new Set<SuppressionComment>();
  const told = describeMistakes(comments);
  const left = diagnostics.filter((diagnostic) => {
    const near = suppressions.get(keyOf(diagnostic.code, diagnostic.span.path)) ?? [];
    const match = suppressionAt(diagnostic.span.start, near);
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
      mistakeIn(each) === undefined &&
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

function keyOf(code: string, path: string): string {
  return `${code} ${path}`;
}

/**
 * Those that are not within another one, in their order. What they are about is a key with all that it holds, so that two
 * of them never overlap in part.
 */
function outermost(group: readonly SuppressionComment[]): SuppressionComment[] {
  let end = -1;
  return group.filter(({ from, to }) => {
    if (from < end) return false;
    end = to;
    return true;
  });
}

/** The one that is about a place; `apart` are in their order and do not overlap. */
function suppressionAt(offset: number, apart: readonly SuppressionComment[]): SuppressionComment | undefined {
  let low = 0;
  let high = apart.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((apart[middle]?.from ?? Infinity) <= offset) low = middle;
    else high = middle - 1;
  }
  const near = apart[low];
  return near !== undefined && near.from <= offset && offset < near.to ? near : undefined;
}

// -- what is wrong with a comment by itself

type Mistake = 'unknown-comment' | 'unknown-code' | 'no-reason';

function mistakeIn({ word, code, reason }: SuppressionComment): Mistake | undefined {
  if (word !== 'capstan-ignore-next-line') return 'unknown-comment';
  if (code !== '' && !isDiagnosticCode(code)) return 'unknown-code';
  return code === '' || reason === '' ? 'no-reason' : undefined;
}

/** As many in a file as are shown, and one more. */
function describeMistakes(comments: readonly SuppressionComment[]): Diagnostic[] {
  const wrong = comments.filter((comment) => mistakeIn(comment) !== undefined);
  return [...Map.groupBy(wrong, ({ span }) => span.path).values()].flatMap((inFile) =>
    inFile.slice(0, WORDED_MAX).map(describeMistake),
  );
}

function describeMistake(comment: SuppressionComment): Diagnostic {
  switch (mistakeIn(comment)) {
    case 'unknown-comment':
      return unknownComment(comment);
    case 'unknown-code':
      return unknownCode(comment);
    default:
      return withoutReason(comment);
  }
}

function withoutReason({ word, code, span }: SuppressionComment): Diagnostic {
  return {
    code: 'suppression/no-reason',
    severity: 'error',
    message: code === '' ? 'A suppression names a code and says why.' : 'This suppression does not say why.',
    span,
    help: [`write \`${word} ${code === '' ? 'CODE' : code}: the reason\``],
  };
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
