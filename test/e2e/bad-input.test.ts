// What callers get wrong: each mistake gets the catalogue's code in the one shape, and words that say what would be right.
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { errorOf, post } from '../support/call-server.ts';
import type { ErrorBody } from '../support/call-server.ts';
import { startFakeUpstream } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { openAiMistakes } from '../support/openai-schemas.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const KEY = 'key-of-a-caller';
const BODY_BYTES = 4_096;
const withKey = { authorization: `Bearer ${KEY}` };

let upstream: FakeUpstream;
let server: TestServer;
let open: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const limits = { bodyBytes: BODY_BYTES, jsonDepth: 16, headerBytes: 4_096 };
  const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl, keys: { caller: KEY } });
  server = await startServer(snapshot, { access: 'keys', limits });
  open = await startServer(snapshot, { access: 'open' });
});

/** Nothing here is our fault, nothing reaches a provider, and afterwards the server still answers. */
afterEach(async () => {
  expect(upstream.received).toEqual([]);
  expect(server.faults).toEqual([]);
  expect(open.faults).toEqual([]);
  expect((await fetch(`${server.url}/v1/models`, { headers: withKey })).status).toBe(200);
});

afterAll(async () => {
  await Promise.all([server.close(), open.close(), upstream.close()]);
});

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly param?: string;
}

async function expectRefusal(response: Response, { status, code, message, param }: Refusal): Promise<void> {
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(response.headers.get('x-request-id')).toMatch(/\S/);
  const error = await errorOf(response);
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) as string });
  expect(response.status).toBe(status);
  if (param !== undefined) expect(error.param).toBe(param);
  expect(openAiMistakes('ErrorResponse', { error })).toEqual([]);
}

const invalid = (message: string, param?: string): Refusal => ({
  status: 400,
  code: 'request_invalid',
  message,
  ...(param === undefined ? {} : { param }),
});

const document = { document: 'x' };

describe('bodies of a capability call', () => {
  test.each<[string, unknown, Refusal]>([
    [
      'malformed JSON',
      '{"input": {"document": }}',
      invalid('line 1, column 24 (offset 23) a value was expected'),
    ],
    ['half a body', '{"input": {"docu', invalid('line 1, column 17 (offset 16) the closing quote')],
    ['nothing', '', invalid('The body is empty')],
    ['no JSON at all', 'input=x', invalid('offset 0')],
    ['a list', [], invalid('The body is an array; it must be a JSON object.')],
    ['null', 'null', invalid('The body is null')],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), invalid('not UTF-8')],
    ['UTF-16', Buffer.from('{"input":{}}', 'utf16le'), invalid('The body is not JSON')],
    ['too deep', `{"input":${'['.repeat(99)}${']'.repeat(99)}}`, invalid('more than 16 arrays and objects')],
    ['no input', {}, invalid('The body has no "input".', 'input')],
    ['a misspelt field', { imput: document }, invalid('Did you mean "input"?', 'imput')],
    [
      'an unknown field',
      { input: document, verbosity: 9 },
      invalid('are input, tier, stream, metadata', 'verbosity'),
    ],
    ['the input without its envelope', document, invalid('stands inside "input"', 'document')],
    ['a tier that is no name', { input: document, tier: 5 }, invalid('"tier" must be', 'tier')],
    [
      'a tier that is not offered',
      { input: document, tier: 'gold' },
      invalid('"economy", "standard", "premium"', 'tier'),
    ],
    [
      'a tier from the prototype',
      { input: document, tier: 'constructor' },
      invalid('not "constructor"', 'tier'),
    ],
    [
      'a stream that is no flag',
      { input: document, stream: 'yes' },
      invalid('"stream" must be true or false', 'stream'),
    ],
    [
      'metadata that is no object',
      { input: document, metadata: [] },
      invalid('"metadata" must be', 'metadata'),
    ],
    [
      'metadata that holds numbers',
      { input: document, metadata: { a: 1 } },
      invalid('not a string', 'metadata'),
    ],
    [
      'too much metadata',
      { input: document, metadata: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`m${n}`, ''])) },
      invalid('more than 16 entries', 'metadata'),
    ],
  ])('%s', async (_name, body, refusal) => {
    const response = await post(server, '/v1/capabilities/summarize', body, { headers: withKey });
    await expectRefusal(response, refusal);
    expect(response.headers.get('x-capstan-revision')).toBe(server.registry.current.revision);
  });

  test.each([true, false])(
    'every violation of the input is listed, with its place (stream: %s)',
    async (stream) => {
      const body = { input: { name: 5, language: 'fr', extra: true }, stream };
      const response = await post(server, '/v1/capabilities/greet', body, { headers: withKey });
      expect(response.status).toBe(400);
      const error = await errorOf(response);
      expect(error.code).toBe('input_invalid');
      expect(error.invocation).toBe(response.headers.get('x-capstan-invocation'));
      const { violations } = error.details as { violations: { pointer: string; message: string }[] };
      expect(violations.map(({ pointer }) => pointer).sort()).toEqual(['/extra', '/language', '/name']);
      for (const { message } of violations) expect(message).toMatch(/\S/);
    },
  );
});

describe('bodies of a chat', () => {
  const messages = [{ role: 'user', content: 'Hello' }];
  test.each<[string, unknown, Refusal]>([
    ['malformed JSON', '{"model":"auto",}', invalid('offset 16')],
    ['no model', { messages }, invalid('The body has no "model"', 'model')],
    ['a model that is no name', { model: 7, messages }, invalid('"model" must be the name', 'model')],
    ['an empty model', { model: '', messages }, invalid('"model" must be the name', 'model')],
    ['no messages', { model: 'title' }, invalid('"messages" must be a list', 'messages')],
    [
      'a message that is none',
      { model: 'title', messages: [null] },
      invalid('must be an object', 'messages[0]'),
    ],
    ['a choice of two answers', { model: 'title', messages, n: 2 }, invalid('"n" can only be 1', 'n')],
    [
      'a stream that is no flag',
      { model: 'title', messages, stream: 1 },
      invalid('"stream" must be', 'stream'),
    ],
    ['a tier that is not offered', { model: 'title:gold', messages }, invalid('not "gold"', 'tier')],
    [
      'two models',
      '{"model":"upstream/large","messages":[],"model":"auto"}',
      invalid('names "model" twice', 'model'),
    ],
    [
      'two models, one of them disguised',
      '{"model":"upstream/large","messages":[],"\\u006dodel":"auto"}',
      invalid('names "model" twice', 'model'),
    ],
    [
      'a misspelt capability',
      { model: 'sumarize', messages },
      { status: 404, code: 'not_found', message: 'Did you mean "summarize"?', param: 'model' },
    ],
    [
      'a misspelt model',
      { model: 'upstraem/large', messages },
      { status: 404, code: 'not_found', message: 'Did you mean "upstream/large"?', param: 'model' },
    ],
    [
      'an unknown tier',
      { model: 'auto:gold', messages },
      { status: 404, code: 'not_found', message: 'No tier is named "gold"', param: 'model' },
    ],
    [
      'a destination instead of a model',
      { model: 'http://169.254.169.254/latest', messages },
      { status: 404, code: 'not_found', message: 'No model or capability is named', param: 'model' },
    ],
    [
      'a name from the prototype',
      { model: '__proto__/x', messages },
      { status: 404, code: 'not_found', message: 'No model or capability is named', param: 'model' },
    ],
  ])('%s', async (_name, body, refusal) => {
    await expectRefusal(await post(server, '/v1/chat/completions', body, { headers: withKey }), refusal);
  });
});

describe('what is around a body', () => {
  const call = JSON.stringify({ input: document });
  const path = '/v1/capabilities/title';

  test.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ])('the content type %s is 415', async (type) => {
    const headers = { ...withKey, 'content-type': type };
    const refusal = { status: 415, code: 'request_invalid', message: 'must be application/json' };
    await expectRefusal(await post(server, path, call, { headers }), refusal);
  });

  test('a compressed body is 415', async () => {
    const headers = { ...withKey, 'content-encoding': 'gzip' };
    const refusal = { status: 415, code: 'request_invalid', message: 'without a content encoding' };
    await expectRefusal(await post(server, path, call, { headers }), refusal);
  });

  test('a body that announces too much is 413', async () => {
    const body = { input: { document: 'x'.repeat(BODY_BYTES) } };
    const refusal = { status: 413, code: 'request_invalid', message: 'larger than this server accepts' };
    await expectRefusal(await post(server, path, body, { headers: withKey }), refusal);
  });

  test('a body that announces nothing and sends too much is 413', async () => {
    const { status, error } = await rawRequest(server, {
      method: 'POST',
      path,
      headers: { ...withKey, 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      body: `{"input":"${'x'.repeat(BODY_BYTES)}`,
    });
    expect([status, error?.code]).toEqual([413, 'request_invalid']);
  });
});

describe('keys', () => {
  test.each([
    [undefined, 'A key is required'],
    ['Bearer wrong', 'not known'],
    [`Bearer ${KEY}x`, 'not known'],
    [`Basic ${Buffer.from(`:${KEY}`).toString('base64')}`, 'not of the form'],
    [KEY, 'not of the form'],
    ['Bearer ', 'not of the form'],
  ])('%s is 401', async (authorization, message) => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await post(server, '/v1/capabilities/title', { input: document }, { headers });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    await expectRefusal(response, { status: 401, code: 'unauthenticated', message });
  });

  test.each(['/v1/models', '/v1/models/auto', '/v1/capabilities', '/v1/capabilities/title', '/nowhere'])(
    'without one, GET %s tells nothing',
    async (path) => {
      const response = await fetch(server.url + path);
      await expectRefusal(response, { status: 401, code: 'unauthenticated', message: 'A key is required' });
      expect(response.headers.get('x-capstan-revision')).toBeNull();
    },
  );

  test('a key in the query is not a key, and is not logged', async () => {
    const logged = server.nextEntry();
    expect((await fetch(`${server.url}/v1/models?key=${KEY}`)).status).toBe(401);
    expect(await logged).toMatchObject({ path: '/v1/models', status: 401, error: 'unauthenticated' });
  });

  test('a caller who leaves inside a body is logged as gone', async () => {
    const logged = server.nextEntry();
    const head = `POST /v1/capabilities/title HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\n`;
    const type = 'content-type: application/json\r\n';
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
      socket.write(`${head}${type}content-length: 100\r\n\r\n{"input":`, () => socket.destroy());
    });
    expect(await logged).toMatchObject({ path: '/v1/capabilities/title', abandoned: true });
  });

  test('a wrong key is refused before any of its body is read', async () => {
    const { status } = await rawRequest(server, {
      method: 'POST',
      path: '/v1/capabilities/title',
      headers: {
        authorization: 'Bearer wrong',
        'content-type': 'application/json',
        'content-length': '999999999',
      },
    });
    expect(status).toBe(401);
  });

  test.each(['/health/live', '/health/ready'])('%s needs none', async (path) => {
    expect((await fetch(server.url + path)).status).toBe(200);
  });
});

describe('paths and methods', () => {
  test.each<[string, string, Refusal]>([
    [
      'GET',
      '/v2/chat/completions',
      { status: 404, code: 'not_found', message: 'Did you mean /v1/chat/completions?' },
    ],
    [
      'GET',
      '/chat/completions',
      { status: 404, code: 'not_found', message: 'Did you mean /v1/chat/completions?' },
    ],
    ['GET', '/v1/capability', { status: 404, code: 'not_found', message: 'Did you mean /v1/capabilities?' }],
    [
      'POST',
      '/v1/v1/capabilities/greet',
      {
        status: 404,
        code: 'not_found',
        message:
          'Nothing is served at "/v1/v1/capabilities/greet". The address of the server has "/v1" and the client adds it once more.',
      },
    ],
    ['GET', '/', { status: 404, code: 'not_found', message: 'Nothing is served at "/".' }],
    [
      'GET',
      '/v1/models/nothing-like-it',
      { status: 404, code: 'not_found', message: 'GET /v1/models lists' },
    ],
    [
      'GET',
      `/v1/capabilities/${'x'.repeat(150)}`,
      { status: 404, code: 'not_found', message: 'No capability is named' },
    ],
    ['GET', '/v1/capabilities/%ff', invalid('not a valid URL path')],
    [
      'POST',
      '/v1/capabilities/sumarize',
      { status: 404, code: 'not_found', message: 'Did you mean "summarize"?' },
    ],
    [
      'POST',
      '/v1/capabilities/__proto__',
      { status: 404, code: 'not_found', message: 'No capability is named' },
    ],
    [
      'PUT',
      '/v1/chat/completions',
      { status: 405, code: 'request_invalid', message: 'answers POST, not PUT' },
    ],
    [
      'PUT',
      '/v1/files',
      { status: 405, code: 'request_invalid', message: 'answers GET and POST and DELETE, not PUT' },
    ],
    [
      'DELETE',
      '/v1/capabilities/title',
      { status: 405, code: 'request_invalid', message: 'answers POST and GET, not DELETE' },
    ],
    [
      'PUT',
      '/v1/models/upstream/large',
      { status: 405, code: 'request_invalid', message: 'answers GET, not PUT' },
    ],
  ])('%s %s', async (method, path, refusal) => {
    const body = method === 'GET' ? {} : { body: JSON.stringify({ input: document }) };
    const headers = { ...withKey, 'content-type': 'application/json' };
    const response = await fetch(server.url + path, { method, headers, ...body });
    if (refusal.status === 405) {
      expect(response.headers.get('allow')?.split(', ')).toEqual(expect.not.arrayContaining([method]));
    }
    await expectRefusal(response, refusal);
  });

  test('a path that is no URL is logged as any other', async () => {
    const logged = server.nextEntry();
    await (await fetch(`${server.url}/%ff`)).body?.cancel();
    expect(await logged).toMatchObject({ path: '/%ff', status: 400, error: 'request_invalid' });
  });

  test('a path that is far too long is refused and cut in the log', async () => {
    const logged = server.nextEntry();
    const response = await fetch(`${server.url}/v1/capabilities/${'x'.repeat(2_000)}`, { headers: withKey });
    expect(response.status).toBe(404);
    expect((await logged).path.length).toBeLessThan(300);
    expect((await response.text()).length).toBeLessThan(500);
  });
});

describe('a server without keys', () => {
  test.each([
    ['localhost:4700', undefined],
    ['[::1]:4700', undefined],
    ['app.localhost', undefined],
    ['127.0.0.1', 'http://localhost:5173'],
  ])('answers the host %s and the origin %s', async (host, origin) => {
    const headers = { host, ...(origin === undefined ? {} : { origin }) };
    expect((await rawRequest(open, { method: 'GET', path: '/v1/models', headers })).status).toBe(200);
  });

  test.each([
    ['evil.example', undefined, 'loopback names'],
    ['localhost.evil.example', undefined, 'loopback names'],
    ['127.0.0.1.evil.example:4700', undefined, 'loopback names'],
    ['evil.example#localhost', undefined, 'loopback names'],
    ['localhost@evil.example', undefined, 'loopback names'],
    ['127.0.0.1', 'https://evil.example', 'other origins'],
    ['127.0.0.1', 'https://localhost.evil.example', 'other origins'],
    ['127.0.0.1', 'null', 'other origins'],
    ['127.0.0.1', 'file://', 'other origins'],
  ])('refuses the host %s and the origin %s', async (host, origin, message) => {
    const headers = { host, ...(origin === undefined ? {} : { origin }) };
    const { status, error } = await rawRequest(open, { method: 'GET', path: '/v1/models', headers });
    expect([status, error?.code]).toEqual([403, 'forbidden']);
    expect(error?.message).toContain(message);
  });

  test('asks no key and takes none seriously', async () => {
    const headers = { authorization: 'Bearer whatever' };
    expect((await fetch(`${open.url}/v1/models`, { headers })).status).toBe(200);
  });
});

describe('what is not even a request', () => {
  test('headers beyond the limit are 431', async () => {
    const headers = { 'x-long': 'x'.repeat(8_192) };
    const { status, error } = await rawRequest(server, { method: 'GET', path: '/v1/models', headers });
    expect([status, error?.code]).toEqual([431, 'request_invalid']);
  });

  test.each([
    'hello\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET /v1/models HTTP/1.1\r\nhost : x\r\n\r\n',
    '\u0016\u0003\u0001\u0002',
  ])('%j is 400 and the connection is closed', async (text) => {
    const answer = await sendText(server, text);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    const error = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as ErrorBody;
    expect(error.error.code).toBe('request_invalid');
  });

  test('two lengths for one body are refused', async () => {
    const head = 'POST /v1/capabilities/title HTTP/1.1\r\nhost: x\r\n';
    const answer = await sendText(
      server,
      `${head}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What `fetch` would not send: any host, and bodies that never end. */
function rawRequest(
  { url }: TestServer,
  { method, path, headers, body }: RawRequest,
): Promise<{ status: number; headers: IncomingHttpHeaders; error?: ErrorBody['error'] }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url + path, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => void (text += piece));
      response.on('end', () => {
        sent.destroy();
        const { error } = JSON.parse(text) as Partial<ErrorBody>;
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          ...(error === undefined ? {} : { error }),
        });
      });
    });
    sent.on('error', reject);
    if (body !== undefined) sent.write(body);
    if (method === 'GET') sent.end();
    else sent.flushHeaders();
  });
}

/** Sends bytes over a bare connection and reads until the server closes it. */
function sendText({ url }: TestServer, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text, 'latin1'));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => void (answer += piece));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
