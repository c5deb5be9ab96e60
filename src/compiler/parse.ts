// Phase 1: the text of one YAML file to a syntax tree. What YAML allows and this format does not (anchors, tags, several
// documents, keys that are not text) is reported here, so that later phases see plain JSON.

import type { Node, Pair, Scalar } from 'yaml';
import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Report, Source } from '../diagnostics/diagnostic.ts';
import type { Json } from '../registry/snapshot.ts';
import { lastKey, pointerTo } from './json-pointer.ts';
import { endOfLine } from './yaml/quote-text.ts';
import { composeFirst, readTokens } from './yaml/read-tokens.ts';
import { scanTokens } from './scan-tokens.ts';
import type { TokenScan } from './scan-tokens.ts';
import type { ScalarText } from './scalar-text.ts';
import type { SyntaxTree, TreeEntry } from './syntax-tree.ts';
import { createSyntaxTree } from './syntax-tree.ts';
import { createYamlProblems } from './yaml-problems.ts';
import type { YamlProblems } from './yaml-problems.ts';

/** Longer files are not read: a capability is a page or two. */
export const SOURCE_LENGTH_MAX = 1024 * 1024;

/** Deeper nesting is refused before anything recurses over it. */
export const NESTING_DEPTH_MAX = 64;

/** More tokens are refused before anything is made of them: a file as long as may be has this many when it is one of ours. */
export const TOKENS_MAX = 100_000;

/** Reads one file. Undefined when there is no tree to go on with; then at least one error was reported. */
export function parse(source: Source, report: Report): SyntaxTree | undefined {
  const problems = createYamlProblems(source, report);
  if (source.text.length > SOURCE_LENGTH_MAX) {
    problems.fileTooLarge(SOURCE_LENGTH_MAX);
    return undefined;
  }
  problems.reportForbiddenCharacters();
  const read = readTokens(source.text, { tokensMax: TOKENS_MAX, depthMax: NESTING_DEPTH_MAX });
  if (read.kind !== 'tokens') {
    if (read.kind === 'too-many') problems.tooManyTokens(read.at, TOKENS_MAX);
    else problems.nestedTooDeep(read.at, NESTING_DEPTH_MAX);
    return undefined;
  }
  const scan = scanTokens(read.tokens);
  const document = composeFirst(read.tokens, source.text.length);
  if (scan.secondDocumentAt !== undefined) problems.severalDocuments(scan.secondDocumentAt);
  problems.reportProperties(scan);
  problems.reportSyntaxErrors(document, scan, errorsIn);
  if (problems.isBroken()) return undefined;
  const root = document.contents;
  if (root === null) {
    problems.nothingDeclared();
    return undefined;
  }
  if (!isMap(root)) {
    problems.rootIsNotMap(root);
    return undefined;
  }
  return buildTree(source, root, scan, problems);
}

/** How many syntax errors a text has; none of one that is refused before it is parsed. */
function errorsIn(text: string): number {
  const read = readTokens(text, { tokensMax: TOKENS_MAX, depthMax: NESTING_DEPTH_MAX });
  return read.kind === 'tokens' ? composeFirst(read.tokens, text.length).errors.length : 0;
}

// -- from nodes to JSON and places

interface Builder {
  readonly source: Source;
  readonly problems: YamlProblems;
  readonly entries: Map<string, TreeEntry>;
  /** Pointers to values of which a mistake leaves open what they were meant to be. */
  readonly doubtful: Set<string>;
}

function buildTree(source: Source, root: Node, scan: TokenScan, problems: YamlProblems): SyntaxTree {
  const builder: Builder = { source, problems, entries: new Map(), doubtful: new Set() };
  const value = build(builder, root, '', undefined);
  const isSound = !problems.hasReportedError();
  return createSyntaxTree(source, value, builder.entries, scan.comments, isSound, builder.doubtful);
}

function build(builder: Builder, node: Node | null, pointer: string, key: Scalar | undefined): Json {
  const value = rangeOf(node) ?? emptyAfter(key);
  const text = isScalar(node) ? textOf(builder.source, node) : undefined;
  const keyRange = key === undefined ? undefined : rangeOf(key);
  builder.entries.set(pointer, { value, ...(keyRange && { key: keyRange }), ...(text && { text }) });
  if (node === null) return null;
  if (node.tag !== undefined) builder.doubtful.add(pointer);
  if (isAlias(node)) {
    builder.doubtful.add(pointer);
    return null;
  }
  if (isMap(node)) return buildMap(builder, node.items as Pair<unknown, unknown>[], pointer);
  if (isSeq(node)) {
    return node.items.map((item, index) =>
      // A pair inside a flow list, `[a: 1]`, is a map of one key.
      isPair(item)
        ? buildMap(builder, [item], pointerTo(pointer, index))
        : build(builder, item as Node | null, pointerTo(pointer, index), undefined),
    );
  }
  return buildScalar(builder, node as Scalar, pointer);
}

function buildMap(builder: Builder, pairs: readonly Pair<unknown, unknown>[], pointer: string): Json {
  const map: Record<string, Json> = {};
  const keys = new Map<string, Scalar>();
  const torn = reportTornTexts(builder, pairs, pointer);
  for (const pair of pairs) {
    if (torn.has(pair)) continue;
    const key = pair.key as Scalar;
    const name = String(key.value ?? '');
    const first = keys.get(name);
    if (first !== undefined) {
      builder.problems.duplicateKey(name, first, key);
      continue;
    }
    keys.set(name, key);
    if (name === '__proto__') {
      builder.problems.reservedKey(name, key);
      continue;
    }
    if (name === '<<') {
      builder.problems.mergeKey(key);
      builder.doubtful.add(pointer);
      continue;
    }
    map[name] = build(builder, (pair.value ?? null) as Node | null, pointerTo(pointer, name), key);
  }
  return map;
}

/** `{ description: the value, else null }`: the pairs that are no pairs but pieces of the text before them. */
function reportTornTexts(
  builder: Builder,
  pairs: readonly Pair<unknown, unknown>[],
  pointer: string,
): ReadonlySet<Pair<unknown, unknown>> {
  const torn = new Set(pairs.filter(isFlowItem));
  if (torn.size === 0) return torn;
  for (const [index, pair] of pairs.entries()) {
    const before = pairs[index - 1];
    if (!torn.has(pair) || (before !== undefined && torn.has(before))) continue;
    let end = index + 1;
    while (end < pairs.length && torn.has(pairs[end] as Pair)) end++;
    const run = pairs.slice(index, end);
    const isText = before !== undefined && isScalar(before.value);
    builder.problems.keysWithoutValue(
      run.map(({ key }) => key as Scalar),
      isText ? (before.value as Scalar) : undefined,
    );
    if (isText) builder.doubtful.add(pointerTo(pointer, String((before.key as Scalar).value)));
  }
  return torn;
}

/** A key without a colon, which only flow maps `{a, b}` allow. */
function isFlowItem(pair: Pair<unknown, unknown>): boolean {
  const item = pair.srcToken;
  return item !== undefined && item.sep?.some(({ type }) => type === 'map-value-ind') !== true;
}

function buildScalar(builder: Builder, node: Scalar, pointer: string): Json {
  const { value } = node;
  if (typeof value === 'number' && !Number.isFinite(value)) {
    builder.problems.numberWithoutJson(node);
    builder.doubtful.add(pointer);
    return null;
  }
  if (typeof value === 'string' && node.type === 'PLAIN') checkPlainText(builder, node, value, pointer);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return null;
}

/** Keys whose values are prose. */
const proseKeys = new Set(['title', 'description', 'content']);

/** A text without quotes ends where YAML sees a comment, and goes on over lines that are indented: both go unseen. */
function checkPlainText(builder: Builder, node: Scalar, value: string, pointer: string): void {
  const { text } = builder.source;
  const [start = 0, end = 0] = node.range ?? [];
  const isProse = proseKeys.has(lastKey(pointer)) || /\S\s+\S+\s+\S/.test(value);
  // After a whole sentence a comment is meant as one.
  if (isProse && text.startsWith(' #', end) && !/[.!?:]$/.test(value)) {
    builder.problems.commentInText(value, start, { text: lineFrom(text, end + 1), start: end + 1 });
  }
  if (!text.slice(start, end).includes('\n')) return;
  const dash = /[\r\n][ \t]*(?=-\s)/.exec(text.slice(start, end));
  if (dash !== null) builder.problems.itemInText(start, start + dash.index + dash[0].length);
}

function lineFrom(text: string, start: number): string {
  return text.slice(start, endOfLine(text, start));
}

function rangeOf(node: Node | null): readonly [number, number] | undefined {
  if (!node?.range) return undefined;
  const [start, end] = node.range;
  return [start, end];
}

/** The place of a value that is not there: after its key. */
function emptyAfter(key: Scalar | undefined): readonly [number, number] {
  const end = key?.range?.[1] ?? 0;
  return [end, end];
}

const stylesByType: Record<string, ScalarText['style']> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

function textOf(source: Source, node: Scalar): ScalarText | undefined {
  const style = stylesByType[node.type ?? ''];
  if (typeof node.value !== 'string' || style === undefined || !node.range) return undefined;
  const [start, end] = node.range;
  const offset = style === 'literal' || style === 'folded' ? afterHeader(source.text, start) : start;
  return { style, value: node.value, raw: source.text.slice(offset, end), offset, range: [start, end] };
}

function afterHeader(text: string, start: number): number {
  const lineEnd = text.indexOf('\n', start);
  return lineEnd < 0 ? text.length : lineEnd + 1;
}
