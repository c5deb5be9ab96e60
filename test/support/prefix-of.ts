// What “a value on its way” means: whether one value may still grow into another one.
import { isDeepStrictEqual } from 'node:util';

/**
 * Texts are cut at their end; lists have the first items and objects the first properties, of which only the last one may be
 * unfinished. Everything else is the value itself.
 */
export function isPrefixOf(partial: unknown, whole: unknown): boolean {
  if (typeof partial === 'string') return typeof whole === 'string' && whole.startsWith(partial);
  if (Array.isArray(partial))
    return Array.isArray(whole) && isPrefixOfEntries([...partial.entries()], [...whole.entries()]);
  if (typeof partial === 'object' && partial !== null) {
    const isObject = typeof whole === 'object' && whole !== null && !Array.isArray(whole);
    return isObject && isPrefixOfEntries(Object.entries(partial), Object.entries(whole));
  }
  return partial === whole;
}

type Entry = readonly [string | number, unknown];

function isPrefixOfEntries(partial: readonly Entry[], whole: readonly Entry[]): boolean {
  return partial.every(([key, value], index) => {
    const [wholeKey, wholeValue] = whole[index] ?? [];
    if (key !== wholeKey) return false;
    return index === partial.length - 1
      ? isPrefixOf(value, wholeValue)
      : isDeepStrictEqual(value, wholeValue);
  });
}
