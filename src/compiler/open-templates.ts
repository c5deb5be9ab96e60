// The templates of a capability that is being written: whatever else is wrong with the file, its messages and the schema
// of its input, for whoever helps at the cursor.

import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import type { Source } from '../diagnostics/diagnostic.ts';
import type { JsonSchema } from '../registry/snapshot.ts';
import { openLibrary } from './library.ts';
import { parse } from './parse.ts';
import type { Library } from './program.ts';
import { readContract } from './resolve-schemas.ts';
import type { SyntaxTree } from './syntax-tree.ts';
import { valueAt } from './json-pointer.ts';

export interface OpenTemplate {
  readonly role: string;
  readonly text: string;
  /** The place in the file of a part of the text. */
  readonly placeOf: (start: number, end: number) => SourceSpan;
}

export interface OpenTemplates {
  readonly tree: SyntaxTree;
  /** Resolved and closed; `{}` where the file has none. */
  readonly input: JsonSchema;
  readonly templates: readonly OpenTemplate[];
}

/** Undefined when the file cannot be read as YAML at all. */
export function openTemplates(source: Source, library: Library): OpenTemplates | undefined {
  const tree = parse(source, () => undefined);
  if (tree === undefined) return undefined;
  const prompt = valueAt(tree.value, '/prompt');
  const templates = (Array.isArray(prompt) ? prompt : []).flatMap((_, index): OpenTemplate[] => {
    const pointer = `/prompt/${index}/content`;
    const text = valueAt(tree.value, pointer);
    if (typeof text !== 'string') return [];
    const role = String(valueAt(tree.value, `/prompt/${index}/role`) ?? 'user');
    return [{ role, text, placeOf: (start, end) => tree.spanInText(pointer, start, end) }];
  });
  const input = readContract(valueAt(tree.value, '/input') ?? {}, openLibrary(library).view);
  return { tree, input, templates };
}
