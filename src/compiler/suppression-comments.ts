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
  const reaches = { text: reachInText(lines), code: reachInCode(lines) };
  return lines.flatMap((line, index) => {
    if (!line.text.includes('capstan-ignore')) return [];
    const match = (line.isInBlock ? inTemplate : inYaml).exec(line.text);
    return match === null ? [] : [readComment(source.path, match, index, lines, reaches)];
  });
}

function readComment(
  path: string,
  match: RegExpExecArray,
  index: number,
  lines: readonly Line[],
  reaches: { readonly text: readonly Reach[]; readonly code: readonly Reach[] },
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
    ...((line.isInBlock ? reaches.text : reaches.code)[index] ?? nothing),
  };
}

type Reach = Pick<SuppressionComment, 'from' | 'to'>;

const nothing: Reach = { from: Infinity, to: Infinity };

/** For a comment in a template, by its line: the line after it, other comments of the kind left out. */
function reachInText(lines: readonly Line[]): Reach[] {
  const reaches: Reach[] = [];
  let next = nothing;
  for (const [index, line] of [...lines.entries()].reverse()) {
    reaches[index] = next;
    if (!line.text.includes('capstan-ignore')) next = { from: line.start, to: line.next };
  }
  return reaches;
}

/** For a comment in YAML, by its line: the key or item after it, and the deeper lines that belong to that. */
function reachInCode(lines: readonly Line[]): Reach[] {
  const reaches: Reach[] = [];
  /** The lines below that are not deeper than those above them, the nearest last. */
  const ends: { readonly indent: number; readonly start: number }[] = [];
  let next = nothing;
  for (const [index, line] of [...lines.entries()].reverse()) {
    reaches[index] = next;
    if (line.text.trim() === '') continue;
    const indent = indentOf(line.text);
    while ((ends.at(-1)?.indent ?? -1) > indent) ends.pop();
    const end = ends.at(-1)?.start ?? lines.at(-1)?.next ?? Infinity;
    if (!/^\s*#/.test(line.text)) next = { from: line.start, to: end };
    ends.push({ indent, start: line.start });
  }
  return reaches;
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
