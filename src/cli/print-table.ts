// A table of texts for a terminal: columns as wide as what they hold.

import { stripVTControlCharacters } from 'node:util';

/** Rows under a heading, two spaces between columns, the last column as long as it likes. */
export function printTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows].map((row) => row.map((cell) => cell.replaceAll(/\s+/g, ' ')));
  const widths = heading.map((_, column) =>
    Math.max(...lines.map((line) => displayWidth(line[column] ?? ''))),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => padded(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - displayWidth(cell)));
}

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of characters.segment(stripVTControlCharacters(text)))
    width += isWide(segment) ? 2 : 1;
  return width;
}

/** East Asian letters and emoji take two columns. */
function isWide(character: string): boolean {
  return /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Emoji_Presentation}/u.test(
    character,
  );
}
