// One walk over the tokens of a YAML file, for what its nodes do not show: where comments, anchors, tags, aliases and
// directives stand, and which lines are block texts.

import type { CST } from 'yaml';

export interface PlacedToken {
  readonly text: string;
  readonly start: number;
}

export interface TokenScan {
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

export function scanTokens(tokens: readonly CST.Token[]): TokenScan {
  const found: Found = {
    comment: [],
    anchor: [],
    tag: [],
    alias: [],
    directive: [],
    'directive-line': [],
    unclosed: [],
    blockTexts: [],
  };
  for (const token of tokens) visit(token, found);
  const secondDocumentAt = secondDocument(tokens);
  return {
    ...(secondDocumentAt !== undefined && { secondDocumentAt }),
    comments: inOrder(found.comment),
    anchors: inOrder(found.anchor),
    tags: inOrder(found.tag),
    aliases: inOrder(found.alias),
    directives: inOrder([...found.directive, ...found['directive-line']]),
    unclosed: inOrder(found.unclosed),
    blockTexts: found.blockTexts.sort(([left], [right]) => left - right),
  };
}

type PlacedKind = 'comment' | 'anchor' | 'tag' | 'alias' | 'directive' | 'directive-line';
type Found = Record<PlacedKind | 'unclosed', PlacedToken[]> & { readonly blockTexts: [number, number][] };

/** A token with all that hangs on it; how deep it may nest was seen to before. */
function visit(token: CST.Token | null | undefined, found: Found): void {
  if (!token) return;
  switch (token.type) {
    case 'comment':
    case 'anchor':
    case 'tag':
    case 'alias':
    case 'directive':
    case 'directive-line':
      found[token.type].push({ text: token.source, start: token.offset });
      break;
    case 'block-scalar':
      found.blockTexts.push(rangeOfBlock(token));
      break;
    case 'flow-collection':
    case 'double-quoted-scalar':
    case 'single-quoted-scalar':
      if (isUnclosed(token)) found.unclosed.push({ text: firstSign(token), start: token.offset });
      break;
    default:
  }
  visitAll(token.type === 'document' ? token.start : undefined, found);
  if (token.type === 'document') visit(token.value, found);
  visitAll('props' in token ? token.props : undefined, found);
  visitAll('end' in token ? token.end : undefined, found);
  if (!('items' in token)) return;
  for (const item of token.items) {
    visitAll(item.start, found);
    visit(item.key, found);
    visitAll(item.sep, found);
    visit(item.value, found);
  }
}

function visitAll(tokens: readonly CST.Token[] | null | undefined, found: Found): void {
  for (const token of tokens ?? []) visit(token, found);
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

function secondDocument(tokens: readonly CST.Token[]): number | undefined {
  const second = tokens.filter((token) => token.type === 'document')[1];
  if (second === undefined) return undefined;
  return second.start.find((token) => token.type === 'doc-start')?.offset ?? second.offset;
}

function inOrder(tokens: readonly PlacedToken[] = []): PlacedToken[] {
  return [...tokens].sort((left, right) => left.start - right.start);
}
