// Patterns read once: a development server checks the same ones again and again.

import { costOfPattern } from './pattern-cost.ts';
import type { PatternCost } from './pattern-cost.ts';
import { readPattern } from './read-pattern.ts';
import type { ReadPattern } from './read-pattern.ts';

export type KnownPattern =
  | Extract<ReadPattern, { kind: 'mistake' }>
  | (Extract<ReadPattern, { kind: 'pattern' }> & { readonly cost: PatternCost });

/** The time of longer patterns is not looked at. */
const patternLengthMax = 4096;

/** So many patterns are remembered; then all are forgotten. */
const knownMax = 1000;

const known = new Map<string, KnownPattern>();

/** A pattern with its cost, or what is wrong with it. */
export function lookAtPattern(pattern: string): KnownPattern {
  const found = known.get(pattern) ?? lookAtNew(pattern);
  if (known.size >= knownMax) known.clear();
  known.set(pattern, found);
  return found;
}

function lookAtNew(pattern: string): KnownPattern {
  const reading = readPattern(pattern);
  if (reading.kind === 'mistake') return reading;
  const cost: PatternCost =
    pattern.length > patternLengthMax ? { kind: 'unclear' } : costOfPattern(reading.root);
  return { ...reading, cost };
}
