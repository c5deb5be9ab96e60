// One project as an editor sees it: what is on disk, and over it what is being typed. Compiled again after every change.

import type { Compilation } from '../compiler/compile.ts';
import type { Diagnostic, Source } from '../diagnostics/diagnostic.ts';
import type { LineIndex } from '../diagnostics/line-index.ts';
import { createLineIndexes } from '../diagnostics/places.ts';
import { createSourceReader } from '../workspace/read-sources.ts';
import { isSourcePath } from '../workspace/source-path.ts';

/** What one look at the sources gave. */
export interface ProjectView {
  readonly root: string;
  readonly sources: ReadonlyMap<string, Source>;
  readonly compilation: Compilation;
  /** From disk and compiler together, in the order in which they are shown. */
  readonly diagnostics: readonly Diagnostic[];
  readonly indexOf: (path: string) => LineIndex;
}

export interface OpenProject {
  /** What was seen last; the first call looks. */
  readonly view: ProjectView;
  /** A document as it is typed; `undefined` gives the file on disk back its say. */
  setText(path: string, text: string | undefined): void;
  /** Looks again, when anything may have changed. */
  update(): ProjectView;
}

export function openProject(
  root: string,
  compileSources: (sources: readonly Source[], found: readonly Diagnostic[]) => Compilation,
): OpenProject {
  const reader = createSourceReader(root);
  const typed = new Map<string, Source>();
  let view: ProjectView | undefined;

  const look = (): ProjectView => {
    const read = reader.read();
    const sources = new Map(read.sources.map((source) => [source.path, source]));
    for (const [path, source] of typed) if (isSourcePath(path)) sources.set(path, source);
    const list = [...sources.values()];
    const compilation = compileSources(list, read.diagnostics);
    return {
      root,
      sources,
      compilation,
      diagnostics: compilation.diagnostics,
      indexOf: createLineIndexes(list),
    };
  };

  return {
    get view() {
      return (view ??= look());
    },
    setText(path, text) {
      if (text === undefined) typed.delete(path);
      else typed.set(path, { path, text });
    },
    update() {
      view = look();
      return view;
    },
  };
}
