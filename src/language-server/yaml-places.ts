// Where things are declared in YAML: a key at a JSON pointer, a schema that a reference names.

import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import { valueAt } from '../compiler/json-pointer.ts';
import { parse } from '../compiler/parse.ts';
import type { ProjectView } from './open-project.ts';

/** `schema:NAME#/…` is in another file, `#/…` in the file at `path`. */
export function schemaPlace(view: ProjectView, path: string, reference: string): SourceSpan | undefined {
  const [document = '', pointer = ''] = reference.split('#');
  const name = document.replace(/^schema:/, '');
  const target = name === '' ? path : view.compilation.library.schemas.get(name)?.source.path;
  return target === undefined ? undefined : keyPlace(view, target, pointer);
}

export function keyPlace(view: ProjectView, path: string, pointer: string): SourceSpan | undefined {
  const source = view.sources.get(path);
  const tree = source && parse(source, () => undefined);
  if (tree === undefined || valueAt(tree.value, pointer) === undefined) return undefined;
  return pointer === '' ? { path, start: 0, end: 0 } : tree.spanOf(pointer, 'key');
}
