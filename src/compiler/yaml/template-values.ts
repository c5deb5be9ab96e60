// `content: {{name}}`: a template without quotes, which YAML reads as a map whose key is a map.

import type { Source } from '../../diagnostics/diagnostic.ts';
import { meantTextEnd, quoteFix } from './quote-text.ts';
import { inQuotes } from './yaml-finding.ts';
import type { YamlFinding } from './yaml-finding.ts';

/** Where on the line from `lineStart` a value begins with `{{`, when that is at or before `before`. */
export function templateValueAt(text: string, lineStart: number, before: number): number | undefined {
  for (let at = text.indexOf('{{', lineStart); at >= 0 && at <= before; at = text.indexOf('{{', at + 1)) {
    if (/[\r\n]/.test(text.slice(lineStart, at))) return undefined;
    if (/^\s*$|[:\-,[]\s+$|^\s*- *$|[[,{]$/.test(text.slice(Math.max(lineStart, at - valueGapMax), at)))
      return at;
  }
  return undefined;
}

/** Nobody writes more spaces between a key and its value. */
const valueGapMax = 100;

export function describeTemplate(
  start: number,
  { path, text }: Source,
): { readonly finding: YamlFinding; readonly recovers: boolean } {
  const end = Math.max(start + 2, meantTextEnd(text, start));
  const value = text.slice(start, end);
  const goesOn = continuesBelow(text, start, end);
  return {
    finding: {
      code: 'yaml/template-as-map',
      message: `YAML reads ${inQuotes(value)} as a map, not as text.`,
      start,
      end,
      help: ['put it in quotes, or use a block: write | after the colon and the text on the next line'],
      ...(!goesOn && { fixes: [quoteFix(text, { path, start, end })] }),
    },
    // A "#" begins a comment for the parser, which then looks for the closing brackets on the lines below.
    recovers: !goesOn && !value.includes('#') && value.lastIndexOf('{{') < value.lastIndexOf('}}'),
  };
}

/** Whether the next line is indented deeper than the key or item of the value, and so meant as a part of it. */
function continuesBelow(text: string, start: number, end: number): boolean {
  const lineStart = Math.max(text.lastIndexOf('\n', start), text.lastIndexOf('\r', start)) + 1;
  const column = /^ *(?:- +)*/.exec(text.slice(lineStart, start))?.[0].length ?? 0;
  const below = /^[^\r\n]*(?:\r\n|\r|\n)(?<indent> *)[^\s#]/.exec(text.slice(end, end + belowMax));
  return (below?.groups?.['indent']?.length ?? 0) > Math.min(column, start - lineStart - 1);
}

const belowMax = 400;
