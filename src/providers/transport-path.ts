// Which paths may be called at a provider, whoever writes them.

/** Plain segments, none of which leads upwards however it is written, and a query: it stays below the base URL. */
const PATH =
  /^(?:\/(?!\.{1,2}(?:[/?]|$))(?:[\w.:@~-]|%(?!2[ef]|5c)[0-9a-f]{2})+)+(?:\?[\w.:@~/?!$&'()*+,;=%[\]-]*)?$/i;

/** Nearly all calls go to one of a few paths, which need not be read letter by letter each time. */
const found = new Set<string>();
const FOUND_MAX = 64;

export function isProviderPath(path: string): boolean {
  if (found.has(path)) return true;
  if (!PATH.test(path)) return false;
  if (found.size < FOUND_MAX) found.add(path);
  return true;
}
