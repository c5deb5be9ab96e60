// The core of `capstan dev`: sources changed → read → compile → swap → generate. Knows no terminal and no server, so
// that tests and benchmarks drive it directly. A broken save leaves what is served as it was.

import { createCompileCache } from '../compiler/compile.ts';
import type { Diagnostic, Source } from '../diagnostics/diagnostic.ts';
import { hasErrors } from '../diagnostics/order-diagnostics.ts';
import { createRegistry } from '../registry/registry.ts';
import type { Registry } from '../registry/registry.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import { prepareSnapshot } from '../runtime/prepare.ts';
import { createSourceReader } from '../workspace/read-sources.ts';
import { compileSources } from './compile-sources.ts';
import { describeChanges } from './describe-changes.ts';
import { createGenerator } from './generate-files.ts';
import type { Generation } from './generate-files.ts';

/**
 * What one look at the sources led to. `live`: a new Snapshot serves. `unchanged`: the Snapshot would be the same.
 * `kept`: the sources are broken and the last good Snapshot serves on. `waiting`: they are broken and there is none.
 */
export interface Update {
  readonly outcome: 'live' | 'unchanged' | 'kept' | 'waiting';
  readonly diagnostics: readonly Diagnostic[];
  /** What the diagnostics point into, as people may see it. */
  readonly shown: readonly Source[];
  /** One line for each thing that is different now; empty unless `live`. */
  readonly changes: readonly string[];
}

export interface DevSession {
  /** Absent until there was a Snapshot to serve. */
  readonly registry: Registry | undefined;
  /** Looks at the sources again and, when they are good, lets them serve before it returns. */
  update(changed?: ReadonlySet<string>): Update;
  /**
   * Brings the generated files up to what serves now; calls while one runs are answered by a single further run. While
   * some capabilities were never right, nothing is generated: a client without them would break its users.
   */
  generate(): Promise<Generation>;
}

export function createDevSession(root: string): DevSession {
  const reader = createSourceReader(root);
  const cache = createCompileCache();
  const generator = createGenerator(root);
  let registry: Registry | undefined;
  /** Until the first clean compilation a partial Snapshot is better than none; from then on only clean ones go live. */
  let wasClean = false;
  let running: Promise<Generation> | undefined;
  let next: Promise<Generation> | undefined;

  const goLive = (snapshot: Snapshot): void => {
    if (registry === undefined) registry = createRegistry(snapshot, prepareSnapshot);
    else registry.swap(snapshot);
  };

  const generateNow = async (): Promise<Generation> => {
    running =
      registry === undefined || !wasClean
        ? Promise.resolve({ written: [], deleted: [] })
        : generator.write(registry.current);
    try {
      return await running;
    } finally {
      running = undefined;
    }
  };

  return {
    get registry() {
      return registry;
    },

    update(changed) {
      const read = reader.read(changed);
      const compilation = compileSources(read.sources, { cache, found: read.diagnostics });
      const { snapshot, diagnostics, shown } = compilation;
      const seen = { diagnostics, shown };
      const isClean = !hasErrors(diagnostics);
      if (snapshot === undefined || (!isClean && wasClean)) {
        return { ...seen, outcome: registry === undefined ? 'waiting' : 'kept', changes: [] };
      }
      const previous = registry?.current;
      if (previous?.revision === snapshot.revision) {
        wasClean ||= isClean;
        return { ...seen, outcome: 'unchanged', changes: [] };
      }
      goLive(snapshot);
      wasClean ||= isClean;
      return {
        ...seen,
        outcome: 'live',
        changes: previous === undefined ? [] : describeChanges(previous, snapshot),
      };
    },

    generate() {
      if (running === undefined) return generateNow();
      next ??= running
        .catch(() => undefined)
        .then(() => {
          next = undefined;
          return generateNow();
        });
      return next;
    },
  };
}
