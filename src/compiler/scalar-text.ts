// From offsets in a YAML text value back to offsets in the file. Exact for block literals (`|`), for plain and quoted
// text on one line; for folded text a place is found when its words occur once, else the whole value stands for it.

export interface ScalarText {
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
  readonly value: string;
  /** The text in the file: with quotes; without the header line of a block. */
  readonly raw: string;
  /** Where `raw` begins in the file. */
  readonly offset: number;
  /** Where the whole value stands, its header line included. */
  readonly range: readonly [number, number];
}

/** The place in the file of `value.slice(start, end)`. */
export function spanInScalar(text: ScalarText, start: number, end: number): readonly [number, number] {
  const map = knownMap(text);
  if (map === undefined) return searchInRaw(text, start, end);
  const from = map(start);
  // The end of a non-empty range is the place after its last character, not the place of the next one.
  // A block text ends with a line end even where the file does not.
  const fileEnd = text.offset + text.raw.length;
  const to = end > start ? Math.min(map(end - 1) + 1, fileEnd) : from;
  return [from, Math.max(from, to)];
}

type OffsetMap = (offset: number) => number;

const maps = new WeakMap<ScalarText, { readonly map: OffsetMap | undefined }>();

/** Made once for a text, however many places in it are asked for. */
function knownMap(text: ScalarText): OffsetMap | undefined {
  const known = maps.get(text) ?? { map: offsetMap(text) };
  maps.set(text, known);
  return known.map;
}

function offsetMap(text: ScalarText): OffsetMap | undefined {
  if (text.style === 'literal') return literalMap(text);
  if (text.style === 'folded') return undefined;
  if (text.style === 'plain') return text.raw === text.value ? (offset) => text.offset + offset : undefined;
  const inner = text.raw.slice(1, -1);
  if (inner === text.value) return (offset) => text.offset + 1 + offset;
  if (/[\r\n]/.test(inner)) return undefined;
  return escapeMap(text, text.style === 'single' ? singleQuotedPieces : doubleQuotedPieces);
}

/** Line by line: every line of the value is a line of the file without its indentation. */
function literalMap(text: ScalarText): OffsetMap {
  const valueStarts = lineStarts(text.value);
  const rawStarts = lineStarts(text.raw);
  const indent = literalIndent(text, valueStarts, rawStarts);
  return (offset) => {
    const line = lineAt(valueStarts, offset);
    const rawStart = rawStarts[line] ?? text.raw.length;
    const rawEnd = rawStarts[line + 1] ?? text.raw.length;
    const column = offset - (valueStarts[line] ?? 0);
    return text.offset + Math.min(rawStart + indent + column, Math.max(rawStart, rawEnd));
  };
}

/** What was cut from each line: the difference that the first line with text on it shows. */
function literalIndent(
  text: ScalarText,
  valueStarts: readonly number[],
  rawStarts: readonly number[],
): number {
  for (const [line, start] of valueStarts.entries()) {
    const shown = lineOf(text.value, valueStarts, line, start);
    if (shown.trim() === '') continue;
    return Math.max(0, lineOf(text.raw, rawStarts, line, rawStarts[line] ?? 0).length - shown.length);
  }
  return 0;
}

function lineOf(text: string, starts: readonly number[], line: number, start: number): string {
  return text.slice(start, starts[line + 1] ?? text.length).replace(/\r?\n$/, '');
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

const singleQuotedPieces = /''|[^]/g;
const doubleQuotedPieces = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^])|[^]/g;

/** Walks the pieces of a quoted text; each piece is one character of the value, or two for `\U` above the first plane. */
function escapeMap(text: ScalarText, pieces: RegExp): OffsetMap {
  const offsets: number[] = [];
  let at = text.offset + 1;
  for (const [piece] of text.raw.slice(1, -1).matchAll(pieces)) {
    offsets.push(at);
    if (piece.startsWith('\\U') && Number.parseInt(piece.slice(2), 16) > 0xffff) offsets.push(at);
    at += piece.length;
  }
  return (offset) => offsets[offset] ?? at;
}

function searchInRaw(text: ScalarText, start: number, end: number): readonly [number, number] {
  const wanted = text.value.slice(start, end);
  const first = wanted === '' ? -1 : text.raw.indexOf(wanted);
  const isUnique = first >= 0 && text.raw.indexOf(wanted, first + 1) < 0;
  return isUnique ? [text.offset + first, text.offset + first + wanted.length] : text.range;
}
