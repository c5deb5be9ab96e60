// Pieces of sentences that findings of every kind share.

/** `a, b and c` */
export function listWords(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1) ?? ''}`;
}

/** ``did you mean `prompt`?``; undefined when nothing is near. */
export function didYouMean(near: readonly string[]): string | undefined {
  if (near.length === 0) return undefined;
  return `did you mean ${listWords(
    near.map((word) => `\`${word}\``),
    'or',
  )}?`;
}
