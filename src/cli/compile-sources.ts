// Compiles with everything that exists here: the compiler itself knows no adapter.

import { compile } from '../compiler/compile.ts';
import type { Compilation, CompileOptions } from '../compiler/compile.ts';
import type { Source } from '../diagnostics/diagnostic.ts';
import { targets } from '../../codegen/index.ts';
import { adapters } from '../providers/index.ts';
import { builtInCatalog, findVendor } from '../registry/built-in-catalog.ts';

const adapterNames = adapters.map(({ name }) => name);
const targetNames = targets.map(({ name }) => name);

/** The options of the compiler that are this caller's to choose. */
export type CompileSourcesOptions = Pick<CompileOptions, 'cache' | 'found' | 'lint' | 'today'>;

export function compileSources(sources: readonly Source[], options: CompileSourcesOptions = {}): Compilation {
  return compile(sources, {
    today: dayOf(new Date()),
    ...options,
    adapters: adapterNames,
    findVendor,
    vendorNames: () => Object.keys(builtInCatalog().vendors),
    targets: targetNames,
  });
}

/** YYYY-MM-DD, the same everywhere. */
function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
