// What an editor offers to do about findings: each fix, and all safe ones of a file at once.

import type { CodeAction, Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import { CodeActionKind } from 'vscode-languageserver/node';
import type { Fix } from '../diagnostics/diagnostic.ts';
import { applyFixes } from '../diagnostics/apply-fixes.ts';
import type { ProjectView } from './open-project.ts';
import { offsetOf, rangeOf, uriOf } from './positions.ts';
import { wireDiagnostic } from './publish.ts';

export function codeActionsAt(view: ProjectView, path: string, range: Range): CodeAction[] {
  const index = view.indexOf(path);
  const from = offsetOf(index, range.start);
  const to = offsetOf(index, range.end);
  const here = view.diagnostics.filter(
    ({ span }) => span.path === path && span.start <= to && span.end >= from,
  );
  const actions = here.flatMap((diagnostic) =>
    (diagnostic.fixes ?? []).map((fix): CodeAction => ({
      title: fix.message,
      kind: CodeActionKind.QuickFix,
      diagnostics: [wireDiagnostic(diagnostic, view)],
      isPreferred: fix.safety === 'safe',
      edit: workspaceEdit(view, fix),
    })),
  );
  return [...actions, ...fixAll(view, path)];
}

function workspaceEdit(view: ProjectView, fix: Fix): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const { span, text } of fix.edits) {
    const uri = uriOf(view.root, span.path);
    const range = rangeOf(view.indexOf(span.path), span.start, span.end);
    changes[uri] = [...(changes[uri] ?? []), { range, newText: text }];
  }
  return { changes };
}

function fixAll(view: ProjectView, path: string): CodeAction[] {
  const source = view.sources.get(path);
  if (source === undefined) return [];
  const own = view.diagnostics.filter((diagnostic) =>
    (diagnostic.fixes ?? []).some(({ edits }) => edits.every(({ span }) => span.path === path)),
  );
  const { sources, applied } = applyFixes([source], own);
  const text = sources[0]?.text ?? source.text;
  if (applied.length === 0) return [];
  const range = rangeOf(view.indexOf(path), 0, source.text.length);
  return [
    {
      title: 'Apply all safe fixes of this file',
      kind: `${CodeActionKind.SourceFixAll}.capstan`,
      edit: { changes: { [uriOf(view.root, path)]: [{ range, newText: text }] } },
    },
  ];
}
