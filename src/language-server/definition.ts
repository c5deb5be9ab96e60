// Where the name under the cursor is declared: a property of the input, a partial, a shared schema, a tier, an example.

import type { Location } from 'vscode-languageserver/node';
import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import { pointerTo, valueAt } from '../compiler/json-pointer.ts';
import { openTemplates } from '../compiler/open-templates.ts';
import { keysAt, templateCursorAt, wordAt } from './cursor.ts';
import type { ProjectView } from './open-project.ts';
import { rangeOf, uriOf } from './positions.ts';
import { describeAt } from './template-scope.ts';
import { keyPlace, schemaPlace } from './yaml-places.ts';

const projectPath = 'capstan.yaml';

export function definitionAt(view: ProjectView, path: string, offset: number): Location | undefined {
  const cursor = templateCursorAt(view, path, offset);
  const span =
    cursor === undefined
      ? inYaml(view, path, offset)
      : /^\{\{~?\s*>\s*[\w./-]*$/.test(cursor.tag)
        ? partialNamed(view, wordAt(cursor).word)
        : describeAt(view, cursor, wordAt(cursor).word)?.declaredAt;
  return (
    span && {
      uri: uriOf(view.root, span.path),
      range: rangeOf(view.indexOf(span.path), span.start, span.end),
    }
  );
}

function partialNamed(view: ProjectView, name: string): SourceSpan | undefined {
  const partial = view.compilation.library.partials.get(name);
  return partial && { path: partial.source.path, start: 0, end: 0 };
}

function inYaml(view: ProjectView, path: string, offset: number): SourceSpan | undefined {
  const text = view.sources.get(path)?.text ?? '';
  const word = wordAround(text, offset);
  const keys = keysAt(text, lineEnd(text, offset));
  if (word.startsWith('schema:') || word.startsWith('#/')) return schemaPlace(view, path, word);
  if (keys.at(-1) === 'use') return exampleNamed(view, path, word);
  if (keys.includes('tiers') || keys.at(-1) === 'tier')
    return keyPlace(view, projectPath, pointerTo('/tiers', word));
  return undefined;
}

function wordAround(text: string, offset: number): string {
  const before = /[^\s"'[\]{},]*$/.exec(text.slice(Math.max(0, offset - 200), offset))?.[0] ?? '';
  const after = /^[^\s"'[\]{},]*/.exec(text.slice(offset, offset + 200))?.[0] ?? '';
  return (before + after).replace(/:$/, '');
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

function exampleNamed(view: ProjectView, path: string, name: string): SourceSpan | undefined {
  const source = view.sources.get(path);
  const tree = source && openTemplates(source, view.compilation.library)?.tree;
  const examples = valueAt(tree?.value, '/examples');
  const index = (Array.isArray(examples) ? examples : []).findIndex(
    (example: unknown) => valueAt(example, '/name') === name,
  );
  return index < 0 ? undefined : tree?.spanOf(`/examples/${index}/name`);
}
