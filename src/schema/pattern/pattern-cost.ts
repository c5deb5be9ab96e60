// How long a pattern can take on the worst text, in steps of a matcher that goes back.

import { ambiguityOf } from './ambiguity.ts';
import type { Ambiguity, Attack } from './ambiguity.ts';
import { buildAutomaton } from './automaton.ts';
import { lengthsOfMatches } from './pattern-length.ts';
import type { LengthRange } from './pattern-length.ts';
import type { PatternNode, PatternPlace } from './read-pattern.ts';

export type { Attack } from './ambiguity.ts';

export type PatternCost =
  /** Steps grow with the length to `power`: 1 is linear, and `place` is absent then. */
  | {
      readonly kind: 'polynomial';
      readonly power: number;
      readonly place?: PatternPlace;
      readonly attack?: Attack;
    }
  /** Steps double with every round of `attack.pump`. */
  | { readonly kind: 'exponential'; readonly place: PatternPlace; readonly attack: Attack }
  /** What a backreference compares is not known before it is read. */
  | { readonly kind: 'backreference'; readonly place: PatternPlace }
  /** Too large to look at. */
  | { readonly kind: 'unclear' };

/** The cost of `new RegExp(pattern, 'u').test(text)`. */
export function costOfPattern(root: PatternNode): PatternCost {
  const backreference = findNode(root, ({ kind }) => kind === 'backreference');
  if (backreference?.kind === 'backreference') return { kind: 'backreference', place: backreference.place };
  const lookarounds = lookaroundsOf(root, false);
  const costs = lookarounds.map(({ look, isRepeated }) => ({ look, isRepeated, cost: costOfLook(look) }));
  const worst = costs.find(({ cost }) => cost.kind !== 'polynomial');
  if (worst !== undefined) return worst.cost;
  const main = costOfAutomaton(root);
  if (main.kind !== 'polynomial') return main;
  return costs.reduce<PatternCost>((whole, { look, isRepeated, cost }) => {
    if (whole.kind !== 'polynomial' || cost.kind !== 'polynomial') return whole;
    // A look-around that is tried at many places costs its own time at each of them.
    const power = isRepeated ? whole.power + cost.power : Math.max(whole.power, cost.power);
    if (power <= whole.power) return whole;
    return { kind: 'polynomial', power, place: look.place, ...(cost.attack && { attack: cost.attack }) };
  }, main);
}

/**
 * Steps on the worst text of at most `lengthMax` characters; of the right order only. A match that is held at the start and
 * bounded by the pattern itself never looks at more.
 */
export function worstSteps(root: PatternNode, power: number, lengthMax: number): number {
  const bounded = Math.min(lengthMax, lengthsOfMatches(root).max);
  let steps = 1;
  for (let factor = 1; factor <= power; factor += 1) steps *= bounded / factor;
  return steps;
}

export { lengthsOfMatches };
export type { LengthRange };

function costOfAutomaton(root: PatternNode): Ambiguity {
  const automaton = buildAutomaton(root);
  if (automaton === undefined) return { kind: 'unclear' };
  const isConditional = findNode(root, ({ kind }) => kind === 'look' || kind === 'boundary') !== undefined;
  return ambiguityOf(automaton, isConditional);
}

type LookNode = Extract<PatternNode, { kind: 'look' }>;

/** The time of one try: it begins where it stands. Constant when nothing in it repeats without end. */
function costOfLook(look: LookNode): PatternCost {
  const held: PatternNode = { kind: 'sequence', parts: [{ kind: 'start' }, look.body] };
  const cost = costOfPattern(held);
  const isEndless =
    findNode(look.body, (node) => node.kind === 'repeat' && node.max === Infinity) !== undefined;
  return cost.kind === 'polynomial' && cost.power === 1 && !isEndless ? { ...cost, power: 0 } : cost;
}

/** Every look-around, and whether it is tried at many places: inside a repetition, or in a match that may begin anywhere. */
function lookaroundsOf(
  node: PatternNode,
  isRepeated: boolean,
): { readonly look: LookNode; readonly isRepeated: boolean }[] {
  if (node.kind === 'look') return [{ look: node, isRepeated }];
  if (node.kind === 'repeat') return lookaroundsOf(node.body, isRepeated || node.max > 1);
  if (node.kind === 'choice') return node.branches.flatMap((branch) => lookaroundsOf(branch, isRepeated));
  if (node.kind !== 'sequence') return [];
  const isHeld = node.parts.some(({ kind }) => kind === 'start');
  return node.parts.flatMap((part) => lookaroundsOf(part, isRepeated || !isHeld));
}

function findNode(node: PatternNode, isWanted: (node: PatternNode) => boolean): PatternNode | undefined {
  if (isWanted(node)) return node;
  const parts =
    node.kind === 'sequence'
      ? node.parts
      : node.kind === 'choice'
        ? node.branches
        : node.kind === 'repeat' || node.kind === 'look'
          ? [node.body]
          : [];
  for (const part of parts) {
    const found = findNode(part, isWanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
