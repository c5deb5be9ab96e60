// The HTTP/1.1 client over TLS, with a certificate that openssl makes for the run.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClosedEarly } from '../../src/providers/http1/faults.ts';
import { createLine } from '../../src/providers/http1/line.ts';
import type { Line } from '../../src/providers/http1/line.ts';
import { hasProgram } from '../support/find-program.ts';
import { ask, askPausing } from '../support/line-exchange.ts';
import { startRawServer } from '../support/raw-server.ts';
import type { RawServer } from '../support/raw-server.ts';

const hasOpenssl = hasProgram('openssl', ['version'], /OpenSSL [13]\./);
const usual = getCACertificates();
let key = '';
let cert = '';

beforeAll(() => {
  if (!hasOpenssl) return;
  const folder = mkdtempSync(join(tmpdir(), 'capstan-certificate-'));
  const keyFile = join(folder, 'key.pem');
  const certFile = join(folder, 'cert.pem');
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=loopback', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
      ...['-keyout', keyFile, '-out', certFile],
    ],
    { stdio: 'pipe' },
  );
  key = readFileSync(keyFile, 'utf8');
  cert = readFileSync(certFile, 'utf8');
  rmSync(folder, { recursive: true });
  setDefaultCACertificates([...usual, cert]);
});

afterAll(() => setDefaultCACertificates(usual));

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function serve(onRequest: (socket: Socket, request: string) => void): Promise<RawServer> {
  const server = await startRawServer(onRequest, (onSocket) => ({
    server: createServer({ key, cert, ALPNProtocols: ['h2', 'http/1.1'] }, onSocket),
    protocol: 'https:',
  }));
  cleanups.push(() => server.close());
  return server;
}

function lineTo(origin: URL): Line {
  const line = createLine({ origin, connectMs: 5000, keepAliveMs: 60_000, connectionsMax: 50 });
  cleanups.push(() => line.destroy());
  return line;
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const CUT = 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok';

test.runIf(hasOpenssl)('requests share a connection that speaks HTTP/1.1', async () => {
  const server = await serve((socket, request) => {
    const { length } = request.slice(request.indexOf('\r\n\r\n') + 4);
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${String(length).length}\r\n\r\n${length}`);
  });
  const line = lineTo(server.origin);
  for (const length of [0, 1, 1000, 16_000, 17_000, 300_000, 1]) {
    const { body } = await ask(line, { method: 'POST', body: [Buffer.alloc(length, 'x')] }).answer;
    expect(body.toString()).toBe(String(length));
  }
  expect(server.sockets).toHaveLength(1);
  expect((server.sockets[0] as TLSSocket).alpnProtocol).toBe('http/1.1');
});

test.runIf(hasOpenssl)('a name is sent to the server and held against the certificate', async () => {
  const server = await serve((socket) => socket.write(OK));
  const named = lineTo(new URL(`https://localhost:${server.origin.port}`));
  expect((await ask(named).answer).status).toBe(200);
  expect((server.sockets[0] as TLSSocket).servername).toBe('localhost');
});

test.runIf(hasOpenssl)('a certificate that nobody vouches for is refused', async () => {
  const server = await serve((socket) => socket.write(OK));
  setDefaultCACertificates(usual);
  try {
    const { answer, heard } = ask(lineTo(server.origin));
    await expect(answer).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(heard).toEqual(['error']);
  } finally {
    setDefaultCACertificates([...usual, cert]);
  }
});

test.runIf(hasOpenssl)('a second connection takes up the session of the first', async () => {
  const reused: boolean[] = [];
  const server = await serve((socket) => {
    reused.push((socket as TLSSocket).isSessionReused());
    socket.write(OK);
  });
  const line = lineTo(server.origin);
  await ask(line).answer;
  await ask(line).answer;
  const [first] = server.sockets as TLSSocket[];
  if (first !== undefined) {
    const gone = once(first, 'close');
    first.end();
    await gone;
  }
  await ask(line).answer;
  expect(reused).toEqual([false, false, true]);
});

test.runIf(hasOpenssl).each([
  ['a length', (bytes: Buffer) => [`content-length: ${bytes.length}\r\n\r\n`, bytes, '']],
  [
    'chunks',
    (bytes: Buffer) => [
      `transfer-encoding: chunked\r\n\r\n${bytes.length.toString(16)}\r\n`,
      bytes,
      '\r\n0\r\n\r\n',
    ],
  ],
  ['the end of the connection', (bytes: Buffer) => ['\r\n', bytes, '']],
])('5 MB that end with %s arrive whole though the reader pauses', async (name, parts) => {
  const whole = Buffer.alloc(5_000_000, 'abcdefghijklmnopqrstuvwxyz-');
  const server = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    for (const part of parts(whole)) if (part.length > 0) socket.write(part);
    if (name.startsWith('the end')) socket.end();
  });
  const { body, early } = await askPausing(lineTo(server.origin));
  expect(body.equals(whole)).toBe(true);
  expect(early).toBe(0);
});

test.runIf(hasOpenssl)('answers on many connections at once do not mix', async () => {
  const bodyOf = (path: string): Buffer => Buffer.alloc(200_000, `${path} `);
  const server = await serve((socket, request) => {
    const path = request.split(' ')[1] ?? '';
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n');
    socket.write(bodyOf(path));
  });
  const line = lineTo(server.origin);
  const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
  const answers = await Promise.all(paths.map((path) => ask(line, { path }).answer));
  answers.forEach(({ body }, index) => expect(body.equals(bodyOf(paths[index] ?? ''))).toBe(true));
});

test.runIf(hasOpenssl)('whoever leaves within an answer ends the connection', async () => {
  const server = await serve((socket) => socket.write(CUT));
  const line = lineTo(server.origin);
  const { promise, resolve } = Promise.withResolvers<void>();
  const left = ask(
    line,
    {},
    {
      onData() {
        left.exchange.abort();
        resolve();
      },
    },
  );
  await promise;
  expect(line.open).toBe(0);
  const [socket] = server.sockets;
  if (socket?.closed === false) await once(socket, 'close');
  expect(left.heard).toEqual(['sent', 'head', 'data']);
});

test.runIf(hasOpenssl)('an answer that is cut off is not whole', async () => {
  const server = await serve((socket) => socket.end(CUT));
  await expect(ask(lineTo(server.origin)).answer).rejects.toBeInstanceOf(ClosedEarly);
});
