// What the schema room finds in a schema, as diagnostics at the place in the YAML file.

import type { Report } from '../diagnostics/diagnostic.ts';
import type { SchemaProblem } from '../schema/schema-problem.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** Reports one problem of a schema that stands at `base` in the file. */
export function reportSchemaProblem(
  problem: SchemaProblem,
  tree: SyntaxTree,
  base: string,
  report: Report,
): void {
  const pointer = `${base}${problem.pointer}`;
  if (tree.isDoubtful(pointer)) return;
  const span = tree.spanOf(pointer, problem.at ?? 'value');
  const text = tree.source.text.slice(span.start, span.end);
  const lineLength = text.search(/[\r\n]/);
  report({
    code: problem.code,
    severity: 'error',
    message: problem.message,
    span: lineLength < 0 ? span : { ...span, end: span.start + lineLength },
    ...(problem.help !== undefined && { help: [problem.help] }),
    pointer,
  });
}
