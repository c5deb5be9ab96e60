// A matcher that goes back, as JavaScript's does, and counts its steps: what `costOfPattern` makes claims about.

import type { PatternNode } from '../../src/schema/pattern/read-pattern.ts';

export interface Match {
  readonly matches: boolean;
  /** Characters looked at; `Infinity` when the limit was reached. */
  readonly steps: number;
}

/** `new RegExp(pattern, 'u').test(text)`, step by step. Knows no backreferences and no look-around. */
export function matchCounting(root: PatternNode, text: string, stepsMax = 200_000): Match {
  const characters = [...text];
  let steps = 0;
  class Enough extends Error {}

  type Next = (at: number) => boolean;
  const match = (node: PatternNode, at: number, next: Next): boolean => {
    switch (node.kind) {
      case 'set': {
        if (++steps > stepsMax) throw new Enough();
        const codePoint = characters[at]?.codePointAt(0);
        return codePoint !== undefined && node.set.has(codePoint) && next(at + 1);
      }
      case 'sequence':
        return matchParts(node.parts, 0, at, next);
      case 'choice':
        return node.branches.some((branch) => match(branch, at, next));
      case 'repeat':
        return matchRounds(node, 0, at, next);
      case 'start':
        return at === 0 && next(at);
      case 'end':
        return at === characters.length && next(at);
      default:
        throw new Error(`not understood here: ${node.kind}`);
    }
  };
  const matchParts = (parts: readonly PatternNode[], index: number, at: number, next: Next): boolean => {
    const part = parts[index];
    return part === undefined ? next(at) : match(part, at, (end) => matchParts(parts, index + 1, end, next));
  };
  type Repeat = Extract<PatternNode, { kind: 'repeat' }>;
  const matchRounds = (node: Repeat, round: number, at: number, next: Next): boolean => {
    const goOn = (): boolean =>
      round < node.max &&
      match(node.body, at, (end) =>
        end === at && round >= node.min ? false : matchRounds(node, round + 1, end, next),
      );
    const stop = (): boolean => round >= node.min && next(at);
    return node.lazy ? stop() || goOn() : goOn() || stop();
  };

  try {
    for (let start = 0; start <= characters.length; start += 1) {
      if (match(root, start, () => true)) return { matches: true, steps };
    }
    return { matches: false, steps };
  } catch (error) {
    if (error instanceof Enough) return { matches: false, steps: Infinity };
    throw error;
  }
}
