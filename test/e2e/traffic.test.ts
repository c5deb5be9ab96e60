// Many at once, too many, and the end: calls do not mix, overload is said quickly, and closing lets answers finish.
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeGracefully } from '../../src/server/close-gracefully.ts';
import type { ServerLimits } from '../../src/server/limits.ts';
import { allOf, errorOf, eventsOf, post } from '../support/call-server.ts';
import {
  answers,
  floods,
  startFakeUpstream,
  stallsAfter,
  staysSilent,
  streamsOnDemand,
} from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream, ReceivedRequest } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

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

async function begin(limits: Partial<ServerLimits> = {}): Promise<void> {
  server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl }), { limits });
}

const callTitle = (fields: object = {}, signal?: AbortSignal): Promise<Response> =>
  post(
    server,
    '/v1/capabilities/title',
    { input: { document: 'x' }, ...fields },
    signal === undefined ? {} : { signal },
  );

/** Answers with the marker that it finds in the request, so that a mixed-up answer is seen. */
const echoMarker = answers(({ bytes }: ReceivedRequest) => {
  const [marker = 'none'] = /marker-\d+/.exec(bytes.toString()) ?? [];
  return bytes.includes('json_schema')
    ? JSON.stringify({ summary: marker, points: [] })
    : `It was ${marker}.`;
});

const kinds: readonly ((marker: string) => Promise<unknown>)[] = [
  async (marker) => {
    const response = await post(server, '/v1/capabilities/summarize', { input: { document: marker } });
    return ((await response.json()) as { output: { summary: string } }).output.summary;
  },
  async (marker) => {
    const body = { input: { document: marker }, stream: true };
    const events = await allOf(eventsOf(await post(server, '/v1/capabilities/title', body)));
    const deltas = events.filter(({ name }) => name === 'delta').map(({ data }) => data['text']);
    expect(deltas.join('')).toBe(events.at(-1)?.data['output']);
    return events.at(-1)?.data['output'];
  },
  (marker) => chat({ model: 'fast' }, marker),
  (marker) => chat({ model: 'auto:premium', stream: true }, marker),
  (marker) => chat({ model: 'title' }, marker),
  (marker) => chat({ model: 'summarize', stream: true }, marker),
  async (marker) => {
    const response = await post(server, '/v1/capabilities/title', { input: { [marker]: 1 } });
    expect(response.status).toBe(400);
    return response.text();
  },
];

async function chat(fields: object, marker: string): Promise<string> {
  const messages = [{ role: 'user', content: marker }];
  const response = await post(server, '/v1/chat/completions', { ...fields, messages });
  expect(response.status).toBe(200);
  const text = await response.text();
  if (response.headers.get('content-type')?.includes('event-stream'))
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  return [...text.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].map(([, content]) => content).join('');
}

test('two hundred calls of every kind at once get their own answers, each with one record', async () => {
  await begin();
  upstream.always(echoMarker);
  const calls = Array.from({ length: 200 }, async (_, index) => {
    const marker = `marker-${index}`;
    const answer = String(await kinds[index % kinds.length]?.(marker));
    return [marker, /marker-\d+/.exec(answer)?.[0]];
  });
  for (const [marker, found] of await Promise.all(calls)) expect(found).toBe(marker);
  expect(server.usage()).toHaveLength(200);
  expect(new Set(server.usage().map(({ invocation }) => invocation)).size).toBe(200);
  const failed = server.usage().filter(({ outcome }) => outcome !== 'ok');
  expect(new Set(failed.map(({ outcome }) => outcome))).toEqual(new Set(['input_invalid']));
});

test('one call too many is answered at once, health still is, and a place that is left can be taken', async () => {
  await begin({ concurrentRequests: 2 });
  const arrivals = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  upstream.next(
    ...arrivals.map(
      ({ resolve }): Behaviour =>
        () =>
          resolve(),
    ),
  );
  const abort = new AbortController();
  const waiting = arrivals.map(() => callTitle({}, abort.signal).catch(() => undefined));
  await Promise.all(arrivals.map(({ promise }) => promise));

  const refused = await callTitle();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await errorOf(refused)).toMatchObject({ code: 'overloaded', type: 'server_error' });
  expect(server.entries.at(-1)).toMatchObject({ status: 503, error: 'overloaded' });
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);

  const left = [server.nextEntry(), upstream.abandoned()];
  abort.abort();
  await Promise.all([...waiting, ...left]);
  while (server.entries.filter(({ abandoned }) => abandoned).length < 2) await server.nextEntry();
  expect((await callTitle()).status).toBe(200);
});

test.each<[string, Behaviour, object]>([
  ['an answer', answers('x'.repeat(8_000_000)), { input: { document: 'x' } }],
  ['a stream', floods('x'.repeat(64 * 1024)).behaviour, { input: { document: 'x' }, stream: true }],
])('a caller who stops taking %s is let go', async (_what, behaviour, body) => {
  await begin({ stalledReaderMs: 50 });
  upstream.next(behaviour);
  const logged = server.nextEntry();
  const text = JSON.stringify(body);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
    socket.pause();
    const head =
      'POST /v1/capabilities/title HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    socket.write(`${head}content-length: ${text.length}\r\n\r\n${text}`);
  });
  socket.on('error', () => {});
  expect(await logged).toMatchObject({ status: 200, abandoned: true });
  socket.destroy();
});

test('closing lets an answer finish, and takes nothing new meanwhile', async () => {
  await begin();
  const source = streamsOnDemand();
  upstream.next(source.behaviour);
  const pending = callTitle({ stream: true });
  const first = source.send('A fine ');
  const events = eventsOf(await pending);
  await first;
  await events.next();

  const closed = closeGracefully(server.app, 60_000);
  expect(
    await callTitle().then(
      ({ status }) => status,
      () => 'refused',
    ),
  ).toSatisfy((status) => [503, 'refused'].includes(status as number | string));
  await source.send('title');
  await source.finish();
  const rest = await allOf(events);
  expect(rest.at(-1)).toMatchObject({ name: 'result', data: { output: 'A fine title' } });
  await closed;
  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
});

test.each<[string, Behaviour, object]>([
  ['an answer', staysSilent, {}],
  ['a stream', stallsAfter(['A fine ']), { stream: true }],
])('when grace is over %s ends in an error, and the provider is let go', async (_what, behaviour, fields) => {
  await begin();
  const arrived = Promise.withResolvers<void>();
  upstream.next((request, response) => {
    arrived.resolve();
    return behaviour(request, response);
  });
  const gone = upstream.abandoned();
  const pending = callTitle(fields);
  await arrived.promise;
  if ('stream' in fields) {
    const events = eventsOf(await pending);
    await events.next();
    const closed = closeGracefully(server.app, 0);
    expect((await allOf(events)).at(-1)).toMatchObject({
      name: 'error',
      data: { error: { code: 'overloaded' } },
    });
    await closed;
  } else {
    const closed = closeGracefully(server.app, 0);
    const response = await pending;
    expect([response.status, (await errorOf(response)).code]).toEqual([503, 'overloaded']);
    await closed;
  }
  await gone;
  expect(server.usage()).toMatchObject([{ outcome: 'overloaded' }]);
});

test('a server that never had a request closes at once', async () => {
  await begin();
  await closeGracefully(server.app, 60_000);
});
