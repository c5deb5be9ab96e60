// Compiles with everything that exists here: the compiler itself knows no adapter.

import { compile } from '../compiler/compile.ts';
import type { Compilation, CompileOptions } from '../compiler/compile.ts';
import type { Source } from '../diagnostics/diagnostic.ts';
import { adapters } from '../providers/index.ts';

const adapterNames = adapters.map(({ name }) => name);

export function compileSources(
  sources: readonly Source[],
  options: Pick<CompileOptions, 'cache'> = {},
): Compilation {
  return compile(sources, { ...options, adapters: adapterNames });
}
