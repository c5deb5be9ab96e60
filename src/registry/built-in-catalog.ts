// Reads the built-in catalogue. A quarter of a megabyte of data is not read before somebody asks for a vendor: projects that
// name none never pay for it.

import { createRequire } from 'node:module';
import type { Catalog, FindVendor } from './catalog.ts';

let catalog: Catalog | undefined;

export function builtInCatalog(): Catalog {
  catalog ??= createRequire(import.meta.url)('./catalog.json') as Catalog;
  return catalog;
}

/** The vendor of that name; undefined when the catalogue has none. */
export const findVendor: FindVendor = (name) => {
  const { vendors } = builtInCatalog();
  return Object.hasOwn(vendors, name) ? vendors[name] : undefined;
};
