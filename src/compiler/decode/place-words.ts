// How a place in a declaration is called in a sentence, and where it is marked.

import type { Diagnostic, Fix, SourceSpan } from '../../diagnostics/diagnostic.ts';
import { pointerKeys } from '../json-pointer.ts';
import { firstLineOf } from '../syntax-tree.ts';
import type { SyntaxTree } from '../syntax-tree.ts';
import { quoteValue } from '../words.ts';

/** What one verdict becomes; help that does not apply is left undefined. */
export type DecodeFinding = Pick<Diagnostic, 'code' | 'message' | 'span' | 'notes'> & {
  readonly help?: readonly (string | undefined)[];
  readonly label?: string | undefined;
  readonly fixes?: readonly Fix[];
  readonly isSecret?: boolean;
};

/** `policies.retry`, `prompt[0].role`. */
export function pathInWords(pointer: string): string {
  return pointerKeys(pointer)
    .map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join('');
}

/** The quoted path; the whole file by its kind. */
export function placeName(pointer: string, kind: string): string {
  return pointer === '' ? `A ${kindInWords(kind)}` : quoteValue(pathInWords(pointer));
}

/** `capability`, `project`, `list of acknowledgements`: what a file of the kind is, without an article. */
export function kindInWords(kind: string): string {
  return kind === 'Acknowledgements' ? 'list of acknowledgements' : kind.toLowerCase();
}

/** What a key would have been a field of: `a capability`, `"metadata"`. */
export function ownerName(pointer: string, kind: string): string {
  return pointer === '' ? `a ${kindInWords(kind)}` : quoteValue(pathInWords(pointer));
}

/** The key under which something is missing, or the list item itself. */
export function headOf(tree: SyntaxTree, pointer: string): SourceSpan {
  return firstLineOf(tree, tree.spanOf(pointer, 'key'));
}

export function replacement(span: SourceSpan, text: string, safety: Fix['safety'] = 'safe'): Fix {
  return { message: `Replace by \`${text}\`.`, safety, edits: [{ span, text }] };
}
