// The HTTP/1.1 client against real servers: what is sent, how connections are used and given up, and who is told what.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { promisify } from 'node:util';
import { errors } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { BadRequestHead, BrokenAnswer, ClosedEarly } from '../../src/providers/http1/faults.ts';
import { createLine } from '../../src/providers/http1/line.ts';
import type { Line, LineOptions } from '../../src/providers/http1/line.ts';
import { ask, askPausing } from '../support/line-exchange.ts';
import { startRawServer } from '../support/raw-server.ts';
import type { RawServer } from '../support/raw-server.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function lineTo(origin: URL, options: Partial<LineOptions> = {}): Line {
  const line = createLine({ origin, connectMs: 5000, keepAliveMs: 60_000, connectionsMax: 400, ...options });
  cleanups.push(() => line.destroy());
  return line;
}

interface NodeServer {
  readonly origin: URL;
  readonly connections: () => number;
}

async function serve(listener: RequestListener): Promise<NodeServer> {
  const server = createServer(listener);
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { origin: new URL(`http://127.0.0.1:${port}`), connections: () => connections };
}

async function serveRaw(onRequest: (socket: Socket, request: string) => void): Promise<RawServer> {
  const server = await startRawServer(onRequest);
  cleanups.push(() => server.close());
  return server;
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

async function failure(answer: Promise<unknown>): Promise<Error> {
  return answer.then(
    () => expect.unreachable('it was answered'),
    (error: unknown) => error as Error,
  );
}

/** The other side has seen this connection end. */
async function closed(socket: Socket | undefined): Promise<void> {
  if (socket !== undefined && !socket.closed) await once(socket, 'close');
}

// What is sent

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function serveEcho(): Promise<NodeServer> {
  return serve((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (bytes: Buffer) => pieces.push(bytes));
    request.on('end', () => {
      const { method, url, headers } = request;
      const received: Received = { method, url, headers, body: Buffer.concat(pieces).toString('latin1') };
      response.end(JSON.stringify(received));
    });
  });
}

test.each([
  ['no body', []],
  ['one piece', ['{"a":1}']],
  ['pieces, some of them empty', ['{', '', '"ä":', '1}', '']],
  ['pieces longer than one buffer', ['x'.repeat(9000), '', 'y'.repeat(300_000), 'z']],
])('a request arrives as it was given: %s', async (_name, body) => {
  const { origin } = await serveEcho();
  const line = lineTo(origin);
  const { answer } = ask(line, {
    method: 'POST',
    path: '/v1/chat?a=b%20c',
    headers: ['content-type', 'application/json', 'x-latin', 'é\xff', 'X-Empty', ''],
    body: body.map((text) => Buffer.from(text, 'latin1')),
  });
  expect(JSON.parse((await answer).body.toString())).toEqual({
    method: 'POST',
    url: '/v1/chat?a=b%20c',
    headers: {
      host: origin.host,
      connection: 'keep-alive',
      'content-type': 'application/json',
      'content-length': String(body.join('').length),
      'x-latin': 'é\xff',
      'x-empty': '',
    },
    body: body.join(''),
  } satisfies Received);
});

test.each([
  ['GET', '', undefined],
  ['DELETE', '', undefined],
  ['DELETE', 'x', '1'],
  ['POST', '', '0'],
  ['PUT', '', '0'],
])('%s with the body "%s" says the length %s', async (method, body, length) => {
  const { origin } = await serveEcho();
  const { answer } = ask(lineTo(origin), { method, body: [Buffer.from(body)] });
  const received = JSON.parse((await answer).body.toString()) as Received;
  expect(received.headers['content-length']).toBe(length);
  expect(received.headers['transfer-encoding']).toBeUndefined();
});

test.each([
  ['a value with a line end', { headers: ['x', 'a\r\nhost: evil'] }],
  ['a value with a bare line feed', { headers: ['x', 'a\nb'] }],
  ['a value with a bare carriage return', { headers: ['x', 'a\rb'] }],
  ['a value with NUL', { headers: ['x', 'a\0b'] }],
  ['a value that is not Latin-1', { headers: ['x', 'a\u010ab'] }],
  ['a value with DEL', { headers: ['x', 'a\x7fb'] }],
  ['a name with a colon', { headers: ['x:y', 'a'] }],
  ['a name with a line end', { headers: ['x\r\ny', 'a'] }],
  ['no name', { headers: ['', 'a'] }],
  ['a length of its own', { headers: ['Content-Length', '0'] }],
  ['a coding of its own', { headers: ['transfer-encoding', 'chunked'] }],
  ['a host of its own', { headers: ['host', 'evil'] }],
  ['a connection of its own', { headers: ['connection', 'close'] }],
  ['a path with a space', { path: '/a b' }],
  ['a path with a line end', { path: '/a\r\nb' }],
  ['a path without a slash', { path: 'a' }],
  ['a path that is not ASCII', { path: '/ä' }],
  ['a method with a space', { method: 'GET /' }],
])('a request with %s is not sent', async (_name, request) => {
  const { origin } = await serveRaw((socket) => socket.write(OK));
  const line = lineTo(origin);
  const { answer, heard } = ask(line, request);
  expect(await failure(answer)).toBeInstanceOf(BadRequestHead);
  expect(heard).toEqual(['error']);
  expect(line.open).toBe(0);
});

// What is heard

test('interim answers and trailers are passed over, repeated headers are joined', async () => {
  const { origin } = await serve((_request, response) => {
    response.writeProcessing();
    response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    response.writeHead(201, { trailer: 'x-sum', 'set-cookie': ['a=1', 'b=2'], 'X-Mixed-Case': 'Yes' });
    response.write('one, ');
    response.addTrailers({ 'x-sum': '3' });
    response.end('two');
  });
  const line = lineTo(origin);
  const { status, headers, body } = await ask(line).answer;
  expect(status).toBe(201);
  expect(headers).toMatchObject({ 'set-cookie': 'a=1, b=2', 'x-mixed-case': 'Yes' });
  expect(headers).not.toHaveProperty('x-sum');
  expect(body.toString()).toBe('one, two');
  expect(line.open).toBe(1);
});

test('a header may have the name of what every object inherits', async () => {
  const { origin } = await serveRaw((socket) =>
    socket.write('HTTP/1.1 200 OK\r\nconstructor: a\r\n__proto__: b\r\ncontent-length: 0\r\n\r\n'),
  );
  const seen: [string, string][] = [];
  await ask(lineTo(origin), {}, { onHead: (_status, headers) => void seen.push(...Object.entries(headers)) })
    .answer;
  expect(seen).toEqual([
    ['constructor', 'a'],
    ['__proto__', 'b'],
    ['content-length', '0'],
  ]);
});

test('what was handed on is not overwritten by what is read later', async () => {
  const { origin } = await serveRaw((socket, request) => {
    const letter = request.charAt(5);
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 3000\r\n\r\n${letter.repeat(3000)}`);
  });
  const line = lineTo(origin);
  const letters = ['a', 'b', 'c', 'd', 'e'];
  const answers = [];
  for (const letter of letters) answers.push(await ask(line, { path: `/${letter}` }).answer);
  expect(answers.map(({ body }) => body.toString())).toEqual(letters.map((letter) => letter.repeat(3000)));
});

// Connections

test('requests one after the other use one connection', async () => {
  const server = await serveEcho();
  const line = lineTo(server.origin);
  for (let count = 0; count < 20; count += 1) await ask(line, { body: [Buffer.from('x')] }).answer;
  expect(server.connections()).toBe(1);
  expect(line.open).toBe(1);
});

test('a request that is made as the last one ends uses its connection', async () => {
  const server = await serveEcho();
  const line = lineTo(server.origin);
  const next = Promise.withResolvers<unknown>();
  ask(line, {}, { onEnd: () => next.resolve(ask(line, { path: '/second' }).answer) });
  expect(await next.promise).toMatchObject({ status: 200 });
  expect(server.connections()).toBe(1);
});

test('300 requests at once get their own answers, and 300 more their connections', async () => {
  const server = await serveEcho();
  const line = lineTo(server.origin);
  for (let round = 0; round < 2; round += 1) {
    const asked = Array.from({ length: 300 }, (_, index) =>
      ask(line, { method: 'POST', path: `/${index}`, body: [Buffer.from(String(index).repeat(index))] }),
    );
    expect(line.open).toBe(300);
    const answers = await Promise.all(asked.map(({ answer }) => answer));
    answers.forEach(({ body }, index) => {
      expect(JSON.parse(body.toString())).toMatchObject({
        url: `/${index}`,
        body: String(index).repeat(index),
      });
    });
  }
  expect(server.connections()).toBe(300);
});

test('more connections than were allowed are a bug of who asks', async () => {
  const { origin } = await serveEcho();
  const line = lineTo(origin, { connectionsMax: 1 });
  const { answer } = ask(line);
  expect(() => ask(line)).toThrow('calls are limited');
  await answer;
  await ask(line).answer;
});

test.each([
  ['it says so', 'HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 2\r\n\r\nok'],
  ['it says so among other things', 'HTTP/1.1 200 OK\r\nconnection: x, close\r\ncontent-length: 2\r\n\r\nok'],
  ['it speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
  [
    'it chunks in HTTP/1.0',
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  ],
  ['more bytes follow the answer', `${OK}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`],
  ['a body follows where none may be', 'HTTP/1.1 204 No Content\r\n\r\nok'],
  ['its last second has begun', 'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok'],
])('a connection is not used again when %s', async (_name, answer) => {
  const server = await serveRaw((socket) => socket.write(answer));
  const line = lineTo(server.origin);
  const first = await ask(line).answer;
  expect(first.body.toString()).toBe(first.status === 204 ? '' : 'ok');
  expect(line.open).toBe(0);
  await closed(server.sockets[0]);
  await ask(line).answer;
  expect(server.sockets).toHaveLength(2);
});

test.each([1, 60, 64, 65, 1000, 200_000])(
  'nor is it when %i bytes follow a body that is read to where it stays',
  async (more) => {
    const body = Buffer.alloc(300_000, 'body ');
    const server = await serveRaw((socket, request) => {
      if (!request.startsWith('GET /first ')) {
        socket.write(OK);
        return;
      }
      socket.cork();
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`);
      socket.write(body);
      socket.write(OK.replace('ok', 'no').repeat(5000).slice(0, more));
      socket.uncork();
    });
    const line = lineTo(server.origin);
    const next = Promise.withResolvers<ReturnType<typeof ask>>();
    const first = ask(line, { path: '/first' }, { onEnd: () => next.resolve(ask(line)) });
    expect((await first.answer).body.equals(body)).toBe(true);
    expect((await (await next.promise).answer).body.toString()).toBe('ok');
    expect(server.sockets).toHaveLength(2);
  },
);

test('bodies arrive whole whatever the size of their chunks', async () => {
  const sizes = [1, 100, 16_383, 16_384, 16_385, 65_536, 131_071, 131_072, 131_073, 500_000, 3];
  const whole = Buffer.alloc(Math.max(...sizes), 'abcdefghijklmnopqrstuvwxyz-');
  const server = await serveRaw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    for (const size of sizes) {
      socket.write(`${size.toString(16)}\r\n`);
      socket.write(whole.subarray(0, size));
      socket.write('\r\n');
    }
    socket.write('0\r\n\r\n');
  });
  const line = lineTo(server.origin);
  const expected = Buffer.concat(sizes.map((size) => whole.subarray(0, size)));
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all([ask(line).answer, ask(line).answer, ask(line).answer]);
    for (const { body } of answers) expect(body.equals(expected)).toBe(true);
  }
  expect(server.sockets).toHaveLength(3);
});

test('HTTP/1.0 may keep a connection', async () => {
  const server = await serveRaw((socket) =>
    socket.write('HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\ncontent-length: 0\r\n\r\n'),
  );
  const line = lineTo(server.origin);
  await ask(line).answer;
  await ask(line).answer;
  expect(server.sockets).toHaveLength(1);
});

test.each([
  ['5 s, as the other side wishes', 'timeout=5', 60_000, 4000],
  ['its own time when that is shorter', 'timeout=120, max=10', 60_000, 60_000],
  ['its own time when nothing is said', 'max=10', 60_000, 60_000],
])('an idle connection is kept for %s', async (_name, hint, keepAliveMs, keptMs) => {
  let now = 0;
  const server = await serveRaw((socket) =>
    socket.write(`HTTP/1.1 200 OK\r\nkeep-alive: ${hint}\r\ncontent-length: 0\r\n\r\n`),
  );
  const line = lineTo(server.origin, { keepAliveMs, now: () => now });
  await ask(line).answer;
  now = keptMs - 1;
  await ask(line).answer;
  expect(server.sockets).toHaveLength(1);
  now += keptMs;
  await ask(line).answer;
  expect(server.sockets).toHaveLength(2);
  await closed(server.sockets[0]);
  expect(line.open).toBe(1);
});

test('an idle connection is closed in time though nobody asks', async () => {
  const server = await serveRaw((socket) => socket.write(OK));
  const line = lineTo(server.origin, { keepAliveMs: 20 });
  await Promise.all([ask(line).answer, ask(line).answer]);
  await Promise.all(server.sockets.map(closed));
  expect(line.open).toBe(0);
});

test('an idle connection that the other side closes is gone', async () => {
  const server = await serveRaw((socket) => socket.write(OK));
  const line = lineTo(server.origin);
  for (let round = 1; round <= 3; round += 1) {
    for (const end of ['end', 'resetAndDestroy'] as const) {
      expect((await ask(line).answer).body.toString()).toBe('ok');
      const [socket] = server.sockets.slice(-1) as [Socket];
      // A socket calls itself closed before the event loop has come to what that sends.
      const gone = once(socket, 'close');
      socket[end]();
      await gone;
    }
  }
  expect(server.sockets).toHaveLength(6);
});

// From a timer: the event loop reads what lies there before it comes to what waits for the end of the turn.
test.each([
  ['bytes nobody asked for', (socket: Socket) => socket.write(OK.replace('ok', 'no'))],
  ['a farewell', (socket: Socket) => socket.end()],
  ['a reset', (socket: Socket) => socket.resetAndDestroy()],
])('a request is not written to an idle connection on which %s arrived', async (_name, disturb) => {
  const server = await serveRaw((socket) => socket.write(OK));
  const line = lineTo(server.origin);
  await ask(line).answer;
  const asked = await new Promise<ReturnType<typeof ask>>((resolve) => {
    setTimeout(() => {
      const [socket] = server.sockets;
      if (socket !== undefined) disturb(socket);
      resolve(ask(line));
    }, 0);
  });
  expect((await asked.answer).body.toString()).toBe('ok');
  expect(asked.heard).toEqual(['sent', 'head', 'data', 'end']);
  expect(server.sockets).toHaveLength(2);
});

test('an idle connection does not keep the process', async () => {
  const { origin } = await serve((_request, response) => response.end('ok'));
  const line = new URL('../../src/providers/http1/line.ts', import.meta.url).href;
  const script = `
    import { createLine } from '${line}';
    const line = createLine({ origin: new URL('${origin.href}'), connectMs: 5000, keepAliveMs: 600_000, connectionsMax: 1 });
    const request = { method: 'GET', path: '/', headers: [], body: [] };
    const handler = { onSent() {}, onHead() {}, onData() {}, onError(error) { throw error; } };
    line.dispatch(request, { ...handler, onEnd() {
      setImmediate(() => line.dispatch(request, { ...handler, onEnd: () => console.log('answered', line.open) }));
    } });
  `;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect((await run).stdout).toBe('answered 1\n');
});

// Trouble

test('what the system says is handed on', async () => {
  const server = await startRawServer(() => {});
  await server.close();
  const line = lineTo(server.origin);
  const { answer, heard } = ask(line);
  expect(await failure(answer)).toMatchObject({ code: 'ECONNREFUSED' });
  expect(heard).toEqual(['error']);
  expect(line.open).toBe(0);
});

test('a connection that is not made in time fails as undici says it', async () => {
  const server = await serveRaw(() => {});
  const origin = new URL(server.origin.href.replace('http:', 'https:'));
  const line = lineTo(origin, { connectMs: 20 });
  expect(await failure(ask(line).answer)).toBeInstanceOf(errors.ConnectTimeoutError);
  expect(line.open).toBe(0);
});

test('a connection that is reset under a request fails it', async () => {
  const server = await serveRaw((socket, request) => {
    if (request.startsWith('GET /first ')) socket.write(OK);
    else socket.resetAndDestroy();
  });
  const line = lineTo(server.origin);
  await ask(line, { path: '/first' }).answer;
  const { answer, heard } = ask(line, { path: '/second' });
  expect(await failure(answer)).toMatchObject({ code: 'ECONNRESET' });
  expect(heard).toEqual(['sent', 'error']);
  expect(server.sockets).toHaveLength(1);
  expect(line.open).toBe(0);
});

test.each([
  ['before the head', ''],
  ['within the head', 'HTTP/1.1 200 OK\r\nx: '],
  ['after an interim head', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['within a body', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok'],
  ['within a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nok'],
  ['before the last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n'],
  ['before the last line', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n'],
])('an answer that ends %s is not whole', async (_name, text) => {
  const server = await serveRaw((socket) => socket.end(text));
  const line = lineTo(server.origin);
  expect(await failure(ask(line).answer)).toBeInstanceOf(ClosedEarly);
  expect(line.open).toBe(0);
});

test('an answer without a length ends with its connection', async () => {
  const server = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it'));
  const line = lineTo(server.origin);
  expect((await ask(line).answer).body.toString()).toBe('all of it');
  expect(line.open).toBe(0);
});

test('a request that is answered before it is read costs its connection', async () => {
  const { promise: answered, resolve: onAnswered } = Promise.withResolvers<void>();
  const server = await startRawServer(() => {});
  cleanups.push(() => server.close());
  const line = lineTo(server.origin);
  const { answer } = ask(
    line,
    { method: 'POST', body: [Buffer.alloc(40_000_000)] },
    {
      onSent() {
        const [socket] = server.sockets;
        socket?.pause();
        socket?.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n');
      },
      onEnd: onAnswered,
    },
  );
  await answered;
  expect((await answer).status).toBe(413);
  expect(line.open).toBe(0);
});

test('destroy fails what is under way, and whatever comes after it', async () => {
  const server = await serveRaw((socket, request) => {
    if (request.startsWith('GET /idle ')) socket.write(OK);
    else if (request.startsWith('GET /body ')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok');
  });
  const line = lineTo(server.origin);
  const { promise: inBody, resolve } = Promise.withResolvers<void>();
  await ask(line, { path: '/idle' }).answer;
  const body = ask(line, { path: '/body' }, { onData: () => resolve() });
  await inBody;
  const asked = [body, ask(line, { path: '/idle' }), ask(line, { path: '/connecting' })];
  line.destroy();
  asked.push(ask(line));
  for (const { answer } of asked) expect(await failure(answer)).toBeInstanceOf(ClosedEarly);
  expect(line.open).toBe(0);
  await Promise.all(server.sockets.map(closed));
});

// Leaving

test('whoever leaves while the connection is made ends it', async () => {
  const server = await serveRaw((socket) => socket.write(OK));
  const line = lineTo(server.origin, { connectionsMax: 1 });
  const left = ask(line);
  left.exchange.abort();
  expect(line.open).toBe(0);
  await ask(line).answer;
  expect(left.heard).toEqual([]);
});

test('whoever leaves before the request is written leaves the connection as it was', async () => {
  const server = await serveRaw((socket) => socket.write(OK));
  const line = lineTo(server.origin, { connectionsMax: 1 });
  await ask(line).answer;
  const left = ask(line);
  left.exchange.abort();
  const stayed = ask(line);
  left.exchange.abort();
  await stayed.answer;
  expect(left.heard).toEqual([]);
  expect(server.sockets).toHaveLength(1);
});

test.each(['onSent', 'onHead', 'onData'] as const)(
  'whoever leaves in %s hears nothing more',
  async (moment) => {
    const server = await serveRaw((socket) => socket.write(OK));
    const line = lineTo(server.origin, { connectionsMax: 1 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const left = ask(
      line,
      {},
      {
        [moment]: () => {
          left.exchange.abort();
          resolve();
        },
      },
    );
    await promise;
    const heard = [...left.heard];
    expect(line.open).toBe(0);
    await closed(server.sockets[0]);
    await ask(line).answer;
    expect(left.heard).toEqual(heard);
  },
);

test('an exchange that is over cannot touch the next one on its connection', async () => {
  const server = await serveRaw((socket, request) => {
    if (request.startsWith('GET /slow ')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nok');
    else socket.write(OK);
  });
  const line = lineTo(server.origin);
  const first = ask(line);
  await first.answer;
  const { promise: inBody, resolve } = Promise.withResolvers<void>();
  const second = ask(line, { path: '/slow' }, { onData: () => resolve() });
  await inBody;
  first.exchange.pause();
  first.exchange.abort();
  server.sockets[0]?.write('ok');
  expect((await second.answer).body.toString()).toBe('okok');
  expect(server.sockets).toHaveLength(1);
});

// Holding back

test.each([
  ['a length', true],
  ['chunks', false],
])('5 MB with %s arrive whole though the reader pauses at every piece', async (_name, withLength) => {
  const whole = Buffer.alloc(5_000_000, 'abcdefghijklmnopqrstuvwxyz-');
  const { origin } = await serve((_request, response) => {
    if (withLength) response.setHeader('content-length', whole.length);
    for (let at = 0; at < whole.length; at += 70_000) response.write(whole.subarray(at, at + 70_000));
    response.end();
  });
  const { body, early } = await askPausing(lineTo(origin));
  expect(body.equals(whole)).toBe(true);
  expect(early).toBe(0);
});

test('a paused reader stops the other side', async () => {
  const server = await serveRaw((socket, request) => {
    if (request.startsWith('GET /ping ')) {
      socket.write(OK);
      return;
    }
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 40000000\r\n\r\n');
    socket.write(Buffer.alloc(40_000_000));
  });
  const line = lineTo(server.origin);
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const asked = ask(
    line,
    { path: '/big' },
    {
      onHead() {
        asked.exchange.pause();
        resolve();
      },
    },
  );
  await begun;
  for (let count = 0; count < 50; count += 1) await ask(line, { path: '/ping' }).answer;
  expect(asked.bytes).toBe(0);
  expect(server.sockets[0]?.writableLength).toBeGreaterThan(10_000_000);
  asked.exchange.resume();
  expect((await asked.answer).body.length).toBe(40_000_000);
});

test('the end waits for a paused reader, also when the other side is gone', async () => {
  const server = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
  const line = lineTo(server.origin);
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const asked = ask(
    line,
    {},
    {
      onHead() {
        asked.exchange.pause();
        resolve();
      },
    },
  );
  await begun;
  expect((await ask(line).answer).body.toString()).toBe('ok');
  expect(asked.heard).toEqual(['sent', 'head']);
  asked.exchange.resume();
  expect((await asked.answer).body.toString()).toBe('ok');
});

test('a broken answer ends its exchange and its connection', async () => {
  const server = await serveRaw((socket) =>
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\nx'),
  );
  const line = lineTo(server.origin);
  const { answer, heard } = ask(line);
  expect(await failure(answer)).toBeInstanceOf(BrokenAnswer);
  expect(heard).toEqual(['sent', 'head', 'data', 'error']);
  expect(line.open).toBe(0);
  await closed(server.sockets[0]);
});
