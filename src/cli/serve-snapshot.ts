// Serves one Snapshot in this process: runtime, ledger and HTTP server together.

import { createRegistry } from '../registry/registry.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import { prepareSnapshot } from '../runtime/prepare.ts';
import { UsageError } from './exit-code.ts';
import { createOpened } from './opened.ts';
import { createRequestLog } from './request-log.ts';
import { startRuntime, unavailableProviders } from './start-runtime.ts';
import { startServer } from './start-server.ts';
import type { ListenOptions } from './start-server.ts';
import { styled } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { openLedger } from './usage-file.ts';

export interface Where extends Pick<ListenOptions, 'access' | 'host' | 'port'> {
  readonly graceMs: number;
  /** The folder below which usage records are kept. */
  readonly root: string;
  /** Where usage records go. */
  readonly usage: string | undefined;
}

export interface Serving {
  /** For example `http://127.0.0.1:4700`. */
  readonly url: string;
  /** Makes everything ready that can be; rejects when that fails, and nothing has changed then. */
  prepare(next: Snapshot): Promise<void>;
  /** Serves what was prepared, from the next request on. */
  swap(next: Snapshot): Promise<void>;
  close(): Promise<void>;
}

/** Throws `UsageError` when nothing could be answered, or nobody could call. */
export async function serveSnapshot(
  terminal: Terminal,
  snapshot: Snapshot,
  { root, usage, ...where }: Where,
): Promise<Serving> {
  const opened = createOpened();
  try {
    const ledger = await openLedger(terminal, root, usage);
    const registry = createRegistry(snapshot, prepareSnapshot);
    const running = startRuntime(registry, terminal.environment, ledger);
    opened.add(() => running.close());
    const missing = unavailableProviders(snapshot, running.transport);
    for (const line of missing) terminal.printError(`${styled(terminal, 'yellow', 'warning')}: ${line}\n`);
    if (missing.length === Object.keys(snapshot.providers).length)
      throw new UsageError('No provider is available, so nothing could be answered.');
    const logger = createRequestLog(terminal);
    const server = await startServer({ runtime: running.runtime, ...where, logger });
    opened.add(() => server.close());
    return {
      url: server.url,
      prepare: async (next) => prepareSnapshot(next),
      swap: async (next) => void registry.swap(next),
      close: opened.close,
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
