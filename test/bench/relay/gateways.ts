// The processes that are measured, one role each: the least that a proxy in Node can do, Capstan, and Portkey's gateway
// where it is installed. Started by processes.ts.
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { Pool } from 'undici';
import { startRuntime } from '../../../src/cli/start-runtime.ts';
import { createRegistry } from '../../../src/registry/registry.ts';
import { prepareSnapshot } from '../../../src/runtime/prepare.ts';
import { createServer } from '../../../src/server/create-server.ts';
import { createMemoryLedger } from '../../../src/usage/memory-ledger.ts';
import { sampleSnapshot, UPSTREAM_KEY } from '../../support/sample-snapshot.ts';
import { freePort } from './free-port.ts';
import type { Used } from './processes.ts';
import { KEY } from './provider.ts';

const roles: Readonly<Record<string, (argument: string) => Promise<string>>> = {
  proxy: serveProxy,
  capstan: serveCapstan,
  portkey: servePortkey,
};

const serve = roles[process.argv[2] ?? ''];
if (serve !== undefined && process.send !== undefined) {
  const url = await serve(process.argv[3] ?? '');
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    const used: Used = {
      cpuMicros: user + system,
      rssBytes: process.memoryUsage.rss(),
      peakBytes: process.resourceUsage().maxRSS * 1024,
    };
    process.send?.(used);
  });
  process.on('disconnect', () => process.exit());
  process.send({ url });
}

/** node:http in, one undici dispatch out, one write back. */
async function serveProxy(upstream: string): Promise<string> {
  const { origin, pathname } = new URL(upstream);
  const pool = new Pool(origin, {
    allowH2: false,
    pipelining: 1,
    connections: 1024,
    keepAliveTimeout: 60_000,
  });
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      forward(pool, `${pathname}/chat/completions`, body, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function forward(pool: Pool, path: string, body: Buffer, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  let isStream = false;
  const headers = ['content-type', 'application/json', 'authorization', `Bearer ${KEY}`];
  pool.dispatch(
    { method: 'POST', path, headers, body },
    {
      onRequestStart() {},
      onResponseStart(_controller, status, answered) {
        isStream = String(answered['content-type']).startsWith('text/event-stream');
        if (isStream) response.writeHead(status, ['content-type', 'text/event-stream']);
      },
      onResponseData(controller, chunk) {
        if (!isStream) chunks.push(chunk);
        else if (!response.write(chunk)) {
          controller.pause();
          response.once('drain', () => controller.resume());
        }
      },
      onResponseEnd() {
        if (isStream) return void response.end();
        const whole = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
        response.writeHead(200, ['content-type', 'application/json', 'content-length', String(whole.length)]);
        response.end(whole);
      },
      onResponseError: () => response.destroy(),
    },
  );
}

/** As `capstan serve` runs it, but for the log: keys, routing, usage records. */
async function serveCapstan(upstreamUrl: string): Promise<string> {
  const access = { keys: [{ name: 'bench', sha256: hash('sha256', KEY), team: 'bench' }] };
  const snapshot = { ...sampleSnapshot({ upstreamUrl }), access };
  const registry = createRegistry(snapshot, prepareSnapshot);
  const { runtime } = startRuntime(registry, { [UPSTREAM_KEY]: 'sk-bench-0123456789' }, createMemoryLedger());
  const app = createServer({ runtime, access: 'keys' });
  return app.listen({ port: 0, host: '127.0.0.1' });
}

async function servePortkey(entry: string): Promise<string> {
  const port = await freePort();
  process.argv = [process.argv[0] ?? '', entry, `--port=${port}`, '--headless'];
  await import(pathToFileURL(entry).href);
  return `http://127.0.0.1:${port}`;
}
