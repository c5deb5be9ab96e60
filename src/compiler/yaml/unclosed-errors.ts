// Quotes and brackets that are never closed: what is wrong is the opening sign; where the parser gave up is a label.

import { endOfLine } from './quote-text.ts';
import type { BrokenFile } from './syntax-errors.ts';
import { describeTemplate, templateValueAt } from './template-values.ts';
import { fixOf } from './yaml-finding.ts';
import type { YamlFinding } from './yaml-finding.ts';

type OpeningSign = '"' | "'" | '[' | '{';

const closingSigns: Record<OpeningSign, string> = { '"': '"', "'": "'", '[': ']', '{': '}' };

/** What a message of the parser says of a map or list on one line; undefined when it is about something else. */
export function describeUnclosedFlow(
  message: string,
  noticed: number,
  file: BrokenFile,
): YamlFinding | undefined {
  if (/end with a \]|Expected flow sequence to end/.test(message))
    return describeUnclosed('[', noticed, file);
  if (/end with a \}|Expected flow map to end/.test(message)) return describeUnclosed('{', noticed, file);
  return undefined;
}

export function describeUnclosed(opening: OpeningSign, noticed: number, file: BrokenFile): YamlFinding {
  const { source, text, layout } = file;
  const gaveUp = Math.min(noticed, Math.max(0, text.trimEnd().length - 1));
  const start = openSign(opening, noticed, file) ?? gaveUp;
  const line = layout.lines[layout.indexAt(start)];
  const template = line && templateValueAt(text, line.start, start);
  if (template !== undefined) return describeTemplate(template, source).finding;
  const isQuote = opening === '"' || opening === "'";
  const closing = closingSigns[opening];
  const lineEnd = endOfLine(text, start);
  const comment = isQuote ? -1 : text.slice(start, lineEnd).search(/\s#/);
  const end = start + text.slice(start, lineEnd).trimEnd().length;
  const isOneOpen = isQuote || !/[\]}]/.test(text.slice(start, end));
  const close = opening === '{' && text.charAt(start + 1) === ' ' ? ' }' : closing;
  return {
    code: isQuote ? 'yaml/unclosed-quote' : 'yaml/unclosed-bracket',
    message: `This ${isQuote ? 'quote' : 'bracket'} is never closed.`,
    start,
    end: Math.min(start + 1, text.length),
    ...(gaveUp > lineEnd && {
      labels: [{ start: gaveUp, end: gaveUp + 1, message: 'YAML gives up looking for its end here' }],
    }),
    help: [
      comment < 0
        ? `close it with ${closing}`
        : `"#" after a space begins a comment, so a ${closing} behind it does not count; put the text in quotes`,
    ],
    ...(comment < 0 &&
      isOneOpen && {
        fixes: [fixOf('Close it at the end of the line.', 'maybe', source.path, [end, end], close)],
      }),
  };
}

/** The last such sign before the place where the parser noticed. */
function openSign(opening: OpeningSign, noticed: number, { unclosed }: BrokenFile): number | undefined {
  return unclosed.findLast(({ text, start }) => text === opening && start <= noticed)?.start;
}
