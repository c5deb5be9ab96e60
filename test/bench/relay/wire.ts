// HTTP/1.1 by hand on sockets, on both ends of what is measured: neither the provider nor the callers may be the slow part.
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const CHUNKS_END = Buffer.from('0\r\n\r\n');

/** Reads requests off a socket and calls back with each body; knows only what the bench sends. */
function onRequests(socket: Socket, take: (head: string, body: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    for (;;) {
      const end = pending.indexOf(HEAD_END);
      if (end < 0) return;
      const head = pending.toString('latin1', 0, end);
      const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const isChunked = /transfer-encoding: *chunked/i.test(head);
      const bodyStart = end + HEAD_END.length;
      const chunksEnd = isChunked ? pending.indexOf(CHUNKS_END, bodyStart) : 0;
      if (isChunked && chunksEnd < 0) return;
      const bodyEnd = isChunked ? chunksEnd + CHUNKS_END.length : bodyStart + length;
      if (pending.length < bodyEnd) return;
      const body = pending.subarray(bodyStart, bodyEnd);
      pending = pending.subarray(bodyEnd);
      take(head, body);
    }
  });
}

export interface ProviderAnswers {
  readonly whole: Buffer;
  readonly events: readonly Buffer[];
  readonly paceMs: number;
}

/** A provider: a canned answer at once, or canned events, the first at once and the others at a pace. Resolves with its base URL. */
export async function startProvider({ whole, events, paceMs }: ProviderAnswers): Promise<string> {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${whole.length}\r\n\r\n`;
  const answer = Buffer.concat([Buffer.from(head), whole]);
  const streamHead =
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
  const chunks = events.map((event) =>
    Buffer.concat([Buffer.from(`${event.length.toString(16)}\r\n`), event, Buffer.from('\r\n')]),
  );
  // The first event comes at once: a timer is exact to a millisecond only, more than a gateway adds to the first byte.
  const start = Buffer.concat([Buffer.from(streamHead), ...chunks.slice(0, 1)]);
  const stream = (socket: Socket): void => {
    socket.write(start);
    let next = 1;
    const timer = setInterval(() => {
      const chunk = chunks[next++];
      if (chunk !== undefined && !socket.destroyed) socket.write(chunk);
      if (next < chunks.length && !socket.destroyed) return;
      clearInterval(timer);
      socket.write(CHUNKS_END);
    }, paceMs);
  };
  const server = createServer((socket) =>
    onRequests(socket, (_head, body) => {
      if (body.includes('"stream":true')) stream(socket);
      else socket.write(answer);
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

export interface Answered {
  /** Milliseconds until the first byte of the body, and until its end. */
  readonly firstMs: number;
  readonly totalMs: number;
  readonly status: number;
  readonly body: Buffer;
}

/** A connection that asks one thing after the other. */
export interface Caller {
  /** The other side has closed it, as servers do with connections that wait. */
  readonly closed: boolean;
  ask(request: Buffer): Promise<Answered>;
  close(): void;
}

export async function openCaller(url: string): Promise<Caller> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let waiting: { resolve(answered: Answered): void; reject(error: Error): void; askedAt: number } | undefined;
  let pending: Buffer[] = [];
  let firstMs = 0;
  let head:
    { readonly status: number; readonly length: number | undefined; readonly start: number } | undefined;
  let size = 0;
  const fail = (error: Error): void => waiting?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The connection was closed before the answer was whole.')));
  socket.on('data', (bytes: Buffer) => {
    if (waiting === undefined) return;
    pending.push(bytes);
    size += bytes.length;
    if (head === undefined) {
      const whole = pending.length === 1 ? bytes : Buffer.concat(pending);
      pending = [whole];
      const end = whole.indexOf(HEAD_END);
      if (end < 0) return;
      const text = whole.toString('latin1', 0, end);
      const length = /content-length: *(\d+)/i.exec(text)?.[1];
      head = {
        status: Number(text.slice(9, 12)),
        length: length === undefined ? undefined : Number(length),
        start: end + HEAD_END.length,
      };
    }
    if (firstMs === 0 && size > head.start) firstMs = performance.now() - waiting.askedAt;
    const last = pending.at(-1) ?? bytes;
    const isWhole =
      head.length === undefined
        ? size > head.start && last.subarray(-CHUNKS_END.length).equals(CHUNKS_END)
        : size >= head.start + head.length;
    if (!isWhole) return;
    const asked = waiting;
    const body = Buffer.concat(pending).subarray(head.start);
    const answered = { firstMs, totalMs: performance.now() - asked.askedAt, status: head.status, body };
    waiting = undefined;
    asked.resolve(answered);
  });
  return {
    get closed() {
      return socket.destroyed || socket.readyState !== 'open';
    },
    ask(request) {
      pending = [];
      head = undefined;
      size = 0;
      firstMs = 0;
      return new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('The connection is closed.'));
        waiting = { resolve, reject, askedAt: performance.now() };
        socket.write(request);
      });
    },
    close: () => socket.destroy(),
  };
}

export function requestBytes(url: string, path: string, headers: readonly string[], body: string): Buffer {
  const { host } = new URL(url);
  const bytes = Buffer.from(body);
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: ${host}`,
    'content-type: application/json',
    `content-length: ${bytes.length}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]);
}

/** The bytes of a chunked body without their frames. */
export function withoutFrames(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
  return Buffer.concat(parts);
}
