// Spans of many files as lines and columns; each file is indexed once.

import type { Source, SourceSpan } from './diagnostic.ts';
import type { LineIndex, Position } from './line-index.ts';
import { createLineIndex } from './line-index.ts';

export interface Place {
  readonly start: Position;
  readonly end: Position;
}

/** A file that is not among the sources counts as empty: its place is line 1, column 1. */
export function createPlaces(sources: readonly Source[]): (span: SourceSpan) => Place {
  const indexOf = createLineIndexes(sources);
  return (span) => {
    const index = indexOf(span.path);
    return { start: index.positionOf(span.start), end: index.positionOf(span.end) };
  };
}

/** The lines of each source; those of an unknown path are of an empty text. */
export function createLineIndexes(sources: readonly Source[]): (path: string) => LineIndex {
  const texts = new Map(sources.map((source) => [source.path, source.text]));
  const indexes = new Map<string, LineIndex>();
  return (path) => {
    const index = indexes.get(path) ?? createLineIndex(texts.get(path) ?? '');
    indexes.set(path, index);
    return index;
  };
}
