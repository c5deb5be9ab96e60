// The shared files of one compilation by name, and a view of them that remembers what was asked: the dependencies of a
// capability are what its phases looked up, so nothing has to list them by hand.

import { suggest } from '../diagnostics/suggest.ts';
import type { Library, PartialFile, SchemaFile } from './program.ts';

/** A library as one capability sees it. */
export interface LibraryView {
  schema(name: string): SchemaFile | undefined;
  partial(name: string): PartialFile | undefined;
  /** Names near to one that was not found. */
  nearSchemas(name: string): string[];
  nearPartials(name: string): string[];
}

/** What was looked up, with what was found; `undefined` for what was not there. */
export interface Dependencies {
  readonly schemas: ReadonlyMap<string, SchemaFile | undefined>;
  readonly partials: ReadonlyMap<string, PartialFile | undefined>;
  /** All names, where a suggestion was made from them. */
  readonly names?: string;
}

/** Opens a view; `dependencies()` tells what was asked of it so far. */
export function openLibrary(library: Library): { view: LibraryView; dependencies: () => Dependencies } {
  const schemas = new Map<string, SchemaFile | undefined>();
  const partials = new Map<string, PartialFile | undefined>();
  let names: string | undefined;
  const view: LibraryView = {
    schema(name) {
      const file = library.schemas.get(name);
      schemas.set(name, file);
      return file;
    },
    partial(name) {
      const file = library.partials.get(name);
      partials.set(name, file);
      return file;
    },
    nearSchemas(name) {
      names = namesOf(library);
      return suggest(name, [...library.schemas.keys()]);
    },
    nearPartials(name) {
      names = namesOf(library);
      return suggest(name, [...library.partials.keys()]);
    },
  };
  const dependencies = (): Dependencies => ({ schemas, partials, ...(names !== undefined && { names }) });
  return { view, dependencies };
}

/** Whether every look-up would find the same again. */
export function areCurrent(dependencies: Dependencies, library: Library): boolean {
  for (const [name, file] of dependencies.schemas) if (library.schemas.get(name) !== file) return false;
  for (const [name, file] of dependencies.partials) if (library.partials.get(name) !== file) return false;
  return dependencies.names === undefined || dependencies.names === namesOf(library);
}

function namesOf(library: Library): string {
  return [...library.schemas.keys(), '', ...library.partials.keys()].join('\n');
}
