// "Did you mean …?" for a whole schema: each misspelt name is compared with all others, so there is a limit to it.

import { suggestNearest } from '../diagnostics/suggest.ts';

/** Names near to a misspelt one; none once too many have been compared. */
export type Suggester = (word: string, candidates: readonly string[]) => string[];

const comparisonsMax = 20_000;

export function createSuggester(): Suggester {
  let comparisons = 0;
  return (word, candidates) => {
    if (candidates.length === 0) return [];
    comparisons += candidates.length;
    return comparisons > comparisonsMax ? [] : suggestNearest(word, candidates);
  };
}
