// A real server on a free loopback port, over a Snapshot, with everything that a test may want to look at.
import type { FastifyInstance } from 'fastify';
import { createRegistry } from '../../src/registry/registry.ts';
import type { Registry } from '../../src/registry/registry.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { createTransport } from '../../src/providers/transport.ts';
import type { TransportLimits } from '../../src/providers/transport.ts';
import type { RuntimeLimits } from '../../src/runtime/limits.ts';
import { prepareSnapshot } from '../../src/runtime/prepare.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { createServer } from '../../src/server/create-server.ts';
import type { ServerOptions } from '../../src/server/create-server.ts';
import type { RequestEntry } from '../../src/server/server-log.ts';
import { createMemoryLedger } from '../../src/usage/memory-ledger.ts';
import type { Ledger } from '../../src/usage/ledger.ts';
import type { UsageRecord } from '../../src/usage/usage-record.ts';
import { UPSTREAM_KEY } from './sample-snapshot.ts';

/** The key that only the server and the upstream may see; tests search every answer and log line for it. */
export const UPSTREAM_SECRET = 'sk-upstream-canary-0123456789abcdef';

export interface TestServer {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly registry: Registry;
  readonly runtime: Runtime;
  /** What was logged so far. */
  readonly entries: readonly RequestEntry[];
  readonly faults: readonly unknown[];
  usage(): readonly UsageRecord[];
  /** Requests so far that were invocations and are over. */
  invocations(): number;
  /** Resolves with the next entry that the server logs. */
  nextEntry(): Promise<RequestEntry>;
  close(): Promise<void>;
}

export interface StartOptions extends Partial<Pick<ServerOptions, 'access' | 'limits'>> {
  readonly transportLimits?: Partial<TransportLimits>;
  /** False for long runs: log entries are not kept. */
  readonly remembers?: false;
  /** Usage records that are kept in memory; default: 1,000. */
  readonly ledgerLimit?: number;
  /** Where usage records go as well. */
  readonly ledger?: Ledger;
  readonly runtimeLimits?: Partial<RuntimeLimits>;
  /** What the registry does with a Snapshot before it serves; default: prepare it. */
  readonly prepare?: (snapshot: Snapshot) => void;
  /** Default: the one in which the upstream's key is set. */
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startServer(snapshot: Snapshot, options: StartOptions = {}): Promise<TestServer> {
  const registry = createRegistry(snapshot, options.prepare ?? prepareSnapshot);
  let clock = 1_800_000_000_000;
  const now = (): number => ++clock;
  const transport = createTransport({
    now,
    environment: options.environment ?? { [UPSTREAM_KEY]: UPSTREAM_SECRET },
    ...(options.transportLimits === undefined ? {} : { limits: options.transportLimits }),
  });
  const ledger = createMemoryLedger({ limit: options.ledgerLimit ?? 1_000 });
  const { ledger: second } = options;
  const entries: RequestEntry[] = [];
  const faults: unknown[] = [];
  const waiting: ((entry: RequestEntry) => void)[] = [];
  let ids = 0;
  let invocations = 0;
  const runtime = createRuntime({
    registry,
    transport,
    ledger: second === undefined ? ledger : both(ledger, second),
    now,
    random: () => 0,
    newId: () => `id-${++ids}`,
    ...(options.runtimeLimits === undefined ? {} : { limits: options.runtimeLimits }),
  });
  const app = createServer({
    runtime,
    access: options.access ?? 'open',
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    logger: {
      request(entry) {
        if (entry.invocation !== undefined) invocations += 1;
        if (options.remembers !== false) entries.push(entry);
        for (const tell of waiting.splice(0)) tell(entry);
      },
      fault: (error) => void faults.push(error),
    },
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    app,
    url,
    registry,
    runtime,
    entries,
    faults,
    usage: () => ledger.recent(),
    invocations: () => invocations,
    nextEntry: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      app.server.closeAllConnections();
      await app.close();
      await transport.close();
    },
  };
}

function both(first: Ledger, second: Ledger): Ledger {
  return {
    record(record) {
      first.record(record);
      second.record(record);
    },
  };
}
