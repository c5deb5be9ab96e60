// Where suppressions stand in a file, what they name, and which lines they are about.

import type { Source, SourceSpan } from '../diagnostics/diagnostic.ts';

export interface SuppressionComment {
  /** `capstan-ignore-next-line`, or what somebody took for it. */
  readonly word: string;
  readonly code: string;
  readonly reason: string;
  /** The comment, from its sign on. */
  readonly span: SourceSpan;
  readonly wordSpan: SourceSpan;
  readonly codeSpan: SourceSpan;
  /** The whole line with its end, when nothing else stands on it: what goes when the comment goes. */
  readonly lineSpan: SourceSpan;
  /** Offsets of the text that it is about. */
  readonly from: number;
  readonly to: number;
}

interface Line {
  readonly start: number;
  /** Behind the line end. */
  readonly next: number;
  readonly text: string;
  /** Whether the line is a part of a block text of YAML. */
  readonly isInBlock: boolean;
}

const inYaml = /(?<=^|\s)(?<sign>#[ \t]*)(?<word>capstan-ignore[\w-]*)(?<rest>.*)$/;
const inTemplate =
  /(?<sign>\{\{~?!(?:--)?[ \t]*)(?<word>capstan-ignore[\w-]*)(?<rest>.*?)(?<closing>[ \t]*(?:--)?~?\}\})/;

export function readSuppressionComments(source: Source): SuppressionComment[] {
  if (!source.text.includes('capstan-ignore')) return [];
  const isTemplate = source.path.endsWith('.hbs');
  const lines = splitLines(source.text, isTemplate);
  return lines.flatMap((line, index) => {
    if (!line.text.includes('capstan-ignore')) return [];
    const match = (line.isInBlock ? inTemplate : inYaml).exec(line.text);
    return match === null ? [] : [readComment(source.path, match, index, lines)];
  });
}

function readComment(
  path: string,
  match: RegExpExecArray,
  index: number,
  lines: readonly Line[],
): SuppressionComment {
  const { sign = '', word = '', rest = '' } = match.groups ?? {};
  const line = lines[index] as Line;
  const start = line.start + match.index;
  const wordStart = start + sign.length;
  const {
    gap = '',
    code = '',
    reason = '',
  } = /^(?<gap>[ \t]*)(?<code>[^\s:]*)[ \t]*:?[ \t]*(?<reason>.*)$/.exec(rest)?.groups ?? {};
  const codeStart = wordStart + word.length + gap.length;
  const end = start + match[0].trimEnd().length;
  const isAlone =
    line.text.slice(0, match.index).trim() === '' && line.start + line.text.trimEnd().length === end;
  const span = (from: number, to: number): SourceSpan => ({ path, start: from, end: to });
  return {
    word,
    code,
    reason: reason.trim(),
    span: span(start, end),
    wordSpan: span(wordStart, wordStart + word.length),
    codeSpan: span(codeStart, codeStart + code.length),
    lineSpan: isAlone ? span(line.start, line.next) : span(start, end),
    ...(line.isInBlock ? nextTextLine(index, lines) : nextCode(index, lines)),
  };
}

/** In a template: the line after the comment, other comments of the kind left out. */
function nextTextLine(index: number, lines: readonly Line[]): { from: number; to: number } {
  const line = lines.slice(index + 1).find(({ text }) => !text.includes('capstan-ignore'));
  return { from: line?.start ?? Infinity, to: line?.next ?? Infinity };
}

/** In YAML: the line after the comment, and the deeper lines that belong to it: a key with all that it holds. */
function nextCode(index: number, lines: readonly Line[]): { from: number; to: number } {
  let first = index + 1;
  while (/^\s*(?:#|$)/.test(lines[first]?.text ?? 'end')) first++;
  const line = lines[first];
  if (line === undefined) return { from: Infinity, to: Infinity };
  const indent = indentOf(line.text);
  let last = first;
  while (last + 1 < lines.length && isWithin(lines[last + 1]?.text ?? '', indent)) last++;
  return { from: line.start, to: lines[last]?.next ?? Infinity };
}

function isWithin(text: string, indent: number): boolean {
  return text.trim() === '' || indentOf(text) > indent;
}

function indentOf(text: string): number {
  return /^ */.exec(text)?.[0].length ?? 0;
}

/** A key or item whose text is a block below it. */
const blockHeader = /(?:^|[:-]\s+)[|>][-+0-9]{0,2}\s*(?:\s#.*)?$/;

function splitLines(text: string, isTemplate: boolean): Line[] {
  const lines: Line[] = [];
  let block: number | undefined;
  for (const match of text.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)) {
    if (match[0] === '') break;
    const line = match[0].replace(/[\r\n]+$/, '');
    if (block !== undefined && !isWithin(line, block)) block = undefined;
    lines.push({
      start: match.index,
      next: match.index + match[0].length,
      text: line,
      isInBlock: isTemplate || block !== undefined,
    });
    if (block === undefined && blockHeader.test(line)) block = keyColumn(line);
  }
  return lines;
}

/** The column of the key that a line begins with, behind the dashes of a list. */
function keyColumn(line: string): number {
  return /^ *(?:- +)*/.exec(line)?.[0].length ?? 0;
}
