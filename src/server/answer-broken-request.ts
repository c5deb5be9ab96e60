// Bytes that never became a request: the HTTP parser refused them, so there is no route, no key and no reply object.
import type { Socket } from 'node:net';
import { errorCatalogue } from '../errors.ts';

/** The parser's code → the status and the sentence; everything else is a malformed request. */
const refusals: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The headers are larger than this server accepts.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time.'],
};
const malformed = ['400 Bad Request', 'The request is not HTTP/1.1.'] as const;

export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = refusals[error.code ?? ''] ?? malformed;
  const { type } = errorCatalogue.request_invalid;
  const body = JSON.stringify({ error: { code: 'request_invalid', message, type, param: null } });
  const head = [
    `HTTP/1.1 ${status}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Who goes on sending, or never closes its side, is not waited for.
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(linger));
}

/** For the other side to read the answer: cut at once, what it still sends would make it lose the answer. */
const LINGER_MS = 1_000;
