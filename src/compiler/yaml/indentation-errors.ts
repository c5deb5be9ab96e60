// Lines that do not stand where they should. Which column is right is read off the lines around.

import type { Fix } from '../../diagnostics/diagnostic.ts';
import { keyLength } from './source-lines.ts';
import type { SourceLine, SourceLines } from './source-lines.ts';
import type { BrokenFile } from './syntax-errors.ts';
import { fixOf, inQuotes } from './yaml-finding.ts';
import type { YamlFinding } from './yaml-finding.ts';

/** A line that begins a key or item in a column where nothing else stands; `offset` is in it, or in the line end before. */
export function describeIndentation(offset: number, file: BrokenFile): YamlFinding {
  const { layout } = file;
  const index = lineFrom(layout, offset);
  const line = layout.lines[index];
  if (line === undefined) return describeAnywhere(offset, file);
  return describeTornBlock(index, line, layout) ?? describeLine(index, line, layout);
}

/** `type: object` and below it, deeper, `required: []`: the parser joined the second to the text of the first. */
export function describeJoinedKey(valueStart: number, joinedEnd: number, file: BrokenFile): YamlFinding {
  const { layout } = file;
  const index = layout.indexAt(Math.max(valueStart, joinedEnd - 1));
  const line = layout.lines[index];
  if (line === undefined) return describeAnywhere(valueStart, file);
  const value = layout.lines[layout.indexAt(valueStart)];
  return {
    ...describeLine(index, line, layout),
    ...(value && {
      labels: [
        {
          start: valueStart,
          end: value.end,
          message: 'a value on the line of its key has no parts below it',
        },
      ],
    }),
  };
}

/** A blank line with more spaces than the text below it, at the beginning of a block text. */
export function describeDeepBlankLine(offset: number, { source, layout }: BrokenFile): YamlFinding {
  const first = layout.indexAt(offset);
  let index = first - 1;
  const isBlank = (at: number): boolean => layout.lines[at]?.text.trim() === '';
  while (isBlank(index) && (layout.lines[index]?.indent ?? 0) <= (layout.lines[first]?.indent ?? 0)) index--;
  const line = layout.lines[isBlank(index) ? index : first];
  const [start, end] = line === undefined ? [offset, offset] : [line.start, line.end];
  return {
    code: 'yaml/indentation',
    message: 'This blank line is indented deeper than the text that follows it.',
    start,
    end,
    help: ['remove its spaces'],
    ...(line?.text.trim() === '' && {
      fixes: [fixOf('Remove the spaces.', 'safe', source.path, [start, end], '')],
    }),
  };
}

function lineFrom(layout: SourceLines, offset: number): number {
  let index = layout.indexAt(offset);
  while (layout.lines[index]?.isCode === false && index + 1 < layout.lines.length) index++;
  return index;
}

function describeAnywhere(offset: number, { text }: BrokenFile): YamlFinding {
  const start = Math.min(offset, text.length);
  return {
    code: 'yaml/indentation',
    message: 'This line is not indented like the lines beside it.',
    start,
    end: start,
    help: [sameHelp('key')],
  };
}

/** A line of a block text that is indented less than the lines above it. */
function describeTornBlock(index: number, line: SourceLine, layout: SourceLines): YamlFinding | undefined {
  let above = index - 1;
  while (layout.lines[above]?.text.trim() === '') above--;
  const text = layout.lines[above];
  if (
    text === undefined ||
    text.isCode ||
    text.text.trimStart().startsWith('#') ||
    text.indent <= line.indent
  )
    return undefined;
  const [column = 0] = layout.columnsAbove(index, 'key');
  if (line.indent <= column) return undefined;
  const first = layout.lines[firstOfBlock(above, layout)] ?? text;
  return {
    code: 'yaml/indentation',
    message: `This line is indented by ${spaces(line.indent)}; the text above it, which it would be part of, by ${first.indent}.`,
    start: line.start + line.indent,
    end: line.end,
    labels: [{ start: first.start + first.indent, end: first.end, message: 'the text begins here' }],
    help: ['indent every line of the text at least as far as its first line'],
    fixes: [fix(layout.move(index, first.indent), true)],
  };
}

function firstOfBlock(last: number, layout: SourceLines): number {
  let first = last;
  while (layout.lines[first - 1]?.isCode === false) first--;
  while (layout.lines[first]?.text.trim() === '' && first < last) first++;
  return first;
}

function describeLine(index: number, line: SourceLine, layout: SourceLines): YamlFinding {
  const { text, indent, start } = line;
  const kind = /^-(\s|$)/.test(text.slice(indent)) ? 'item' : 'key';
  const length = kind === 'item' ? 1 : keyLength(text.slice(indent));
  const shown =
    kind === 'item'
      ? 'This list item'
      : inQuotes(text.slice(indent, length > 0 ? indent + length : undefined));
  const target = targetColumn(index, indent, kind, layout);
  return {
    code: 'yaml/indentation',
    message: `${shown} is indented by ${spaces(indent)}; the ${kind}s beside it ${target === undefined ? 'are not' : `by ${target.column}`}.`,
    start: start + indent,
    end: length === 0 ? line.end : start + indent + length,
    help: [sameHelp(kind)],
    ...(target && { fixes: [fix(layout.move(index, target.column), target.isPlain)] }),
  };
}

/** The nearest column in which something of the kind stands; plain when no other is as near, or the next line agrees. */
function targetColumn(
  index: number,
  indent: number,
  kind: 'key' | 'item',
  layout: SourceLines,
): { readonly column: number; readonly isPlain: boolean } | undefined {
  const distanceTo = (column: number): number => Math.abs(column - indent);
  const columns = layout.columnsAbove(index, kind).filter((column) => column !== indent);
  const least = Math.min(...columns.map(distanceTo));
  const [column, other] = columns.filter((each) => distanceTo(each) === least);
  if (column === undefined) return undefined;
  const next = layout.lines.slice(index + 1).find(({ isCode }) => isCode);
  const innermost = Math.max(...columns);
  return { column, isPlain: other === undefined || next?.indent === column || column === innermost };
}

function fix(edits: Fix['edits'], isPlain: boolean): Fix {
  return { message: 'Align it.', safety: isPlain ? 'safe' : 'maybe', edits };
}

function sameHelp(kind: 'key' | 'item'): string {
  return `give the ${kind}s of one ${kind === 'key' ? 'map' : 'list'} the same indentation`;
}

function spaces(count: number): string {
  return `${count} space${count === 1 ? '' : 's'}`;
}
