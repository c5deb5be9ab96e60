// What the name under the cursor is: its type and description, or a helper's signature.

import type { Hover } from 'vscode-languageserver/node';
import { helperNamed } from '../template/helpers/index.ts';
import { printSignature } from '../template/helpers/helper.ts';
import type { TemplateCursor } from './cursor.ts';
import { templateCursorAt, wordAt } from './cursor.ts';
import type { ProjectView } from './open-project.ts';
import { rangeOf } from './positions.ts';
import { describeAt } from './template-scope.ts';

export function hoverAt(view: ProjectView, path: string, offset: number): Hover | undefined {
  const cursor = templateCursorAt(view, path, offset);
  if (cursor === undefined) return undefined;
  const { word, from, to } = wordAt(cursor);
  if (word === '') return undefined;
  const words =
    aboutHelper(cursor, word) ?? aboutPartial(view, cursor, word) ?? aboutVariable(view, cursor, word);
  if (words === undefined) return undefined;
  const span = cursor.placeOf(from, to);
  return {
    contents: { kind: 'markdown', value: words },
    range: rangeOf(view.indexOf(span.path), span.start, span.end),
  };
}

function aboutHelper({ tag }: TemplateCursor, word: string): string | undefined {
  const before = tag.slice(0, tag.length - (/[\w@./-]*$/.exec(tag)?.[0].length ?? 0));
  if (!/(?:\{\{~?\s*|\(\s*)$/.test(before)) return undefined;
  const helper = helperNamed(word);
  return helper && `\`\`\`handlebars\n{{${printSignature(helper)}}}\n\`\`\`\n${helper.summary}`;
}

function aboutPartial(view: ProjectView, { tag }: TemplateCursor, word: string): string | undefined {
  if (!/^\{\{~?\s*>\s*[\w./-]*$/.test(tag)) return undefined;
  const partial = view.compilation.library.partials.get(word);
  return partial && `partial \`${partial.source.path}\`\n\`\`\`handlebars\n${partial.text}\n\`\`\``;
}

function aboutVariable(view: ProjectView, cursor: TemplateCursor, word: string): string | undefined {
  const known = describeAt(view, cursor, word);
  if (known === undefined) return undefined;
  const head = `\`\`\`\n${word}: ${known.type}\n\`\`\``;
  return known.description === undefined ? head : `${head}\n${known.description}`;
}
