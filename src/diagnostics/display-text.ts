// How source text looks in a terminal: tabs as spaces, wide characters as two columns, nothing that could steer the
// terminal or hide from the reader.

const tabWidth = 4;

export interface DisplayedLine {
  readonly text: string;
  /** The display column (from 0) of each UTF-16 offset of the line, and of its end. */
  columnOf(offset: number): number;
}

/** Lays out one line of source text for a terminal. */
export function displayLine(line: string): DisplayedLine {
  const columns: number[] = [];
  let text = '';
  let column = 0;
  for (const character of line) {
    const shown = character === '\t' ? ' '.repeat(tabWidth - (column % tabWidth)) : visible(character);
    for (let unit = 0; unit < character.length; unit++) columns.push(column);
    text += shown;
    column += displayWidth(shown);
  }
  columns.push(column);
  return { text, columnOf: (offset) => columns[Math.max(0, Math.min(offset, line.length))] ?? column };
}

/** One line of prose that may hold pieces of a source: no line ends, no control characters. */
export function displayProse(text: string): string {
  let shown = '';
  for (const character of text.replace(/\s*[\r\n]+\s*/g, ' ')) {
    shown += character === '\t' ? ' ' : visible(character);
  }
  return shown;
}

/** Columns that a text takes in a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character.codePointAt(0) ?? 0);
  return width;
}

/** Control, direction and zero-width characters by their number, everything else as it is. */
function visible(character: string): string {
  return steering.test(character) ? `<${codePointName(character)}>` : character;
}

/** `U+202E` for a character. */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

// C0 and C1 controls, lone surrogates, line and paragraph separators, bidirectional controls, zero-width space, BOM.
const steering = /[\p{Cc}\p{Cs}\u{200B}\u{200E}\u{200F}\u{2028}-\u{202E}\u{2066}-\u{2069}\u{FEFF}]/u;

const zeroWidth = /^(?:\p{Mn}|\p{Me}|\u{200C}|\u{200D}|[\u{FE00}-\u{FE0F}])$/u;

// East Asian wide and full-width forms, and emoji that terminals draw two columns wide.
const wide =
  /^[\u{1100}-\u{115F}\u{2E80}-\u{303E}\u{3041}-\u{33FF}\u{3400}-\u{4DBF}\u{4E00}-\u{9FFF}\u{A000}-\u{A4CF}\u{A960}-\u{A97F}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FE30}-\u{FE6F}\u{FF00}-\u{FF60}\u{FFE0}-\u{FFE6}\u{1B000}-\u{1B2FF}\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]$|^\p{Emoji_Presentation}$/u;

function characterWidth(codePoint: number): number {
  if (codePoint < 0x300) return 1;
  const character = String.fromCodePoint(codePoint);
  if (zeroWidth.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
