// Compiles a project and serves it on a free port of loopback: Capstan inside a program of one's own.

import {
  closeGracefully,
  compile,
  createMemoryLedger,
  createRegistry,
  createRuntime,
  createServer,
  createTransport,
  prepareSnapshot,
  printText,
  readSources,
} from '../../src/index.ts';

export interface StartedCapstan {
  readonly url: string;
  close(): Promise<void>;
}

export async function startCapstan(projectRoot: string): Promise<StartedCapstan> {
  const sources = await readSources(projectRoot);
  const { snapshot, diagnostics, shown } = compile(sources);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (snapshot === undefined || errors.length > 0) throw new Error(`\n${printText(errors, shown)}`);

  // No environment, so no keys: whatever providers the project names, only the simulator is available here.
  const transport = createTransport({ environment: {}, simulatorPaceMs: 2 });
  const runtime = createRuntime({
    registry: createRegistry(snapshot, prepareSnapshot),
    transport,
    ledger: createMemoryLedger(),
    now: () => Date.now(),
    random: () => Math.random(),
  });
  const server = createServer({ runtime, access: 'open' });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    async close() {
      await closeGracefully(server, 1_000);
      await transport.close();
    },
  };
}
