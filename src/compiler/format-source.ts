// The canonical form of a declaration: keys in the order of schemas/*.schema.json, no trailing spaces, at most one blank
// line in a row, one line end at the end. Comments travel with the key below them; texts, schemas and free data stay as
// they are written. The value of the file never changes.

import capabilitySchema from '../../schemas/capability.schema.json' with { type: 'json' };
import projectSchema from '../../schemas/project.schema.json' with { type: 'json' };
import type { Source } from '../diagnostics/diagnostic.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import { childPosition, keyOrder, rootPosition } from './key-order.ts';
import type { SchemaPosition } from './key-order.ts';
import { pointerTo, valueAt } from './json-pointer.ts';
import { parse } from './parse.ts';
import { PROJECT_PATH } from './sort-sources.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** The formatted text; undefined when the file is not sound YAML of this format, which `check` says more about. */
export function formatSource(source: Source): string | undefined {
  if (!source.text.startsWith(byteOrderMark)) return formatText(source);
  const formatted = formatText({ ...source, text: source.text.slice(byteOrderMark.length) });
  return formatted === undefined ? undefined : byteOrderMark + formatted;
}

const byteOrderMark = '\uFEFF';

function formatText(source: Source): string | undefined {
  const tree = soundTree(source);
  if (tree === undefined) return undefined;
  const ordered = orderKeys(tree, rootPosition(schemaOf(source.path)));
  const reparsed = soundTree({ ...source, text: ordered });
  if (reparsed === undefined || !isSameValue(tree, reparsed)) return source.text;
  const tidied = tidyLines(reparsed);
  const result = soundTree({ ...source, text: tidied });
  return result !== undefined && isSameValue(tree, result) ? tidied : source.text;
}

function soundTree(source: Source): SyntaxTree | undefined {
  const tree = parse(source, () => undefined);
  return tree?.isSound === true ? tree : undefined;
}

/** Shared schemas have no order of keys: that of their properties means something. */
function schemaOf(path: string): object {
  if (path === PROJECT_PATH) return projectSchema;
  return path.endsWith('.cap.yaml') ? capabilitySchema : {};
}

/** Whatever the layout: the same data and the same comments. What does not come out so is not touched. */
function isSameValue(before: SyntaxTree, after: SyntaxTree): boolean {
  const commentsOf = (tree: SyntaxTree): string =>
    tree.comments
      .map(({ text }) => text.trim())
      .sort()
      .join('\n');
  return (
    canonicalJson(before.value) === canonicalJson(after.value) && commentsOf(before) === commentsOf(after)
  );
}

// -- key order

interface Entry {
  readonly key: string;
  /** Where the comments above the key begin; equal to `line` when there are none. */
  readonly lead: number;
  /** The start of the line that holds the key, or the key itself when something else precedes it there. */
  readonly line: number;
  readonly start: number;
  /** After the line end of the last line that belongs to the entry. */
  readonly end: number;
  /** What stands from the key to `end`, its own parts in order. */
  readonly body: string;
}

function orderKeys(tree: SyntaxTree, position: SchemaPosition): string {
  const { text } = tree.source;
  const start = territoryStart(tree, '');
  const territory = endOfLine(text, tree.spanOf('').end);
  return text.slice(0, start) + orderedValue(tree, '', position, territory) + text.slice(territory);
}

/** The text of a value from its territory's start to `end`, with the keys inside it in order. */
function orderedValue(tree: SyntaxTree, pointer: string, position: SchemaPosition, end: number): string {
  const { text } = tree.source;
  const start = territoryStart(tree, pointer);
  const value = valueAt(tree.value, pointer);
  if (typeof value !== 'object' || value === null) return text.slice(start, end);
  const isFlow = isFlowAt(text, tree.spanOf(pointer).start);
  if (Array.isArray(value) || isFlow) return orderedParts(tree, pointer, value, position, start, end, isFlow);
  return orderedMap(tree, pointer, value, position, start, end);
}

function isFlowAt(text: string, start: number): boolean {
  return text[start] === '{' || text[start] === '[';
}

/**
 * Where the text of a value begins. A map whose first key has a line of its own begins with that line, or, below the root,
 * with the comments right above it; what stands above the first key of a file is about the file.
 */
function territoryStart(tree: SyntaxTree, pointer: string): number {
  const { text } = tree.source;
  const { start } = tree.spanOf(pointer);
  const value = valueAt(tree.value, pointer);
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const line = startOfLine(text, start);
  if (!isMap || isFlowAt(text, start) || !isFirstOfLine(text, start)) return start;
  return pointer === '' ? line : commentsAbove(text, line);
}

function commentsAbove(text: string, line: number): number {
  let lead = line;
  while (lead > 0) {
    const above = startOfLine(text, lead - 1);
    if (!/^\s*#/.test(text.slice(above, lead))) break;
    lead = above;
  }
  return lead;
}

/** A list, or a map in braces: the parts in their places, those of a map in order. */
function orderedParts(
  tree: SyntaxTree,
  pointer: string,
  value: object,
  position: SchemaPosition,
  start: number,
  end: number,
  isFlow: boolean,
): string {
  const { text } = tree.source;
  const isList = Array.isArray(value);
  const parts = Object.keys(value)
    .map((key) => {
      const at = pointerTo(pointer, key);
      const { end: last } = tree.spanOf(at);
      const valueStart = territoryStart(tree, at);
      const from = isList ? valueStart : tree.spanOf(at, 'key').start;
      const to = isFlow ? last : endOfLine(text, last);
      const inner = childPosition(position, key, value);
      return { key, from, to, body: text.slice(from, valueStart) + orderedValue(tree, at, inner, to) };
    })
    .toSorted((left, right) => left.from - right.from);
  const hasComment = tree.comments.some((comment) => comment.start >= start && comment.start < end);
  const order = isList || hasComment ? parts : inOrder(parts, keyOrder(position, value));
  let written = '';
  let at = start;
  for (const [index, part] of parts.entries()) {
    written += text.slice(at, part.from) + (order[index]?.body ?? '');
    at = part.to;
  }
  return written + text.slice(at, end);
}

function orderedMap(
  tree: SyntaxTree,
  pointer: string,
  value: object,
  position: SchemaPosition,
  start: number,
  end: number,
): string {
  const { text } = tree.source;
  const entries = entriesOf(tree, pointer, value, position, end);
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return text.slice(start, end);
  const isInside = !isFirstOfLine(text, first.start);
  const wanted = inOrder(entries, keyOrder(position, value));
  // After `- ` there is no line for the comments of another key.
  const canMove = !isInside || wanted[0] === first || wanted[0]?.lead === wanted[0]?.line;
  const indent = ' '.repeat(first.start - startOfLine(text, first.start));
  const lineEnd = lineEndOf(text);
  const written = (canMove ? wanted : entries).map((entry, index) => {
    const comments = text.slice(entry.lead, entry.line);
    const above = index === 0 ? comments.replace(/^(?:[ \t]*\r?\n)+/, '') : comments;
    const body = entry.body.endsWith('\n') ? entry.body : entry.body + lineEnd;
    return isInside && index === 0 ? body : above + indent + body;
  });
  const joined = written.join('');
  const isEnded = text.slice(start, last.end).endsWith('\n');
  return (isEnded ? joined : joined.replace(/\r?\n$/, '')) + text.slice(last.end, end);
}

function entriesOf(
  tree: SyntaxTree,
  pointer: string,
  value: object,
  position: SchemaPosition,
  end: number,
): Entry[] {
  const { text } = tree.source;
  const keys = Object.keys(value)
    .map((key) => ({
      key,
      at: pointerTo(pointer, key),
      start: tree.spanOf(pointerTo(pointer, key), 'key').start,
    }))
    .toSorted((left, right) => left.start - right.start);
  const column = (keys[0]?.start ?? 0) - startOfLine(text, keys[0]?.start ?? 0);
  let previousEnd = keys[0]?.start ?? 0;
  return keys.map(({ key, at, start }, index): Entry => {
    const isFirst = index === 0;
    const lineStart = startOfLine(text, start);
    const isAlone = isFirstOfLine(text, start);
    const line = isAlone ? lineStart : start;
    const lead = isFirst ? (isAlone ? territoryStart(tree, pointer) : start) : previousEnd;
    const span = tree.spanOf(at);
    const own = Math.min(end, withDeeperComments(text, endOfLine(text, Math.max(span.end, start)), column));
    previousEnd = own;
    const inner = childPosition(position, key, value);
    const valueStart = Math.max(territoryStart(tree, at), start);
    return {
      key,
      lead,
      line,
      start,
      end: own,
      body: text.slice(start, valueStart) + orderedValue(tree, at, inner, own),
    };
  });
}

/** Comments that are indented more than the keys belong to what is above them. */
function withDeeperComments(text: string, from: number, column: number): number {
  let end = from;
  for (let at = from; at < text.length; at = endOfLine(text, at + 1)) {
    const next = endOfLine(text, at + 1);
    const line = text.slice(at, next);
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (line.trim() === '') continue;
    if (line[indent] !== '#' || indent <= column) break;
    end = next;
  }
  return end;
}

/** Known keys in their order, then the others as they are. */
function inOrder<T extends { readonly key: string }>(entries: readonly T[], order: readonly string[]): T[] {
  const rankOf = ({ key }: T): number => {
    const rank = order.indexOf(key);
    return rank < 0 ? order.length : rank;
  };
  return entries.toSorted((left, right) => rankOf(left) - rankOf(right));
}

/** After the line end of the line that holds the character before `offset`. */
function endOfLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

function isFirstOfLine(text: string, offset: number): boolean {
  return text.slice(startOfLine(text, offset), offset).trim() === '';
}

function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

// -- lines

/** What most lines end with: one line that was pasted from elsewhere does not turn the whole file around. */
function lineEndOf(text: string): string {
  const feeds = text.match(/\n/g)?.length ?? 0;
  const withReturn = text.match(/\r\n/g)?.length ?? 0;
  return withReturn * 2 > feeds ? '\r\n' : '\n';
}

/** Trailing spaces, blank lines in a row and the end of the file; texts over several lines are left alone. */
function tidyLines(tree: SyntaxTree): string {
  const { text } = tree.source;
  const lineEnd = lineEndOf(text);
  const texts = multilineTexts(tree);
  let next = 0;
  let wasBlank = true;
  let written = '';
  for (let at = 0; at < text.length; at = endOfLine(text, at + 1)) {
    const end = endOfLine(text, at + 1);
    while ((texts[next]?.[1] ?? Infinity) <= at) next += 1;
    const [from = Infinity] = texts[next] ?? [];
    const line = text.slice(at, end);
    const isText = from < at;
    const holdsText = from < end;
    const isBlank = line.trim() === '';
    if (!isText && isBlank && wasBlank) continue;
    written += isText || holdsText ? line : line.trimEnd() + (line.endsWith('\n') ? lineEnd : '');
    wasBlank = isBlank && !isText;
  }
  const lastText = texts.at(-1);
  // A text that keeps its line ends (`|+`) owns the blank lines below it.
  const isKept =
    lastText !== undefined && text.slice(lastText[1]).trim() === '' && lastText[2].endsWith('\n\n');
  if (isKept) return written;
  return `${written.trimEnd()}${lineEnd}`;
}

type TextRange = readonly [start: number, end: number, value: string];

/** The texts that go over several lines, in their order. */
function multilineTexts(tree: SyntaxTree): TextRange[] {
  const found: TextRange[] = [];
  const visit = (value: unknown, pointer: string): void => {
    const range = typeof value === 'string' ? tree.textAt(pointer)?.range : undefined;
    if (range !== undefined && tree.source.text.slice(...range).includes('\n'))
      found.push([...range, String(value)]);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) visit(inner, pointerTo(pointer, key));
  };
  visit(tree.value, '');
  return found.toSorted((left, right) => left[0] - right[0]);
}
