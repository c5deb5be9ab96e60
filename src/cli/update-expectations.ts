// Expected values in capability files, rewritten to what is there now. Nothing else in a file changes: comments, order and
// layout stay, a block stays a block, and the file is read again to see that it says what it should.

import { parse } from '../compiler/parse.ts';
import type { SyntaxTree } from '../compiler/syntax-tree.ts';
import { assert } from '../errors.ts';
import type { Source } from '../diagnostics/diagnostic.ts';
import type { Json } from '../registry/snapshot.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Update } from './capability-tests.ts';

/** The sources that change, with their new text. */
export function updateExpectations(sources: readonly Source[], updates: readonly Update[]): Source[] {
  return [...Map.groupBy(updates, ({ path }) => path)].flatMap(([path, own]) => {
    const source = sources.find((each) => each.path === path);
    return source === undefined ? [] : [updateSource(source, own)];
  });
}

function updateSource(source: Source, updates: readonly Update[]): Source {
  const before = read(source);
  // From the end to the beginning, so that earlier places stay where they are.
  const ordered = updates.toSorted(
    (left, right) => before.spanOf(right.pointer).start - before.spanOf(left.pointer).start,
  );
  const text = ordered.reduce((written, update) => replaceValue(written, before, update), source.text);
  const updated = { ...source, text };
  assertSays(read(updated).value, before.value, updates);
  return updated;
}

function read(source: Source): SyntaxTree {
  const tree = parse(source, () => {});
  assert(tree !== undefined, `${source.path} compiled, so it can be read`);
  return tree;
}

function assertSays(after: Json, before: Json, updates: readonly Update[]): void {
  const wanted = structuredClone(before) as Json;
  for (const { pointer, value } of updates) setAt(wanted, pointer.split('/').slice(1), value);
  assert(isDeepStrictEqual(after, wanted), 'a rewritten file says what it said, and the new values');
}

function setAt(root: Json, keys: readonly string[], value: Json): void {
  const parent = keys
    .slice(0, -1)
    .reduce<unknown>((current, key) => (current as Record<string, unknown>)[key], root);
  (parent as Record<string, unknown>)[keys.at(-1) ?? ''] = value;
}

// -- one value

function replaceValue(text: string, tree: SyntaxTree, { pointer, value }: Update): string {
  const place = valuePlace(tree, pointer);
  const { start, end } = place;
  const printed = printValue(value, place, text);
  return text.slice(0, start) + printed + text.slice(end);
}

interface ValuePlace {
  readonly start: number;
  readonly end: number;
  /** Column of the line that the value begins on: that of its key, or of the dash before it. */
  readonly indent: number;
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded' | 'other';
  /** Inside `{…}` or `[…]`, where blocks cannot stand. */
  readonly isInFlow: boolean;
  /** What stands behind the header of a block, with the space before it. */
  readonly comment: string;
}

function valuePlace(tree: SyntaxTree, pointer: string): ValuePlace {
  const { text } = tree.source;
  const span = tree.spanOf(pointer);
  const parent = tree.spanOf(pointer.slice(0, pointer.lastIndexOf('/')));
  const key = tree.spanOf(pointer, 'key');
  return {
    start: span.start,
    end: span.end,
    indent: key.start - (text.lastIndexOf('\n', key.start - 1) + 1),
    style: tree.textAt(pointer)?.style ?? 'other',
    isInFlow: text[parent.start] === '{' || text[parent.start] === '[',
    comment:
      /^[|>][^\r\n#]*?(?<comment>[ \t]+#[^\r\n]*)/.exec(text.slice(span.start, span.end))?.groups?.[
        'comment'
      ] ?? '',
  };
}

function printValue(value: Json, place: ValuePlace, text: string): string {
  // A block literal ends with its last line end; whatever takes its place must not.
  const isBlock = place.style === 'literal' || place.style === 'folded';
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  if (typeof value !== 'string') return printJson(value) + (isBlock ? lineEnd : '');
  const isBroken = value.includes('\n');
  if (!place.isInFlow && (isBroken || place.style === 'literal') && canBeBlock(value)) {
    const block = printBlock(value, place, lineEnd);
    return isBlock ? block : block.slice(0, -lineEnd.length);
  }
  return printText(value, place) + (isBlock ? lineEnd : '');
}

/** In one line, as people write it in YAML. */
function printJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item) => printJson(item as Json)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(key)}: ${printJson(member)}`,
    );
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
  return JSON.stringify(value);
}

function printText(value: string, { style }: ValuePlace): string {
  const isSimple = !value.includes('\n') && !needsEscape.test(value);
  if (style === 'single' && isSimple) return `'${value.replaceAll("'", "''")}'`;
  if (style === 'plain' && isPlain(value)) return value;
  return JSON.stringify(value).replaceAll(needsEscapes, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Characters that cannot stand in a file, or that nobody would see there. */
const needsEscape =
  /[^\t\n\x20-\x7e\u00a0-\u00ac\u00ae-\u200a\u2010-\u2027\u2030-\u205f\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffc\u{10000}-\u{10ffff}]/u;
const needsEscapes = new RegExp(needsEscape, 'gu');

/** Text that means itself without quotes, in flow and in block alike; careful rather than complete. */
function isPlain(value: string): boolean {
  return (
    /^[\p{L}][\p{L}\p{N} _./()%-]*[\p{L}\p{N}._/)%]$/u.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value)
  );
}

/** A text of blank lines alone has no indentation to go by. */
function canBeBlock(value: string): boolean {
  return !needsEscape.test(value) && value.trim() !== '';
}

const blockIndent = 2;

function printBlock(value: string, { indent: keyIndent, comment }: ValuePlace, lineEnd: string): string {
  const ending = value.endsWith('\n\n') ? '+' : value.endsWith('\n') ? '' : '-';
  const indicator = /^[\n]*[ \t]/.test(value) ? String(blockIndent) : '';
  const indent = ' '.repeat(keyIndent + blockIndent);
  const lines = (value.endsWith('\n') ? value.slice(0, -1) : value).split('\n');
  const body = lines.map((line) => (line === '' ? '' : indent + line) + lineEnd).join('');
  return `|${indicator}${ending}${comment}${lineEnd}${body}`;
}
