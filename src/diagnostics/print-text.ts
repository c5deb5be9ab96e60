// Draws diagnostics for people, in the shape that rustc made known: header, place, source lines with markers, notes.

import { concealSecrets } from './conceal-secrets.ts';
import type { Diagnostic, Severity, Source, SourceSpan } from './diagnostic.ts';
import { displayLine, displayProse } from './display-text.ts';
import type { LineIndex } from './line-index.ts';
import { createLineIndex } from './line-index.ts';
import { countDiagnostics } from './order-diagnostics.ts';

export interface TextOptions {
  readonly color?: boolean;
  /** Source lines shown before and after each marked line. */
  readonly contextLines?: number;
  /** Longer source lines are cut around what is marked. */
  readonly columnsMax?: number;
}

const defaultColumnsMax = 160;

interface Mark {
  readonly start: number;
  readonly end: number;
  readonly isPrimary: boolean;
  readonly message: string;
}

interface Pen {
  (style: keyof typeof styles, text: string): string;
}

/** Draws all diagnostics, a blank line between them, each ending in a line end. Nothing for none. */
export function printText(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  options: TextOptions = {},
): string {
  const indexOf = createIndexLookup(concealSecrets(sources, diagnostics));
  return diagnostics.map((diagnostic) => `${drawDiagnostic(diagnostic, indexOf, options)}\n`).join('\n');
}

/** The closing line of a run: `2 errors, 1 warning`; empty for none. */
export function printSummary(diagnostics: readonly Diagnostic[]): string {
  const counts = countDiagnostics(diagnostics);
  const words: [number, string][] = [
    [counts.error, 'error'],
    [counts.deny, 'denied finding'],
    [counts.warning, 'warning'],
  ];
  return words
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}${count === 1 ? '' : 's'}`)
    .join(', ');
}

function drawDiagnostic(diagnostic: Diagnostic, indexOf: IndexLookup, options: TextOptions): string {
  const pen = options.color === true ? colorPen : plainPen;
  const frames = framesOf(diagnostic);
  const gutter = ' '.repeat(gutterWidth(frames, indexOf, options));
  const header = `${pen(diagnostic.severity, `${diagnostic.severity}[${diagnostic.code}]`)}${pen('bold', `: ${displayProse(diagnostic.message)}`)}`;
  const drawn = frames.flatMap((frame, number) =>
    drawFrame(frame, number === 0 ? '-->' : ':::', gutter, diagnostic.severity, indexOf, options, pen),
  );
  const remarks = [
    ...(diagnostic.notes ?? []).map((note) => `note: ${displayProse(note)}`),
    ...(diagnostic.help ?? []).map((help) => `help: ${displayProse(help)}`),
  ].map((remark) => `${gutter} ${pen('frame', '=')} ${remark}`);
  const ruler = remarks.length > 0 && drawn.length > 1 ? [`${gutter} ${pen('frame', '|')}`] : [];
  return [header, ...drawn, ...ruler, ...remarks].join('\n');
}

// -- what is shown of which file

interface Frame {
  readonly path: string;
  readonly place: SourceSpan;
  readonly marks: readonly Mark[];
}

/** One frame per file: the one of the primary span first, the others in the order of the labels. */
function framesOf(diagnostic: Diagnostic): Frame[] {
  const primary: Mark = { ...diagnostic.span, isPrimary: true, message: diagnostic.label ?? '' };
  const frames = new Map<string, { path: string; place: SourceSpan; marks: Mark[] }>();
  frames.set(diagnostic.span.path, { path: diagnostic.span.path, place: diagnostic.span, marks: [primary] });
  for (const label of diagnostic.labels ?? []) {
    const mark: Mark = { ...label.span, isPrimary: false, message: label.message };
    const frame = frames.get(label.span.path);
    if (frame) frame.marks.push(mark);
    else frames.set(label.span.path, { path: label.span.path, place: label.span, marks: [mark] });
  }
  return [...frames.values()];
}

function drawFrame(
  frame: Frame,
  arrow: string,
  gutter: string,
  severity: Severity,
  indexOf: IndexLookup,
  options: TextOptions,
  pen: Pen,
): string[] {
  const index = indexOf(frame.path);
  const path = displayProse(frame.path);
  if (index === undefined) return [`${gutter}${pen('frame', arrow)} ${path}`];
  const place = index.positionOf(frame.place.start);
  const head = `${gutter}${pen('frame', arrow)} ${path}:${place.line}:${place.column}`;
  const bar = pen('frame', '|');
  const rows = shownLines(frame, index, options).flatMap((line, position, lines) => {
    const previous = lines[position - 1];
    const gap = previous !== undefined && line > previous + 1 ? [pen('frame', '...')] : [];
    const number = pen('frame', String(line).padStart(gutter.length));
    const { source, markers } = drawLine(line, frame, index, severity, options, pen);
    return [
      ...gap,
      `${number} ${bar}${source === '' ? '' : ` ${source}`}`,
      ...markers.map((row) => `${gutter} ${bar} ${row}`),
    ];
  });
  return [head, `${gutter} ${bar}`, ...rows];
}

/** Every marked line with its context; a gap of a single line is filled, so that `...` always stands for more than one. */
function shownLines(frame: Frame, index: LineIndex, options: TextOptions): number[] {
  const context = options.contextLines ?? 0;
  const lines = new Set<number>();
  for (const mark of frame.marks) {
    const { line } = index.positionOf(mark.start);
    for (let near = line - context; near <= line + context; near++) {
      if (near === line || (near >= 1 && near <= index.lineCount)) lines.add(near);
    }
  }
  const sorted = [...lines].sort((left, right) => left - right);
  const filled = sorted.flatMap((line, position) =>
    sorted[position + 1] === line + 2 ? [line, line + 1] : [line],
  );
  return filled;
}

function gutterWidth(frames: readonly Frame[], indexOf: IndexLookup, options: TextOptions): number {
  const numbers = frames.flatMap((frame) => {
    const index = indexOf(frame.path);
    return index === undefined ? [] : shownLines(frame, index, options);
  });
  return Math.max(1, ...numbers.map((line) => String(line).length));
}

// -- one line and the marks on it

interface PlacedMark extends Mark {
  readonly from: number;
  readonly to: number;
}

function drawLine(
  line: number,
  frame: Frame,
  index: LineIndex,
  severity: Severity,
  options: TextOptions,
  pen: Pen,
): { source: string; markers: string[] } {
  const start = index.lineStart(line);
  const text = index.lineText(line);
  const onLine = frame.marks.filter((mark) => index.positionOf(mark.start).line === line);
  const view = cutAround(text, onLine[0] === undefined ? 0 : onLine[0].start - start, options);
  const displayed = displayLine(view.text);
  const placed = onLine.map((mark): PlacedMark => {
    const from = view.columns + displayed.columnOf(mark.start - start - view.from);
    const to = view.columns + displayed.columnOf(Math.min(mark.end, start + text.length) - start - view.from);
    return { ...mark, from, to: Math.max(to, from + 1) };
  });
  const source = `${view.prefix}${displayed.text}${view.suffix}`.trimEnd();
  return { source, markers: drawMarks(placed, severity, pen) };
}

/** A very long line is shown from a little before the mark on. */
function cutAround(text: string, offset: number, options: TextOptions) {
  const columnsMax = options.columnsMax ?? defaultColumnsMax;
  if (text.length <= columnsMax) return { text, from: 0, prefix: '', suffix: '', columns: 0 };
  const wanted = Math.max(0, Math.min(offset - Math.floor(columnsMax / 4), text.length - columnsMax));
  const from = wholeCharacter(text, wanted);
  const to = wholeCharacter(text, from + columnsMax);
  return {
    text: text.slice(from, to),
    from,
    prefix: from > 0 ? '…' : '',
    suffix: to < text.length ? '…' : '',
    columns: from > 0 ? 1 : 0,
  };
}

/** Never between the halves of a surrogate pair. */
function wholeCharacter(text: string, offset: number): number {
  const unit = text.charCodeAt(offset);
  return unit >= 0xdc00 && unit <= 0xdfff ? offset - 1 : offset;
}

/**
 * The rows under a source line: first all markers, with the message of the rightmost beside it; then, for each other
 * message from right to left, a row of connectors and the message under its marker.
 */
function drawMarks(marks: readonly PlacedMark[], severity: Severity, pen: Pen): string[] {
  if (marks.length === 0) return [];
  const byColumn = [...marks].sort(
    (left, right) => left.from - right.from || Number(right.isPrimary) - Number(left.isPrimary),
  );
  const last = byColumn.at(-1);
  const reach = Math.max(...marks.map((mark) => mark.to));
  const isBeside = last !== undefined && last.to === reach && countAt(marks, last.from) === 1;
  const waiting = byColumn.filter((mark) => mark.message !== '' && !(isBeside && mark === last));
  const beside =
    isBeside && last.message !== '' ? ` ${styled(last, displayProse(last.message), severity, pen)}` : '';
  const rows = [`${drawMarkers(marks, severity, pen)}${beside}`];
  for (let left = waiting.length - 1; left >= 0; left--) {
    const mark = waiting[left];
    if (mark === undefined) continue;
    const open = waiting.slice(0, left + 1);
    if (left === waiting.length - 1) rows.push(drawConnectors(open, severity, pen));
    const before = drawConnectors(
      open.slice(0, -1).filter((other) => other.from < mark.from),
      severity,
      pen,
    );
    const width = Math.max(
      -1,
      ...open
        .slice(0, -1)
        .filter((other) => other.from < mark.from)
        .map((other) => other.from),
    );
    rows.push(
      `${before}${' '.repeat(mark.from - width - 1)}${styled(mark, displayProse(mark.message), severity, pen)}`,
    );
  }
  return rows;
}

function countAt(marks: readonly PlacedMark[], column: number): number {
  return marks.filter((mark) => mark.from === column).length;
}

function drawMarkers(marks: readonly PlacedMark[], severity: Severity, pen: Pen): string {
  const width = Math.max(...marks.map((mark) => mark.to));
  const cells: string[] = Array.from({ length: width }, () => ' ');
  const fill = (mark: PlacedMark): void => {
    const sign = styled(mark, mark.isPrimary ? '^' : '-', severity, pen);
    for (let column = mark.from; column < mark.to; column++) cells[column] = sign;
  };
  for (const mark of marks) if (!mark.isPrimary) fill(mark);
  for (const mark of marks) if (mark.isPrimary) fill(mark);
  return cells.join('');
}

function drawConnectors(marks: readonly PlacedMark[], severity: Severity, pen: Pen): string {
  let row = '';
  let column = 0;
  for (const mark of marks) {
    if (mark.from < column) continue;
    row += `${' '.repeat(mark.from - column)}${styled(mark, '|', severity, pen)}`;
    column = mark.from + 1;
  }
  return row;
}

function styled(mark: PlacedMark, text: string, severity: Severity, pen: Pen): string {
  return pen(mark.isPrimary ? severity : 'frame', text);
}

// -- sources and colours

type IndexLookup = (path: string) => LineIndex | undefined;

function createIndexLookup(sources: readonly Source[]): IndexLookup {
  const texts = new Map(sources.map((source) => [source.path, source.text]));
  const known = new Map<string, LineIndex>();
  return (path) => {
    const text = texts.get(path);
    if (text === undefined) return undefined;
    const index = known.get(path) ?? createLineIndex(text);
    known.set(path, index);
    return index;
  };
}

const styles = {
  error: '1;31',
  deny: '1;31',
  warning: '1;33',
  info: '1;36',
  frame: '1;34',
  bold: '1',
} as const;

const plainPen: Pen = (_style, text) => text;
const colorPen: Pen = (style, text) => `\u001b[${styles[style]}m${text}\u001b[0m`;
