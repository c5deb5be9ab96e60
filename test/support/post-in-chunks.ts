// A request whose body a server gets in the very chunks that a test gives: each goes out as a chunk of HTTP's own.
import { request } from 'node:http';
import type { TestServer } from './start-server.ts';

export interface ChunkedAnswer {
  readonly status: number | undefined;
  readonly text: string;
}

/** Posts the chunks, as JSON unless `headers` say otherwise; empty ones are left out. */
export function postInChunks(
  { url }: Pick<TestServer, 'url'>,
  path: string,
  chunks: readonly Buffer[],
  headers: Readonly<Record<string, string>>,
): Promise<ChunkedAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => void (text += piece));
      response.on('end', () => resolve({ status: response.statusCode, text }));
      response.on('error', reject);
    });
    for (const chunk of chunks) if (chunk.length > 0) sent.write(chunk);
    sent.end();
  });
}
