// Named limits, each answered at once; callers who write or read slowly hold nothing for long; and names that JavaScript
// gives a meaning to are only names.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonSchema, Snapshot } from '../../src/registry/snapshot.ts';
import { allOf, errorOf, eventsOf, post } from '../support/call-server.ts';
import { answers, floods, startFakeUpstream } from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { StartOptions, TestServer } from '../support/start-server.ts';

const input = { document: 'Sales rose.' };
const greeting = { name: 'Ada', language: 'en' };
const messages = [{ role: 'user', content: 'Sales rose.' }];

let upstream: FakeUpstream;
let server: TestServer;

beforeEach(async () => {
  upstream = await startFakeUpstream();
});

afterEach(async () => {
  expect(server.faults).toEqual([]);
  await server.close();
  await upstream.close();
});

async function begin(options: StartOptions = {}, snapshot?: Snapshot): Promise<void> {
  const sample = sampleSnapshot({ upstreamUrl: upstream.baseUrl });
  const greet = sample.capabilities['greet@1'];
  if (greet === undefined) throw new Error('the sample has greet');
  const cache = { mode: 'exact', ttlMs: 1_000, scope: 'team' } as const;
  const keeping = { ...greet, policies: { ...greet.policies, cache } };
  const capabilities = { ...sample.capabilities, 'greet@1': keeping };
  server = await startServer(snapshot ?? { ...sample, capabilities }, options);
}

test('one key cannot take every place: its next call is 429 at once, other keys are served', async () => {
  const keys = { greedy: 'key-of-the-greedy', modest: 'key-of-the-modest' };
  await begin(
    { access: 'keys', limits: { concurrentPerCaller: 2 } },
    sampleSnapshot({ upstreamUrl: upstream.baseUrl, keys }),
  );
  const call = (key: string, signal?: AbortSignal): Promise<Response> =>
    post(
      server,
      '/v1/capabilities/title',
      { input },
      { headers: { authorization: `Bearer ${key}` }, ...(signal === undefined ? {} : { signal }) },
    );
  const arrivals = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  upstream.next(
    ...arrivals.map(
      ({ resolve }): Behaviour =>
        () =>
          resolve(),
    ),
  );
  const abort = new AbortController();
  const waiting = arrivals.map(() => call(keys.greedy, abort.signal).catch(() => undefined));
  await Promise.all(arrivals.map(({ promise }) => promise));

  const refused = await call(keys.greedy);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await errorOf(refused)).toMatchObject({ code: 'rate_limited', type: 'rate_limit_error' });
  expect((await call(keys.modest)).status).toBe(200);
  expect(upstream.received).toHaveLength(3);

  abort.abort();
  await Promise.all(waiting);
  while (server.app.traffic.inFlight > 0) await server.nextEntry();
  expect((await call(keys.greedy)).status).toBe(200);
});

/** Opens a bare connection, writes, and reads until it is closed. */
function sendSlowly(text: string): { readonly socket: Socket; readonly answer: Promise<string> } {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text));
  const answer = new Promise<string>((resolve) => {
    let read = '';
    socket.setEncoding('utf8').on('data', (piece: string) => void (read += piece));
    socket.on('error', () => {}).on('close', () => resolve(read));
  });
  return { socket, answer };
}

const head = 'POST /v1/capabilities/title HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

test.each([
  ['a head that never ends', head],
  ['a body that never comes', `${head}content-length: 100\r\n\r\n`],
  ['a body that stops', `${head}content-length: 100\r\n\r\n{"input":`],
])('%s is 408, and its place is free again', async (_what, text) => {
  await begin({ limits: { headArrivalMs: 40, requestArrivalMs: 60 } });
  const { answer } = sendSlowly(text);
  expect(await answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[^]*did not arrive in time/);
  while (server.app.traffic.inFlight > 0) await server.nextEntry();
  expect(upstream.received).toEqual([]);
});

const streaming: readonly [string, string, object][] = [
  ['a capability', '/v1/capabilities/title', { input, stream: true }],
  ['a capability as model', '/v1/chat/completions', { model: 'title', messages, stream: true }],
  ['a relayed chat', '/v1/chat/completions', { model: 'upstream/large', messages, stream: true }],
  ['a capability whose answers are kept', '/v1/capabilities/greet', { input: greeting, stream: true }],
];

test.each(streaming)(
  'who does not read holds the provider of %s back, not our memory',
  async (_what, path, body) => {
    await begin();
    const piece = 'x'.repeat(64 * 1024);
    const flood = floods(piece);
    upstream.next(flood.behaviour);
    const text = JSON.stringify(body);
    const { socket, answer } = sendSlowly(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    );
    socket.pause();
    let sent = -1;
    for (let calm = 0; calm < 1_000; calm++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (flood.sent() !== sent) calm = 0;
      sent = flood.sent();
    }
    // What is under way stands in the buffers of four sockets; nothing of it in ours.
    expect(sent * piece.length).toBeLessThan(15 * 1024 * 1024);
    const gone = upstream.abandoned();
    socket.destroy();
    await Promise.all([gone, answer]);
  },
);

describe('names such as __proto__ and constructor', () => {
  const open: JsonSchema = { type: 'object', additionalProperties: true };
  const nasty =
    '{"document":"Sales rose.","__proto__":{"polluted":"yes","maxPoints":9},"constructor":{"prototype":{"polluted":"yes"}},"toString":"x"}';

  async function beginOpen(): Promise<void> {
    const sample = sampleSnapshot({ upstreamUrl: upstream.baseUrl });
    const summarize = sample.capabilities['summarize@1'];
    if (summarize === undefined) throw new Error('the sample has summarize');
    const input = { ...summarize.input, additionalProperties: true };
    await begin(
      {},
      {
        ...sample,
        capabilities: { 'summarize@1': { ...summarize, input, output: open, outputKind: 'json' } },
      },
    );
  }

  afterEach(() => {
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('are only names in an input: nothing is inherited, defaults are still filled', async () => {
    await beginOpen();
    upstream.always(answers('{"ok":true}'));
    const response = await post(server, '/v1/capabilities/summarize', `{"input":${nasty}}`);
    expect(response.status).toBe(200);
    const sent = JSON.stringify(upstream.received[0]?.body?.['messages']);
    expect(sent).toContain('at most 5 points');
    expect(sent).not.toContain('polluted');
  });

  test('are refused where the contract is closed', async () => {
    await begin();
    const response = await post(server, '/v1/capabilities/summarize', `{"input":${nasty}}`);
    expect(response.status).toBe(400);
    const { details } = await errorOf(response);
    const { violations } = details as { violations: { pointer: string }[] };
    expect(violations.map(({ pointer }) => pointer).sort()).toEqual([
      '/__proto__',
      '/constructor',
      '/toString',
    ]);
  });

  test.each([false, true])('are only names in an output (streamed: %s)', async (stream) => {
    await beginOpen();
    upstream.always(answers(`Here:\n\`\`\`json\n${nasty.replace(/}$/, ',}')}\n\`\`\``));
    const response = await post(server, '/v1/capabilities/summarize', { input, stream });
    const text = stream
      ? JSON.stringify((await allOf(eventsOf(response))).at(-1)?.data['output'])
      : JSON.stringify(((await response.json()) as { output: unknown }).output);
    expect(text).toBe(nasty);
  });

  test.each([
    [
      'a field of the body',
      '/v1/capabilities/title',
      '{"input":{"document":"x"},"__proto__":{"tier":"economy"}}',
      400,
    ],
    ['a tier', '/v1/capabilities/title', '{"input":{"document":"x"},"tier":"constructor"}', 400],
    ['a capability', '/v1/capabilities/constructor', '{"input":{}}', 404],
    ['a model', '/v1/chat/completions', '{"model":"constructor","messages":[]}', 404],
    ['a tier of a model', '/v1/chat/completions', '{"model":"auto:__proto__","messages":[]}', 404],
    ['metadata', '/v1/capabilities/title', '{"input":{"document":"x"},"metadata":{"__proto__":"x"}}', 200],
  ])('are only names as %s', async (_what, path, body, status) => {
    await begin();
    expect((await post(server, path, body)).status).toBe(status);
  });
});
