// Offsets to lines and columns. Lines end at LF, CRLF or a lone CR, and a byte order mark is before the first one, as editors
// count them.

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units: what editors put in `file:line:column`. */
  readonly column: number;
}

export interface LineIndex {
  readonly lineCount: number;
  positionOf(offset: number): Position;
  /** The text of one line (from 1) without its line end; empty outside the text. */
  lineText(line: number): string;
  /** The offset at which a line begins; the end of the text when there is no such line. */
  lineStart(line: number): number;
}

export function createLineIndex(text: string): LineIndex {
  const starts = lineStarts(text);
  const positionOf = (offset: number): Position => {
    const inside = Math.max(starts[0] ?? 0, Math.min(offset, text.length));
    const line = lastAtMost(starts, inside);
    return { line: line + 1, column: inside - (starts[line] ?? 0) + 1 };
  };
  const lineStart = (line: number): number => starts[line - 1] ?? text.length;
  const lineText = (line: number): string => {
    if (line < 1 || line > starts.length) return '';
    return text.slice(lineStart(line), lineStart(line + 1)).replace(/[\r\n]+$/, '');
  };
  return { lineCount: starts.length, positionOf, lineText, lineStart };
}

function lineStarts(text: string): number[] {
  const starts = [text.startsWith('\uFEFF') ? 1 : 0];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 13 && text.charCodeAt(index + 1) === 10) continue;
    if (unit === 10 || unit === 13) starts.push(index + 1);
  }
  return starts;
}

/** The index of the last element that is not above `wanted`; the first one never is. */
function lastAtMost(sorted: readonly number[], wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
