// The least that a proxy in Node can do.
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { KEY } from './provider.ts';

/** node:http in, one undici dispatch out, one write back. */
export async function serve(upstream: string): Promise<string> {
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
