// The protocol's way of naming places (file URIs, lines and columns from 0) and ours (paths, UTF-16 offsets).

import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Position, Range } from 'vscode-languageserver/node';
import type { LineIndex } from '../diagnostics/line-index.ts';

/** The absolute path of a document on disk; undefined for documents that are nowhere on it. */
export function fileOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    // A host or an encoded slash in the URI: not a file of this machine.
    return undefined;
  }
}

export function uriOf(root: string, path: string): string {
  return pathToFileURL(join(root, ...path.split('/'))).href;
}

/** The path of a file as sources name it; undefined when the file lies outside. */
export function pathBelow(root: string, file: string): string | undefined {
  const way = relative(root, file);
  return way === '' || way.startsWith('..') ? undefined : way.split(sep).join('/');
}

export function rangeOf(index: LineIndex, start: number, end: number): Range {
  return { start: positionOf(index, start), end: positionOf(index, end) };
}

function positionOf(index: LineIndex, offset: number): Position {
  const { line, column } = index.positionOf(offset);
  return { line: line - 1, character: column - 1 };
}

/** A column behind the end of a line means its end. */
export function offsetOf(index: LineIndex, { line, character }: Position): number {
  return index.lineStart(line + 1) + Math.min(character, index.lineText(line + 1).length);
}
