// One walk over the tokens of a YAML file, for what its nodes do not show: how deep it nests, where comments, anchors,
// tags, aliases and directives stand, and which lines are block texts. Keeps a list of its own in place of the call stack, so that no depth can exhaust it.

import type { CST } from 'yaml';

export interface PlacedToken {
  readonly text: string;
  readonly start: number;
}

export interface TokenScan {
  /** Where nesting first goes beyond the limit. */
  readonly tooDeepAt?: number;
  readonly comments: readonly PlacedToken[];
  readonly anchors: readonly PlacedToken[];
  readonly tags: readonly PlacedToken[];
  readonly aliases: readonly PlacedToken[];
  /** `%YAML 1.1` and its like. */
  readonly directives: readonly PlacedToken[];
  /** Quotes and brackets that open something which never ends; only the sign itself. */
  readonly unclosed: readonly PlacedToken[];
  /** The ranges of the texts below `|` and `>`, without the line of the header; whole lines, in their order. */
  readonly blockTexts: readonly (readonly [number, number])[];
  /** Where the second document of the file begins. */
  readonly secondDocumentAt?: number;
}

export function scanTokens(tokens: readonly CST.Token[], depthMax: number): TokenScan {
  const found: Record<string, PlacedToken[]> = {
    comment: [],
    anchor: [],
    tag: [],
    alias: [],
    directive: [],
    'directive-line': [],
  };
  const blockTexts: [number, number][] = [];
  const unclosed: PlacedToken[] = [];
  const waiting: { token: CST.Token; depth: number }[] = [];
  let tooDeepAt: number | undefined;
  const visit = (token: CST.Token | null | undefined, depth: number): void => {
    if (token) waiting.push({ token, depth });
  };
  for (const token of tokens) visit(token, 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if ('source' in token) found[token.type]?.push({ text: token.source, start: token.offset });
    if (isUnclosed(token)) unclosed.push({ text: firstSign(token), start: token.offset });
    if (token.type === 'block-scalar') blockTexts.push(rangeOfBlock(token));
    for (const part of partsOf(token)) visit(part, depth);
    if (!('items' in token)) continue;
    if (depth >= depthMax) {
      tooDeepAt = Math.min(token.offset, tooDeepAt ?? token.offset);
      continue;
    }
    for (const item of token.items) {
      for (const part of item.start) visit(part, depth);
      for (const part of item.sep ?? []) visit(part, depth);
      visit(item.key, depth + 1);
      visit(item.value, depth + 1);
    }
  }
  const secondDocumentAt = secondDocument(tokens);
  return {
    ...(tooDeepAt !== undefined && { tooDeepAt }),
    ...(secondDocumentAt !== undefined && { secondDocumentAt }),
    comments: inOrder(found['comment']),
    anchors: inOrder(found['anchor']),
    tags: inOrder(found['tag']),
    aliases: inOrder(found['alias']),
    directives: inOrder([...(found['directive'] ?? []), ...(found['directive-line'] ?? [])]),
    unclosed: inOrder(unclosed),
    blockTexts: blockTexts.sort(([left], [right]) => left - right),
  };
}

function isUnclosed(token: CST.Token): boolean {
  if (token.type === 'flow-collection') {
    const closing = token.start.source === '[' ? 'flow-seq-end' : 'flow-map-end';
    return !token.end.some(({ type }) => type === closing);
  }
  if (token.type !== 'double-quoted-scalar' && token.type !== 'single-quoted-scalar') return false;
  return token.source.length < 2 || !token.source.endsWith(firstSign(token));
}

function firstSign(token: CST.Token): string {
  if (token.type === 'flow-collection') return token.start.source;
  return 'source' in token ? token.source.charAt(0) : '';
}

/** Where the header line ends, and where the text does. */
function rangeOfBlock(token: CST.BlockScalar): [number, number] {
  const header = token.props.at(-1);
  const headerLength = header !== undefined && 'source' in header ? header.source.length : 0;
  const start = header === undefined ? token.offset : header.offset + headerLength;
  return [start, start + token.source.length];
}

/** Everything that hangs on a token besides its items. */
function partsOf(token: CST.Token): CST.Token[] {
  // Lists are joined, not passed on as arguments: a hostile file has more tokens than the call stack has room for.
  const inDocument = token.type === 'document' ? [...token.start, ...(token.value ? [token.value] : [])] : [];
  const props = 'props' in token ? token.props : [];
  const end = 'end' in token && token.end ? token.end : [];
  return [...inDocument, ...props, ...end];
}

function secondDocument(tokens: readonly CST.Token[]): number | undefined {
  const second = tokens.filter((token) => token.type === 'document')[1];
  if (second === undefined) return undefined;
  return second.start.find((token) => token.type === 'doc-start')?.offset ?? second.offset;
}

function inOrder(tokens: readonly PlacedToken[] = []): PlacedToken[] {
  return [...tokens].sort((left, right) => left.start - right.start);
}
