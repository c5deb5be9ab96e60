// How long the texts are that a pattern matches, in characters as `minLength` and `maxLength` count them.

import { representatives } from './character-set.ts';
import type { CharacterSet } from './character-set.ts';
import type { PatternNode } from './read-pattern.ts';

/** `min` is `Infinity` when no text matches; `max` is `Infinity` when nothing bounds them. */
export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

/** The lengths of the texts in which a pattern finds a match. Exact but for look-around, which it does not look at. */
export function lengthsOfMatches(root: PatternNode): LengthRange {
  const { min, max } = consumed(root);
  const isWhole = isHeld(root, 'start') && isHeld(root, 'end');
  return { min, max: isWhole ? max : Infinity };
}

/** How much of the text a node takes. */
export function consumed(node: PatternNode): LengthRange {
  switch (node.kind) {
    case 'set':
      return isEmpty(node.set) ? nothing : { min: 1, max: 1 };
    case 'sequence':
      return consumedInOrder(node.parts);
    case 'choice':
      return node.branches
        .map(consumed)
        .reduce((a, b) => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }), nothing);
    case 'repeat': {
      const body = consumed(node.body);
      return { min: times(body.min, node.min), max: body.max < 0 ? 0 : times(body.max, node.max) };
    }
    case 'backreference':
      return { min: 0, max: Infinity };
    default:
      return { min: 0, max: 0 };
  }
}

/** No text at all: the neutral element of a choice. */
const nothing: LengthRange = { min: Infinity, max: -Infinity };

function consumedInOrder(parts: readonly PatternNode[]): LengthRange {
  let [min, max] = [0, 0];
  let ended = false;
  for (const part of parts) {
    const each = consumed(part);
    // Nothing stands before the start, or after the end.
    if ((part.kind === 'start' && min > 0) || (ended && each.min > 0)) return nothing;
    ended ||= part.kind === 'end';
    min += each.min;
    max += each.max;
  }
  return min === Infinity ? nothing : { min, max };
}

function times(length: number, count: number): number {
  return length === 0 || count === 0 ? 0 : length * count;
}

function isEmpty(set: CharacterSet): boolean {
  if (set.edges.some((codePoint) => codePoint >= 0 && set.has(codePoint))) return false;
  return !representatives([set]).some((character) => set.has(character.codePointAt(0) ?? 0));
}

/** Whether every match begins at the start, or ends at the end. */
export function isHeld(node: PatternNode, edge: 'start' | 'end'): boolean {
  switch (node.kind) {
    case 'start':
    case 'end':
      return node.kind === edge;
    case 'sequence': {
      const outer = edge === 'start' ? node.parts : node.parts.toReversed();
      const first = outer.find(({ kind }) => !isWidthless(kind, edge));
      return first !== undefined && isHeld(first, edge);
    }
    case 'choice':
      return node.branches.every((branch) => isHeld(branch, edge));
    case 'repeat':
      return node.min > 0 && isHeld(node.body, edge);
    default:
      return false;
  }
}

function isWidthless(kind: PatternNode['kind'], edge: 'start' | 'end'): boolean {
  return kind === 'boundary' || kind === 'look' || (kind !== edge && (kind === 'start' || kind === 'end'));
}
