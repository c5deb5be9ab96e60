// The theorem as a property: a template that the checker calls clean for a schema never goes wrong, whatever valid input it
// is rendered with, and one without a finding about trust never prints bare text of a caller in a system message.

import fc from 'fast-check';
import { choicesOf, seedOf, someBytes } from './choices.ts';
import { generatePair } from './templates.ts';
import type { Pair } from './templates.ts';
import { hasBareText, inputsOf, isClean, isTrusted, trial, wrongsOf } from './theorem.ts';

const inputsPerPair = 8;

export interface Tally {
  pairs: number;
  clean: number;
  /** Clean pairs whose template has the construct. */
  readonly constructs: { [name: string]: number };
}

/** Throws with the smallest counterexample that shrinking finds. */
export function proveTheorem(options: { readonly pairs: number; readonly seed: number }): Tally {
  const tally: Tally = { pairs: 0, clean: 0, constructs: {} };
  fc.assert(
    fc.property(someBytes, (bytes) => {
      const pair = generatePair(choicesOf(bytes));
      const isProved = contradictionOf(pair, seedOf(bytes));
      tally.pairs += 1;
      if (isProved === 'clean') countConstructs(tally, pair);
      if (typeof isProved === 'object') throw new Error(describe(pair, isProved));
    }),
    { numRuns: options.pairs, seed: options.seed },
  );
  return tally;
}

interface Contradiction {
  readonly what: readonly string[];
  readonly input: unknown;
}

/** What a rendering does that the checker has not foreseen; else what the checker says. */
function contradictionOf(pair: Pair, seed: number): 'clean' | 'flagged' | Contradiction {
  const tried = trial(pair);
  if (tried === undefined)
    return { what: ['the generated template is outside the dialect'], input: undefined };
  const clean = isClean(tried);
  const trusted = pair.role === 'system' && isTrusted(tried);
  for (const input of clean || trusted ? inputsOf(pair, seed, inputsPerPair) : []) {
    const wrongs = clean ? wrongsOf(pair, tried, input) : [];
    if (wrongs.length > 0) return { what: wrongs, input };
    if (trusted && hasBareText(pair, tried, input)) return { what: ['bare text of a caller'], input };
  }
  return clean ? 'clean' : 'flagged';
}

export function describe(pair: Pair, { what, input }: Contradiction): string {
  const partials = Object.entries(pair.partials).map(
    ([name, text]) => `partial ${name}: ${JSON.stringify(text)}`,
  );
  const lines = [
    ...what,
    `template (${pair.role}): ${JSON.stringify(pair.template)}`,
    ...partials,
    `schema: ${JSON.stringify(pair.schema)}`,
    `input: ${JSON.stringify(input)}`,
  ];
  return lines.join('\n');
}

/** What a template can be made of; each has to be seen often enough for the theorem to say something of it. */
export const constructs: { readonly [name: string]: RegExp } = {
  each: /\{\{~?#each /,
  'each with names': /\{\{~?#each [^}]* as \|/,
  with: /\{\{~?#with /,
  'with a name': /\{\{~?#with [^}]* as \|/,
  if: /\{\{~?#if [^(]/,
  unless: /\{\{~?#unless /,
  else: /\{\{~?else~?\}\}/,
  'else if': /\{\{~?else if /,
  includeZero: /includeZero=true/,
  '../': /[ {(]\.\.\/[a-z]/,
  '@root': /@root/,
  '@index': /@index/,
  '@key': /@key/,
  '@first': /@first/,
  '@last': /@last/,
  '@../index': /@\.\.\/index/,
  partial: /\{\{~?> /,
  'partial with a context': /\{\{~?> [\w-]+ [^=}]+\}\}/,
  'partial with a hash': /\{\{~?> [^}]*\w=/,
  'index in brackets': /\.\[\d\]/,
  'name in brackets': /\[(?:odd key|this one|a\.b|0)\]/,
  tilde: /\{\{~|~\}\}/,
  escape: /\\\{\{/,
  ...Object.fromEntries(
    ['eq', 'ne', 'gt', 'lt', 'and', 'or', 'not'].map((name) => [`(${name})`, new RegExp(`\\(${name} `)]),
  ),
  ...Object.fromEntries(
    ['json', 'join', 'length', 'inc', 'fence', 'default', 'upper', 'lower', 'truncate', 'date'].map(
      (name) => [name, new RegExp(`[{(]~?${name} `)],
    ),
  ),
};

function countConstructs(tally: Tally, pair: Pair): void {
  tally.clean += 1;
  const text = [pair.template, ...Object.values(pair.partials)].join('\n');
  for (const [name, pattern] of Object.entries(constructs)) {
    if (pattern.test(text)) tally.constructs[name] = (tally.constructs[name] ?? 0) + 1;
  }
}
