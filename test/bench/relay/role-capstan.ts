// Capstan, in front of one provider, as the package runs: built, for types that are stripped while it starts take memory.
import { hash } from 'node:crypto';
import { sampleSnapshot, UPSTREAM_KEY } from '../../support/sample-snapshot.ts';
import { KEY } from './provider.ts';

/** `npm run bench:relay` builds it first. */
const built = new URL('../../../dist/src/', import.meta.url);

function load<Module>(path: string): Promise<Module> {
  return import(new URL(path, built).href) as Promise<Module>;
}

/** As `capstan serve` runs it, but for the log: keys, routing, usage records. */
export async function serve(upstreamUrl: string): Promise<string> {
  const { startRuntime } =
    await load<typeof import('../../../src/cli/start-runtime.ts')>('cli/start-runtime.js');
  const { createRegistry } =
    await load<typeof import('../../../src/registry/registry.ts')>('registry/registry.js');
  const { prepareSnapshot } =
    await load<typeof import('../../../src/runtime/prepare.ts')>('runtime/prepare.js');
  const { createServer } =
    await load<typeof import('../../../src/server/create-server.ts')>('server/create-server.js');
  const { createMemoryLedger } =
    await load<typeof import('../../../src/usage/memory-ledger.ts')>('usage/memory-ledger.js');
  const access = { keys: [{ name: 'bench', sha256: hash('sha256', KEY), team: 'bench' }] };
  const snapshot = { ...sampleSnapshot({ upstreamUrl }), access };
  const registry = createRegistry(snapshot, prepareSnapshot);
  const { runtime } = startRuntime(registry, { [UPSTREAM_KEY]: 'sk-bench-0123456789' }, createMemoryLedger());
  const app = createServer({ runtime, access: 'keys' });
  return app.listen({ port: 0, host: '127.0.0.1' });
}
