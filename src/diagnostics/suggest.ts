// "Did you mean …?": which known names a mistyped word is near to. Never by rank alone; far is not near.

/** At most this many names are suggested. */
const suggestionsMax = 3;

/** Longer words are not compared: nobody mistypes them by a letter, and the comparison is quadratic. */
const wordLengthMax = 100;

/**
 * The candidates that `word` probably stands for, nearest first. Near means: equal but for case, else a
 * Damerau-Levenshtein distance of at most max(1, ⌊length/3⌋), else the same words in another order or spelling
 * (`points_max` and `maxPoints`). A candidate equal to `word` is no suggestion.
 */
export function suggest(word: string, candidates: readonly string[]): string[] {
  if (word === '' || word.length > wordLengthMax) return [];
  const others = [...new Set(candidates)].filter(
    (candidate) => candidate !== word && candidate.length <= wordLengthMax,
  );
  const equal = others.filter((candidate) => fold(candidate) === fold(word));
  if (equal.length > 0) return equal.slice(0, suggestionsMax);
  return [...new Set([...nearest(word, others), ...sameWords(word, others)])].slice(0, suggestionsMax);
}

/**
 * Like `suggest`, but only the candidates that are nearest of all: of words that resemble one another, as `minLength` and
 * `maxLength` do, the one that is a letter away and not the one that is three.
 */
export function suggestNearest(word: string, candidates: readonly string[]): string[] {
  const near = suggest(word, candidates);
  const [first, ...others] = near;
  if (first === undefined || others.length === 0) return near;
  const least = distanceBetween(word, first);
  return [first, ...others.filter((other) => distanceBetween(word, other) <= least)];
}

function distanceBetween(word: string, candidate: string): number {
  return editDistance(fold(word), fold(candidate), wordLengthMax);
}

function nearest(word: string, candidates: readonly string[]): string[] {
  const distanceMax = Math.max(1, Math.floor([...word].length / 3));
  return candidates
    .map((candidate) => ({ candidate, distance: editDistance(fold(word), fold(candidate), distanceMax) }))
    .filter(({ distance }) => distance <= distanceMax)
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

function sameWords(word: string, candidates: readonly string[]): string[] {
  const key = wordsKey(word);
  return key === '' ? [] : candidates.filter((candidate) => wordsKey(candidate) === key);
}

/** The words of a name in any spelling (camelCase, snake_case, kebab-case, spaces), sorted. */
function wordsKey(name: string): string {
  return name
    .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, ' ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .map(fold)
    .toSorted()
    .join(' ');
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Edits (insert, delete, replace, swap of neighbours) between two texts; more than `distanceMax` is only "too many". */
function editDistance(from: string, to: string, distanceMax: number): number {
  const a = [...from];
  const b = [...to];
  if (Math.abs(a.length - b.length) > distanceMax) return distanceMax + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
        swapped ? at(beforePrevious, column - 2) + 1 : Infinity,
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
