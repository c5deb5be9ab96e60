// `capstan generate --watch`: every good save brings the generated files up to date; a broken one is reported and changes
// nothing. `capstan dev` does the same and serves as well.

import { createCompileCache } from '../compiler/compile.ts';
import { hasErrors } from '../diagnostics/order-diagnostics.ts';
import { createSourceReader } from '../workspace/read-sources.ts';
import { watchSources } from '../workspace/watch-sources.ts';
import { compileSources } from './compile-sources.ts';
import { drawDiagnostics } from './draw-diagnostics.ts';
import { createGenerator } from './generate-files.ts';
import type { GeneratorOptions } from './generate-files.ts';
import { diagnoseRefusal } from './generation-findings.ts';
import { createOpened } from './opened.ts';
import { sayGeneration } from './say-generation.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import type { Terminal } from './terminal.ts';

/** Resolves when somebody asks it to end. */
export async function watchGeneration(
  terminal: Terminal,
  root: string,
  options: GeneratorOptions,
): Promise<void> {
  const reader = createSourceReader(root);
  const cache = createCompileCache();
  const generator = createGenerator(root, options);
  let order = Promise.resolve();

  const generate = async (changed?: ReadonlySet<string>): Promise<void> => {
    const read = reader.read(changed);
    const compilation = compileSources(read.sources, { cache, found: read.diagnostics });
    const { snapshot, diagnostics } = compilation;
    if (snapshot === undefined || hasErrors(diagnostics)) {
      terminal.printError(await drawDiagnostics(diagnostics, compilation, 'text', terminal));
      return terminal.printError('\nNothing was generated; waiting for the errors to be mended …\n');
    }
    try {
      sayGeneration(terminal, await generator.write(snapshot));
    } catch (error) {
      const refusal = diagnoseRefusal(error, read.sources);
      if (refusal.length === 0) throw error;
      terminal.printError(await drawDiagnostics(refusal, compilation, 'text', terminal));
    }
  };
  const inOrder = (changed?: ReadonlySet<string>): Promise<void> =>
    (order = order
      .then(() => generate(changed))
      .catch((error: unknown) => {
        terminal.printError(`error: ${error instanceof Error ? error.message : String(error)}\n`);
      }));

  const opened = createOpened();
  const stopped = runUntilStopped(terminal, opened.close);
  const watcher = watchSources(root, (paths) => void inOrder(paths), {
    onError: (error) => terminal.printError(`warning: watching failed: ${error.message}\n`),
  });
  opened.add(() => watcher.close());
  await watcher.ready;
  await inOrder();
  terminal.printError('Watching; every good save is generated.\n');
  await stopped;
  await order;
}
