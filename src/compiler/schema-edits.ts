// Edits of a schema, which are data, as edits of the YAML text that holds it. Comments and layout stay: an item goes with
// its line or its comma, a new key takes the indentation of its neighbours. What cannot be done so is not done at all.

import type { Fix } from '../diagnostics/diagnostic.ts';
import type { Json } from '../registry/snapshot.ts';
import type { SchemaEdit } from '../schema/schema-problem.ts';
import { parentPointer, pointerTo, valueAt } from './json-pointer.ts';
import type { SyntaxTree } from './syntax-tree.ts';

type TextEdit = Fix['edits'][number];

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The text edits for changes of the schema at `base`; undefined when one of them has no sure form. */
export function textEditsOf(
  tree: SyntaxTree,
  base: string,
  edits: readonly SchemaEdit[],
): TextEdit[] | undefined {
  const made: TextEdit[] = [];
  for (const edit of edits) {
    const changes = changesOf(tree, edit, `${base}${edit.pointer}`);
    if (changes === undefined) return undefined;
    for (const [start, end, text] of changes)
      made.push({ span: { path: tree.source.path, start, end }, text });
  }
  return made;
}

type Change = readonly [start: number, end: number, text: string];

function changesOf(tree: SyntaxTree, edit: SchemaEdit, pointer: string): Change[] | undefined {
  if (valueAt(tree.value, pointer) === undefined) return undefined;
  switch (edit.kind) {
    case 'rename-key': {
      const { start, end } = tree.spanOf(pointer, 'key');
      return [[start, end, printKey(edit.name)]];
    }
    case 'replace-value': {
      const { start, end } = tree.spanOf(pointer);
      const isQuoted = /^["']/.test(tree.source.text.slice(start, end));
      const text =
        isQuoted && typeof edit.value === 'string' ? JSON.stringify(edit.value) : printFlow(edit.value);
      return isFlowOrScalar(tree, pointer) ? [[start, end, text]] : undefined;
    }
    case 'delete':
      return deletion(tree, pointer);
    case 'insert-key':
      return insertion(tree, pointer, `${printKey(edit.name)}: ${printFlow(edit.value)}`, edit.before);
    case 'append-item':
      return appending(tree, pointer, printFlow(edit.value));
    case 'wrap-in-list':
      return wrapping(tree, pointer);
  }
}

// -- taking away

function deletion(tree: SyntaxTree, pointer: string): Change[] | undefined {
  const parent = parentPointer(pointer);
  const members = membersOf(tree, parent);
  const index = members.findIndex((member) => member.pointer === pointer);
  const member = members[index];
  if (member === undefined) return undefined;
  if (members.length === 1) return deleteOnly(tree, parent, member);
  if (isFlow(tree, parent)) return deleteInFlow(tree, members, index);
  return deleteLines(tree, member, members[index + 1]);
}

/** A list without items is left out with its key; a map stays, as an empty one. */
function deleteOnly(tree: SyntaxTree, parent: string, member: Member): Change[] | undefined {
  if (Array.isArray(valueAt(tree.value, parent))) return deletion(tree, parent);
  if (isFlow(tree, parent)) {
    const { start, end } = tree.spanOf(parent);
    return hasComment(tree, start, end) ? undefined : [[start, end, '{}']];
  }
  return [[member.start, member.end, '{}']];
}

function deleteInFlow(tree: SyntaxTree, members: readonly Member[], index: number): Change[] | undefined {
  const [before, member, after] = [members[index - 1], members[index], members[index + 1]];
  const start = after === undefined ? before?.end : member?.start;
  const end = after === undefined ? member?.end : after.start;
  if (start === undefined || end === undefined || hasComment(tree, start, end)) return undefined;
  return [[start, end, '']];
}

/** A member of a block collection goes with its lines, and with the comment behind it. */
function deleteLines(tree: SyntaxTree, member: Member, after: Member | undefined): Change[] | undefined {
  const { text } = tree.source;
  const lineStart = startOfLine(text, member.start);
  const before = text.slice(lineStart, member.start);
  const isAlone = member.kind === 'item' ? /^ *- *$/.test(before) : /^ *$/.test(before);
  if (isAlone) return [[lineStart, startOfNextLine(text, member.end), '']];
  // The first key of a map in a list: `- key: value`.
  return after === undefined || hasComment(tree, member.start, after.start)
    ? undefined
    : [[member.start, after.start, '']];
}

// -- putting in

function insertion(
  tree: SyntaxTree,
  pointer: string,
  entry: string,
  before: string | undefined,
): Change[] | undefined {
  const { start, end } = tree.spanOf(pointer);
  const members = membersOf(tree, pointer);
  const last = members.at(-1);
  if (last === undefined) return isFlow(tree, pointer) ? [[start, end, `{ ${entry} }`]] : undefined;
  const next = before === undefined ? undefined : members.find(({ key }) => key === before);
  if (isFlow(tree, pointer)) {
    return next === undefined
      ? [[last.end, last.end, `, ${entry}`]]
      : [[next.start, next.start, `${entry}, `]];
  }
  const { text } = tree.source;
  const nextLine = `${lineBreakOf(text)}${indentOf(text, last)}`;
  if (next !== undefined) return [[next.start, next.start, `${entry}${nextLine}`]];
  const lineEnd = endOfLine(text, last.end);
  return [[lineEnd, lineEnd, `${nextLine}${entry}`]];
}

function appending(tree: SyntaxTree, pointer: string, item: string): Change[] | undefined {
  const { start, end } = tree.spanOf(pointer);
  const last = membersOf(tree, pointer).at(-1);
  if (last === undefined) return isFlow(tree, pointer) ? [[start, end, `[${item}]`]] : undefined;
  if (isFlow(tree, pointer)) return [[last.end, last.end, `, ${item}`]];
  const { text } = tree.source;
  const before = text.slice(startOfLine(text, last.start), last.start);
  if (!/^ *- *$/.test(before)) return undefined;
  const lineEnd = endOfLine(text, last.end);
  return [[lineEnd, lineEnd, `${lineBreakOf(text)}${before}${item}`]];
}

function wrapping(tree: SyntaxTree, pointer: string): Change[] | undefined {
  const { text } = tree.source;
  const { start, end } = contentOf(tree, pointer);
  const written = text.slice(start, end);
  if (isFlowOrScalar(tree, pointer)) {
    if (written === '' || written.includes('\n') || /^[|>]/.test(written)) return undefined;
    const isSafe = /^["'[{]/.test(written) || !/[,[\]{}#:]/.test(written);
    return [[start, end, `[${isSafe ? written : JSON.stringify(written)}]`]];
  }
  const lineStart = startOfLine(text, start);
  if (text.slice(lineStart, start).trim() !== '') return undefined;
  const changes: Change[] = [[start, start, '- ']];
  for (let at = startOfNextLine(text, start); at < end; at = startOfNextLine(text, at)) {
    if (text.slice(at, endOfLine(text, at)).trim() !== '') changes.push([at, at, '  ']);
  }
  return changes;
}

// -- how it is written

/** A key with its value, or an item of a list, from its first character to its last. */
interface Member extends Range {
  readonly kind: 'key' | 'item';
  readonly pointer: string;
  readonly key: string;
}

const known = new WeakMap<SyntaxTree, Map<string, readonly Member[]>>();

/** Found once for each place: a long list may have a fix for every item. */
function membersOf(tree: SyntaxTree, pointer: string): readonly Member[] {
  const places = known.get(tree) ?? new Map<string, readonly Member[]>();
  known.set(tree, places);
  const members = places.get(pointer) ?? findMembers(tree, pointer);
  places.set(pointer, members);
  return members;
}

/** In the order of the text; that of an object puts names like "1" first. */
function findMembers(tree: SyntaxTree, pointer: string): readonly Member[] {
  const value = valueAt(tree.value, pointer);
  if (typeof value !== 'object' || value === null) return [];
  const kind = Array.isArray(value) ? 'item' : 'key';
  return Object.keys(value)
    .map((key) => {
      const inner = pointerTo(pointer, key);
      const { start } = tree.spanOf(inner, kind === 'key' ? 'key' : 'value');
      return { kind, pointer: inner, key, start, end: contentOf(tree, inner).end } as const;
    })
    .sort((left, right) => left.start - right.start);
}

/** A value without the blank lines and comments that the parser counts to a block. */
function contentOf(tree: SyntaxTree, pointer: string): Range {
  const { start, end } = tree.spanOf(pointer);
  if (isFlowOrScalar(tree, pointer)) {
    return { start, end: start + tree.source.text.slice(start, end).trimEnd().length };
  }
  return { start, end: membersOf(tree, pointer).at(-1)?.end ?? end };
}

function isFlow(tree: SyntaxTree, pointer: string): boolean {
  return /[[{]/.test(tree.source.text.charAt(tree.spanOf(pointer).start));
}

function isFlowOrScalar(tree: SyntaxTree, pointer: string): boolean {
  const value = valueAt(tree.value, pointer);
  return typeof value !== 'object' || value === null || isFlow(tree, pointer);
}

function hasComment(tree: SyntaxTree, from: number, to: number): boolean {
  return tree.comments.some(({ start }) => start >= from && start < to);
}

function indentOf(text: string, { start }: Range): string {
  return ' '.repeat(start - startOfLine(text, start));
}

function lineBreakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function startOfLine(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** Before the line end; a carriage return belongs to it. */
function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return text.charAt(end - 1) === '\r' && end - 1 >= at ? end - 1 : end;
}

function startOfNextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

// -- writing

/** A `:` or `#` in the middle of a word is no sign to YAML. */
const plainWord = /^[A-Za-z$](?:[\w$./:#~-]*[\w$./#~-])?$/;
const otherMeaning = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function printKey(name: string): string {
  return printText(name);
}

function printText(text: string): string {
  return plainWord.test(text) && !otherMeaning.test(text) ? text : JSON.stringify(text);
}

/** A value on one line. */
function printFlow(value: Json): string {
  if (typeof value === 'string') return printText(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => printFlow(item)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${printText(key)}: ${printFlow(inner as Json)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
