// The Model Context Protocol over standard input and output, until the other side closes its end.

import { openCaller } from '../governance/caller.ts';
import { createMcpServer } from '../mcp/create-mcp-server.ts';
import { haveToolsChanged } from '../mcp/list-tools.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Terminal } from './terminal.ts';

/** Resolves when standard input has ended. Whoever starts the process may call everything. */
export async function serveMcpOverPipes(runtime: Runtime, terminal: Terminal): Promise<void> {
  const { serveStdio, StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
  const { registry } = runtime;
  const scopeOf = () => ({ snapshot: registry.current, caller: openCaller, onFailure: tellFault });
  const servers = new Set<Awaited<ReturnType<typeof createMcpServer>>>();
  const tell = (error: unknown): void =>
    terminal.printError(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  function tellFault(error: unknown): void {
    tell(error);
  }
  const closed = Promise.withResolvers<void>();
  const transport = new StdioServerTransport();
  const handle = serveStdio(
    async () => {
      const server = await createMcpServer(runtime, scopeOf);
      servers.add(server);
      return server;
    },
    { transport, onerror: tell },
  );
  const forget = registry.onSwap((current, previous) => {
    if (!haveToolsChanged(previous, current)) return;
    for (const server of servers) server.sendToolListChanged().catch(tell);
  });
  process.stdin.once('end', closed.resolve).once('close', closed.resolve);
  try {
    await closed.promise;
  } finally {
    forget();
    await handle.close();
  }
}
