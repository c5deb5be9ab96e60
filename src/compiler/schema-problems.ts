// What the schema room finds in a schema, as diagnostics at the place in the YAML file.

import type { Diagnostic, Fix, Report, SourceSpan } from '../diagnostics/diagnostic.ts';
import type { SchemaFix, SchemaProblem } from '../schema/schema-problem.ts';
import { describeBooleanWord } from './boolean-words.ts';
import { WORDED_MAX } from './findings-limit.ts';
import { valueAt } from './json-pointer.ts';
import { textEditsOf } from './schema-edits.ts';
import { firstLineOf } from './syntax-tree.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** Where a definition that was brought from another file stands there; undefined for what is written in this one. */
export type ForeignPlace = (
  pointer: string,
) => { readonly tree: SyntaxTree; readonly pointer: string } | undefined;

/** Reports the problems of a schema that stands at `base` in the file. */
export function reportSchemaProblems(
  problems: readonly SchemaProblem[],
  tree: SyntaxTree,
  base: string,
  report: Report,
  foreignPlace: ForeignPlace = () => undefined,
): void {
  const [errors, others] = [problems.filter(isError), problems.filter((problem) => !isError(problem))];
  for (const problem of [...errors.slice(0, WORDED_MAX), ...others.slice(0, WORDED_MAX)]) {
    if (tree.isDoubtful(`${base}${problem.pointer}`)) continue;
    const word = problem.at === 'key' ? undefined : describeBooleanWord(tree, `${base}${problem.pointer}`);
    if (word !== undefined) {
      report(word);
      continue;
    }
    report(diagnosticOf(problem, tree, base, foreignPlace));
  }
}

function isError({ severity = 'error' }: SchemaProblem): boolean {
  return severity === 'error';
}

/** One problem as a diagnostic. */
export function diagnosticOf(
  problem: SchemaProblem,
  tree: SyntaxTree,
  base: string,
  foreignPlace: ForeignPlace = () => undefined,
): Diagnostic {
  const { code, severity = 'error', message, label, notes, help, related = [] } = problem;
  const fixes = (problem.fixes ?? []).flatMap((fix) => textFix(fix, tree, base));
  const labels = related.map(({ pointer, at, message: words }) => {
    const place = foreignPlace(pointer) ?? { tree, pointer: `${base}${pointer}` };
    return { span: firstLineOf(place.tree, spanAt(place.tree, place.pointer, at)), message: words };
  });
  return {
    code,
    severity,
    message,
    span: spanOf(problem, tree, base),
    ...(label !== undefined && { label }),
    ...(labels.length > 0 && { labels }),
    ...(notes !== undefined && notes.length > 0 && { notes }),
    ...(help !== undefined && { help: [help] }),
    ...(fixes.length > 0 && { fixes }),
    pointer: `${base}${problem.pointer}`,
  };
}

function spanOf({ pointer, at, part }: SchemaProblem, tree: SyntaxTree, base: string): SourceSpan {
  const place = `${base}${pointer}`;
  if (part !== undefined) return tree.spanInText(place, part.start, part.end);
  return firstLineOf(tree, spanAt(tree, place, at));
}

/** The whole file has no key; what is wrong with it as a whole is shown at its first key. */
function spanAt(tree: SyntaxTree, pointer: string, at: 'key' | 'value' = 'value'): SourceSpan {
  const value = pointer === '' ? valueAt(tree.value, '') : undefined;
  if (typeof value !== 'object' || value === null) return tree.spanOf(pointer, at);
  const [first] = Object.keys(value);
  return first === undefined ? tree.spanOf('') : tree.spanOf(`/${first}`, 'key');
}

function textFix(fix: SchemaFix, tree: SyntaxTree, base: string): Fix[] {
  const edits = textEditsOf(tree, base, fix.edits);
  return edits === undefined ? [] : [{ message: fix.message, safety: fix.safety, edits }];
}
