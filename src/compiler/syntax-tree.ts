// One parsed YAML file: its value as plain JSON, and the way back from every place in that value to the text.

import type { Json } from '../registry/snapshot.ts';
import type { Source, SourceSpan } from '../diagnostics/diagnostic.ts';
import { parentPointer } from './json-pointer.ts';
import type { PlacedToken } from './scan-tokens.ts';
import type { ScalarText } from './scalar-text.ts';
import { spanInScalar } from './scalar-text.ts';

export interface SyntaxTree {
  readonly source: Source;
  readonly value: Json;
  /** False when something was reported that makes the value doubtful; such a file never reaches a Snapshot. */
  readonly isSound: boolean;
  /** Whether a mistake in the YAML leaves open what the value at a pointer was meant to be: nothing more is said of it. */
  isDoubtful(pointer: string): boolean;
  /** Every comment with its `#`. */
  readonly comments: readonly PlacedToken[];
  /** The place of a key or value; of the nearest thing around it when there is none at `pointer`. */
  spanOf(pointer: string, at?: 'key' | 'value'): SourceSpan;
  /** The place of a part of a text value, in offsets into the value. */
  spanInText(pointer: string, start: number, end: number): SourceSpan;
  /** How a text value is written; undefined for everything that is not text. */
  textAt(pointer: string): ScalarText | undefined;
}

/** What the parser noted of one place; `key` is absent for items of lists and for the root. */
export interface TreeEntry {
  readonly key?: readonly [number, number];
  readonly value: readonly [number, number];
  readonly text?: ScalarText;
}

export function createSyntaxTree(
  source: Source,
  value: Json,
  entries: ReadonlyMap<string, TreeEntry>,
  comments: readonly PlacedToken[],
  isSound: boolean,
  doubtful: ReadonlySet<string>,
): SyntaxTree {
  const entryAt = (pointer: string): TreeEntry | undefined => entries.get(pointer);
  const spanOf = (pointer: string, at: 'key' | 'value' = 'value'): SourceSpan => {
    const entry = entryAt(pointer);
    if (entry !== undefined) {
      const [start, end] = (at === 'key' ? entry.key : undefined) ?? entry.value;
      return { path: source.path, start, end };
    }
    if (pointer === '') return { path: source.path, start: 0, end: 0 };
    return spanOf(parentPointer(pointer), 'key');
  };
  return {
    source,
    value,
    isSound,
    comments,
    isDoubtful(pointer) {
      if (doubtful.size === 0) return false;
      let at = pointer;
      while (!doubtful.has(at) && at !== '') at = parentPointer(at);
      return doubtful.has(at);
    },
    spanOf,
    spanInText(pointer, start, end) {
      const text = entryAt(pointer)?.text;
      if (text === undefined) return spanOf(pointer);
      const [from, to] = spanInScalar(text, start, end);
      return { path: source.path, start: from, end: to };
    },
    textAt: (pointer) => entryAt(pointer)?.text,
  };
}

/** A place in a file over several lines, as its first: where it is marked. A place in another file stays as it is. */
export function firstLineOf({ source }: SyntaxTree, span: SourceSpan): SourceSpan {
  if (span.path !== source.path) return span;
  const length = source.text.slice(span.start, span.end).search(/[\r\n]/);
  return length < 0 ? span : { ...span, end: span.start + length };
}
