// The HTTP/1.1 client and the bytes of an answer: which it takes, which it refuses, and that it does not matter how they are
// cut. The judge is Node's own client: it is given the same bytes.
import { request as nodeRequest } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AnswerReader } from '../../src/providers/http1/answer-reader.ts';
import { BrokenAnswer } from '../../src/providers/http1/faults.ts';
import { createLine } from '../../src/providers/http1/line.ts';
import type { Line } from '../../src/providers/http1/line.ts';
import { ask } from '../support/line-exchange.ts';
import { pieces } from '../support/pieces.ts';
import { startRawServer } from '../support/raw-server.ts';
import type { RawServer } from '../support/raw-server.ts';

/** What the server answers to the next request, each piece in a turn of its own; then it says no more. */
let script: readonly Uint8Array[] = [];
let server: RawServer;
let line: Line;

beforeAll(async () => {
  server = await startRawServer((socket) => {
    const rest = [...script];
    const next = (): void => {
      const bytes = rest.shift();
      if (bytes === undefined) {
        socket.end();
        return;
      }
      socket.write(bytes);
      setImmediate(next);
    };
    next();
  });
  line = createLine({ origin: server.origin, connectMs: 5000, keepAliveMs: 60_000, connectionsMax: 8 });
});

afterAll(async () => {
  line.destroy();
  await server.close();
});

/** What a client makes of bytes, so that two can be compared. */
interface Reading {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const BROKEN = 'broken';

async function readOverLine(cut: readonly Uint8Array[]): Promise<Reading | typeof BROKEN> {
  script = cut;
  return ask(line).answer.then(
    ({ status, headers, body }) => ({ status, headers, body: body.toString('latin1') }),
    () => BROKEN,
  );
}

function readOverNode(bytes: Uint8Array): Promise<Reading | typeof BROKEN> {
  script = [bytes];
  return new Promise((resolve) => {
    const request = nodeRequest(server.origin, { agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => resolve(BROKEN));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: joined(response.rawHeaders),
          body: Buffer.concat(parts).toString('latin1'),
        }),
      );
    });
    request.on('error', () => resolve(BROKEN));
    request.end();
  });
}

function joined(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    const before = headers[name];
    headers[name] = before === undefined ? (raw[at + 1] ?? '') : `${before}, ${raw[at + 1]}`;
  }
  return headers;
}

interface Read {
  readonly reading: Reading;
  readonly keptMs: number;
  /** Bytes after the end of the answer. */
  readonly left: number;
}

/** Without a network: the bytes in these pieces, and then the end of the connection; or what is wrong. */
function read(cut: readonly Uint8Array[], headBytesMax = 64 * 1024): Read | string {
  const reader = new AnswerReader(headBytesMax);
  reader.begin('GET');
  let body = '';
  let left = 0;
  try {
    for (const piece of cut) {
      const bytes = Buffer.from(piece);
      let at = reader.inHead ? reader.readHead(bytes, bytes.length) : 0;
      while (at >= 0 && at < bytes.length && !reader.isWhole) {
        at = reader.step(bytes, at);
        body += bytes.toString('latin1', reader.pieceAt, reader.pieceEnd);
      }
      if (at >= 0) left += bytes.length - at;
    }
  } catch (error) {
    if (!(error instanceof BrokenAnswer)) throw error;
    return error.message;
  }
  if (!reader.endsByClosing) return 'closed early';
  const reading = { status: reader.status, headers: { ...reader.headers }, body };
  return { reading, keptMs: reader.keptMs, left };
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

const HEAD_LINE = 'A line of the head holds a character that it may not, or does not end in CRLF.';
const NAME = 'A header has no proper name.';
const NOT_HTTP = 'The answer is not HTTP/1.0 or HTTP/1.1.';
const CODING = 'The answer has a transfer coding that is not "chunked".';
const LENGTH = 'The length of the answer is no number, or is there twice.';
const CHUNK = 'A chunk of the answer is broken.';
const TRAILER = 'A trailer of the answer is broken.';

const fields = (...lines: string[]): string => `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`;

test.each([
  // The status line
  ['HTTP/2 200 OK\r\n\r\n', NOT_HTTP],
  ['HTTP/1.2 200 OK\r\n\r\n', NOT_HTTP],
  ['HTTP/1.10 200 OK\r\n\r\n', NOT_HTTP],
  ['http/1.1 200 OK\r\n\r\n', NOT_HTTP],
  ['HTTP/1.1  200 OK\r\n\r\n', NOT_HTTP],
  ['HTTP/1.1 20 OK\r\n\r\n', NOT_HTTP],
  ['HTTP/1.1 099 OK\r\n\r\n', NOT_HTTP],
  ['HTTP/1.1 2000 OK\r\n\r\n', HEAD_LINE],
  ['HTTP/1.1 200OK\r\n\r\n', HEAD_LINE],
  ['HTTP/1.1 200 O\0K\r\n\r\n', HEAD_LINE],
  ['HTTP/1.1 200 O\rK\r\n\r\n', HEAD_LINE],
  ['\r\nHTTP/1.1 200 OK\r\n\r\n', NOT_HTTP],
  ['SSH-2.0-OpenSSH_9.2\r\n', NOT_HTTP],
  ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 'The answer changes the protocol, which was not asked for.'],
  ['HTTP/1.0 100 Continue\r\n\r\n', 'The answer is interim, which HTTP/1.0 does not know.'],
  // Lines and names
  ['HTTP/1.1 200 OK\n\n', 'A line of the head does not end in CRLF.'],
  ['HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n', HEAD_LINE],
  ['HTTP/1.1 200 OK\r\na: b\rc: d\r\n\r\n', HEAD_LINE],
  [fields('a: b\x01'), HEAD_LINE],
  [fields('a: b\0'), HEAD_LINE],
  [fields('a: b\x7f'), HEAD_LINE],
  [fields('a: b', ' c'), NAME],
  [fields('a: b', '\tc'), NAME],
  [fields(' a: b'), NAME],
  [fields('a : b'), NAME],
  [fields('a'), NAME],
  [fields(': b'), NAME],
  [fields('a(b: c'), NAME],
  [fields('é: c'), NAME],
  // The length
  [fields('content-length: x'), LENGTH],
  [fields('content-length: '), LENGTH],
  [fields('content-length: -1'), LENGTH],
  [fields('content-length: +1'), LENGTH],
  [fields('content-length: 0x2'), LENGTH],
  [fields('content-length: 1 1'), LENGTH],
  [fields('content-length: 2, 2'), LENGTH],
  [fields('content-length: 2', 'Content-Length: 2'), LENGTH],
  [fields('content-length: 2', 'content-length: 3'), LENGTH],
  [fields('content-length: 9999999999999999'), LENGTH],
  // The coding
  [fields('transfer-encoding: gzip'), CODING],
  [fields('transfer-encoding: identity'), CODING],
  [fields('transfer-encoding: chunked, gzip'), CODING],
  [fields('transfer-encoding: gzip, chunked'), CODING],
  [fields('transfer-encoding: chunked', 'transfer-encoding: chunked'), CODING],
  [fields('transfer-encoding: xchunked'), CODING],
  [fields('transfer-encoding: '), CODING],
  [
    fields('transfer-encoding: chunked', 'content-length: 2'),
    'The answer has a length and a transfer coding.',
  ],
  // Chunks
  [`${chunked}x\r\n`, CHUNK],
  [`${chunked}\r\n`, CHUNK],
  [`${chunked};a\r\n`, CHUNK],
  [`${chunked} 2\r\nok`, CHUNK],
  [`${chunked}2 \r\nok`, CHUNK],
  [`${chunked}2\nok`, CHUNK],
  [`${chunked}2;a\nok`, CHUNK],
  [`${chunked}0x2\r\nok`, CHUNK],
  [`${chunked}-2\r\nok`, CHUNK],
  [`${chunked}2\r\nokk\r\n0\r\n\r\n`, CHUNK],
  [`${chunked}2\r\nok\n0\r\n\r\n`, CHUNK],
  [`${chunked}2\r\nok\r\r0\r\n\r\n`, CHUNK],
  [`${chunked}20000000000000\r\nok`, CHUNK],
  [`${chunked}00000000000002\r\nok`, CHUNK],
  [`${chunked}2;${'a'.repeat(1025)}\r\nok`, CHUNK],
  // Trailers
  [`${chunked}0\r\na\r\n\r\n`, TRAILER],
  [`${chunked}0\r\n a: b\r\n\r\n`, TRAILER],
  [`${chunked}0\r\na: b\n\r\n`, TRAILER],
  [`${chunked}0\r\na: b\0\r\n\r\n`, TRAILER],
  [`${chunked}0\r\n\n`, TRAILER],
  [`${chunked}0\r\n\r\r`, TRAILER],
])('%j is refused, cut anywhere', (text, message) => {
  const bytes = bytesOf(text);
  const messages = new Set<unknown>([read([bytes])]);
  for (let at = 1; at < bytes.length; at += 1) {
    messages.add(read([bytes.subarray(0, at), bytes.subarray(at)]));
  }
  messages.add(read(Array.from(bytes, (byte) => Uint8Array.of(byte))));
  // Cut, a bare line feed may be seen before the line is read.
  messages.delete('A line of the head does not end in CRLF.');
  if (message === 'A line of the head does not end in CRLF.') expect(messages.size).toBe(0);
  else expect([...messages]).toEqual([message]);
});

const length0 = 'content-length: 0';

test.each<[string, string, number?, number?]>([
  ['HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', ''],
  ['HTTP/1.1 299 \r\ncontent-length: 002\r\n\r\nok', 'ok'],
  ['HTTP/1.1 200 \xe9t\xe9\r\nx: \xe9 \r\ncontent-length:2\r\n\r\nok', 'ok'],
  ['HTTP/1.1 200 OK\r\n\r\nall', 'all', 0],
  ['HTTP/1.1 204 No Content\r\n\r\n', ''],
  ['HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', '', Infinity, 5],
  ['HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n', ''],
  [`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\na: b\r\n\r\n${fields('content-length: 2')}ok`, 'ok'],
  [`${chunked}2;a=b;c="d"\r\nok\r\nA\r\n0123456789\r\n000\r\n\r\n`, 'ok0123456789'],
  [`${chunked}0\r\na: b\r\nc:\r\n\r\n`, ''],
  [`${fields('Transfer-Encoding: CHUNKED')}2\r\nok\r\n0\r\n\r\n`, 'ok'],
  [`${chunked}2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n`, 'ok', Infinity, 19],
  [`${fields('content-length: 2')}okay`, 'ok', Infinity, 2],
  [fields('keep-alive: timeout=7', length0), '', 6000],
  [fields('keep-alive: max=3, Timeout = 7', length0), '', 6000],
  [fields('keep-alive: timeout=0', length0), '', 0],
  [fields('connection: keep-alive, CLOSE', length0), '', 0],
  [fields('connection: closed', length0), ''],
])('%j is read, cut anywhere', (text, body, keptMs = Infinity, left = 0) => {
  const bytes = bytesOf(text);
  expect(read([bytes])).toMatchObject({ reading: { body }, keptMs, left });
  for (let at = 1; at < bytes.length; at += 1) {
    expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(read([bytes]));
  }
  expect(read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(read([bytes]));
});

test('heads and trailers have a longest length, interim heads counted', () => {
  const long = `x: ${'a'.repeat(600)}\r\n`;
  const head = `HTTP/1.1 200 OK\r\n${long}content-length: 0\r\n\r\n`;
  const cases: [string, boolean][] = [
    [head, true],
    [head.replace(long, long.repeat(2)), false],
    [`HTTP/1.1 200 OK\r\n${long.repeat(2)}`, false],
    [`HTTP/1.1 103 Hints\r\n${long}\r\n${head}`, false],
    ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(100), false],
    [`${chunked}0\r\n${long}\r\n`, true],
    [`${chunked}0\r\n${long.repeat(2)}\r\n`, false],
  ];
  for (const [text, isTaken] of cases) {
    const bytes = bytesOf(text);
    for (const cut of [[bytes], Array.from(bytes, (byte) => Uint8Array.of(byte))]) {
      const result = read(cut, 1000);
      expect(typeof result === 'string' ? result : 'taken').toBe(
        isTaken ? 'taken' : 'The head of the answer is too long.',
      );
    }
  }
});

// Random answers

const token = fc.string({ unit: fc.constantFrom(..."abzAZ09-_!#$%&'*+.^`|~"), minLength: 1, maxLength: 8 });
const value = fc
  .string({ unit: fc.constantFrom('a', 'Z', '0', ' ', '\t', ',', ':', ';', '"', 'é', '\xff'), maxLength: 12 })
  .map((text) => text.trim());
const header = fc.tuple(
  token.filter((name) => !/^(?:content-length|transfer-encoding|connection|keep-alive)$/i.test(name)),
  fc.constantFrom('', ' ', '\t '),
  value,
  fc.constantFrom('', ' '),
);
const headerLines = fc
  .array(header, { maxLength: 5 })
  .map((list) => list.map(([name, before, text, after]) => `${name}:${before}${text}${after}\r\n`).join(''));
const content = fc.string({
  unit: fc.constantFrom('a', '\r', '\n', '0', '\0', '\xff', '\r\n\r\n'),
  maxLength: 60,
});
const interim = fc.constantFrom(
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n',
);
const chunk = (...extensions: string[]): fc.Arbitrary<[string, string]> =>
  fc.tuple(content, fc.constantFrom('', ...extensions));

const lengthAnswer = fc
  .tuple(headerLines, content)
  .map(([lines, body]) => `${lines}Content-Length: ${body.length}\r\n\r\n${body}`);
const chunkedAnswer = (...extensions: string[]): fc.Arbitrary<string> =>
  fc.tuple(headerLines, fc.array(chunk(...extensions), { maxLength: 4 }), headerLines).map(
    ([lines, chunks, trailers]) =>
      `${lines}Transfer-Encoding: chunked\r\n\r\n${chunks
        .filter(([body]) => body.length > 0)
        .map(([body, extension]) => `${body.length.toString(16)}${extension}\r\n${body}\r\n`)
        .join('')}0\r\n${trailers}\r\n`,
  );
const closedAnswer = fc.tuple(headerLines, content).map(([lines, body]) => `${lines}\r\n${body}`);

const answer = (...extensions: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      interim,
      fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.1 429', 'HTTP/1.0 500 Oh no', 'HTTP/1.1 304 Same'),
      fc.oneof(lengthAnswer, chunkedAnswer(...extensions), closedAnswer),
    )
    .map(([before, status, rest]) => `${before}${status}\r\n${rest}`);

test('answers say the same however they are cut, and what they say to Node', async () => {
  await fc.assert(
    fc.asyncProperty(answer(';a', ';a=b', ';a="b c"'), fc.nat(), async (text, seed) => {
      const bytes = bytesOf(text);
      const uncut = read([bytes]) as Read;
      expect(read(pieces(bytes, seed))).toEqual(uncut);
      const answered = pieces(bytes, seed).filter((piece) => piece.length > 0);
      expect(await readOverLine(answered)).toEqual(uncut.reading);
      expect(await readOverNode(bytes.subarray(0, bytes.length - uncut.left))).toEqual(uncut.reading);
    }),
    { numRuns: 150 },
  );
});

const damage = fc.record({
  at: fc.nat(),
  length: fc.nat({ max: 2 }),
  text: fc.constantFrom('', '\r', '\n', '\r\n', ' ', '\t', ':', ',', '0', 'f', '\0', '\xff', 'chunked', ': '),
});

// Extensions of chunks are left out: Node holds them to their grammar, which is forgotten here as they are.
test('of damaged answers, none is read that Node refuses or reads otherwise', async () => {
  await fc.assert(
    fc.asyncProperty(answer(), damage, fc.nat(), async (text, { at, length, text: put }, seed) => {
      const where = at % text.length;
      const damaged = text.slice(0, where) + put + text.slice(where + length);
      // A blank, and no part of the coding's name; Node takes it for one.
      fc.pre(!/chunked *\t/i.test(damaged));
      const bytes = bytesOf(damaged);
      const uncut = read([bytes]);
      const cut = read(pieces(bytes, seed));
      if (typeof uncut === 'string') {
        expect(cut).toBeTypeOf('string');
        return;
      }
      expect(cut).toEqual(uncut);
      expect(await readOverNode(bytes.subarray(0, bytes.length - uncut.left))).toEqual(uncut.reading);
    }),
    { numRuns: 200 },
  );
});
