// One walk over the tokens of a YAML file, for what its nodes do not show: how deep it nests, where comments, anchors,
// tags and aliases stand. Keeps a list of its own in place of the call stack, so that no depth can exhaust it.

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
  /** Where the second document of the file begins. */
  readonly secondDocumentAt?: number;
}

export function scanTokens(tokens: readonly CST.Token[], depthMax: number): TokenScan {
  const found: Record<string, PlacedToken[]> = { comment: [], anchor: [], tag: [], alias: [] };
  const waiting: { token: CST.Token; depth: number }[] = [];
  let tooDeepAt: number | undefined;
  const visit = (token: CST.Token | null | undefined, depth: number): void => {
    if (token) waiting.push({ token, depth });
  };
  for (const token of tokens) visit(token, 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if ('source' in token) found[token.type]?.push({ text: token.source, start: token.offset });
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
  };
}

/** Everything that hangs on a token besides its items. */
function partsOf(token: CST.Token): CST.Token[] {
  const parts: CST.Token[] = [];
  if (token.type === 'document') {
    parts.push(...token.start, ...(token.value ? [token.value] : []));
  }
  if ('props' in token) parts.push(...token.props);
  if ('end' in token && token.end) parts.push(...token.end);
  return parts;
}

function secondDocument(tokens: readonly CST.Token[]): number | undefined {
  const second = tokens.filter((token) => token.type === 'document')[1];
  if (second === undefined) return undefined;
  return second.start.find((token) => token.type === 'doc-start')?.offset ?? second.offset;
}

function inOrder(tokens: readonly PlacedToken[] = []): PlacedToken[] {
  return [...tokens].sort((left, right) => left.start - right.start);
}
