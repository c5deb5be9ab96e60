// How a text without quotes becomes one in quotes: what it reaches to, how it is written, and the fix that does it.

import type { Fix, SourceSpan } from '../../diagnostics/diagnostic.ts';

/** The text as a scalar in quotes, in the style that needs the fewest escapes. */
export function quoteScalar(text: string): string {
  if (!/["\\]/.test(text)) return `"${text}"`;
  if (!text.includes("'")) return `'${text}'`;
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

export function quoteFix(
  text: string,
  { path, start, end }: SourceSpan,
  safety: Fix['safety'] = 'safe',
): Fix {
  return {
    message: 'Quote the text.',
    safety,
    edits: [{ span: { path, start, end }, text: quoteScalar(text.slice(start, end)) }],
  };
}

/** Where a text that begins at `start` was meant to end: with its line, or with its place in a map or list on one line. */
export function meantTextEnd(text: string, start: number): number {
  const line = text.slice(start, endOfLine(text, start));
  const length = isInBrackets(text, start) ? bracketedLength(line) : withoutComment(line).length;
  return start + line.slice(0, length).trimEnd().length;
}

/** Enough for a line that somebody wrote. */
const lookBehindMax = 2_000;

/** Whether a place stands inside brackets that its own line has opened. */
export function isInBrackets(text: string, offset: number): boolean {
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const before = text
    .slice(Math.max(lineStart, offset - lookBehindMax), offset)
    .replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '');
  let depth = 0;
  for (const sign of before) {
    if (sign === '{' || sign === '[') depth++;
    if (sign === '}' || sign === ']') depth--;
  }
  return depth > 0;
}

export function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 10 || unit === 13) return at;
  }
  return text.length;
}

function withoutComment(line: string): string {
  return line.replace(/\s#.*$/, '');
}

/** Up to the comma or bracket that ends the item; those inside `{{…}}` do not count. */
function bracketedLength(line: string): number {
  for (let at = 0; at < line.length; at++) {
    const closing = line.startsWith('{{', at) ? line.indexOf('}}', at) : -1;
    if (closing > 0) at = closing + 1;
    else if (/[,\]}]/.test(line.charAt(at))) return at;
  }
  return line.length;
}
