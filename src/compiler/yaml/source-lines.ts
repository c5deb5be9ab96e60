// A YAML text as lines with columns: which keys and list items stand beside a line, and how a key is moved with all that
// it holds. Works on text that does not parse.

import type { Fix, Source } from '../../diagnostics/diagnostic.ts';

export interface SourceLine {
  readonly start: number;
  /** Without the line end. */
  readonly end: number;
  readonly text: string;
  /** Leading spaces. */
  readonly indent: number;
  /** False for blank lines, comments, and lines inside block texts. */
  readonly isCode: boolean;
}

export interface SourceLines {
  readonly lines: readonly SourceLine[];
  /** The index of the line that holds an offset. */
  indexAt(offset: number): number;
  /** The columns of the maps (`key`) or lists (`item`) that are open above a line, the innermost first. */
  columnsAbove(index: number, kind: 'key' | 'item'): number[];
  /** Moves a line to a column, with all that belongs to it and the lines beside it that stand in the same column. */
  move(index: number, column: number): Fix['edits'];
}

/** `blockTexts` are the ranges of block scalars: their lines are nobody's keys. */
export function readSourceLines(
  { path, text }: Source,
  blockTexts: readonly (readonly [number, number])[],
): SourceLines {
  const lines = splitLines(text, blockTexts);
  const indexAt = (offset: number): number => {
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lines[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    lines,
    indexAt,
    columnsAbove(index, kind) {
      const columns: number[] = [];
      let limit = Infinity;
      for (let at = index - 1; at >= 0 && limit > 0; at--) {
        const line = lines[at];
        if (line?.isCode !== true) continue;
        for (const place of placesOf(line).reverse()) {
          if (place.column >= limit) continue;
          limit = place.column;
          if (place.kind === kind) columns.push(place.column);
        }
      }
      return columns;
    },
    move(index, column) {
      const moved = movedLines(lines, index);
      const by = column - (lines[index]?.indent ?? 0);
      return moved.map(({ start }) =>
        by > 0
          ? { span: { path, start, end: start }, text: ' '.repeat(by) }
          : { span: { path, start, end: start - by }, text: '' },
      );
    },
  };
}

function splitLines(text: string, blockTexts: readonly (readonly [number, number])[]): SourceLine[] {
  const lines: SourceLine[] = [];
  let block = 0;
  for (const match of text.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)) {
    const start = match.index;
    if (start >= text.length && start > 0) break;
    const line = match[0].replace(/[\r\n]+$/, '');
    while ((blockTexts[block]?.[1] ?? Infinity) <= start) block++;
    const [from = Infinity] = blockTexts[block] ?? [];
    lines.push({
      start,
      end: start + line.length,
      text: line,
      indent: /^ */.exec(line)?.[0].length ?? 0,
      isCode: from > start && /^\s*[^\s#]/.test(line),
    });
  }
  return lines;
}

interface PlaceInLine {
  readonly kind: 'key' | 'item';
  readonly column: number;
}

/** The list items and the key that a line begins with, from left to right. */
function placesOf({ text, indent }: SourceLine): PlaceInLine[] {
  const places: PlaceInLine[] = [];
  let column = indent;
  for (
    let dash = /^- +|^-$/.exec(text.slice(column));
    dash !== null;
    dash = /^- +/.exec(text.slice(column))
  ) {
    places.push({ kind: 'item', column });
    column += dash[0].length;
  }
  if (keyLength(text.slice(column)) > 0) places.push({ kind: 'key', column });
  return places;
}

/** YAML allows no longer keys. */
const keyLengthMax = 1024;

/** The length of the key that a text begins with; 0 when it begins with none. */
export function keyLength(text: string): number {
  const key = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'#{}[\],][^#]*?)(?=\s*:(?:\s|$))/;
  return key.exec(text.slice(0, keyLengthMax))?.[0].length ?? 0;
}

/** The line itself, what is deeper when it opens something, and likewise the lines after it in the same column. */
function movedLines(lines: readonly SourceLine[], index: number): SourceLine[] {
  const first = lines[index];
  if (first === undefined) return [];
  const moved = [first];
  let opens = opensBlock(first);
  for (const line of lines.slice(index + 1)) {
    if (line.text.trim() === '') continue;
    const isBeside = line.isCode && line.indent === first.indent;
    if (!isBeside && !(opens && line.indent > first.indent)) break;
    if (isBeside) opens = opensBlock(line);
    moved.push(line);
  }
  return moved;
}

/** Whether the lines below may be part of what this line begins: a key without a value, a block text, a list item. */
function opensBlock({ text }: SourceLine): boolean {
  return /:\s*(?:#.*|[|>][-+0-9]*\s*(?:#.*)?)?$|^\s*-\s/.test(text);
}
