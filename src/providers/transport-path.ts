// Which paths may be called at a provider, whoever writes them.

/** Plain segments, none of which leads upwards however it is written, and a query: it stays below the base URL. */
const PATH =
  /^(?:\/(?!\.{1,2}(?:[/?]|$))(?:[\w.:@~-]|%(?!2[ef]|5c)[0-9a-f]{2})+)+(?:\?[\w.:@~/?!$&'()*+,;=%[\]-]*)?$/i;

export function isProviderPath(path: string): boolean {
  return PATH.test(path);
}
