// Calls that carry an Idempotency-Key: one effect, the same answer for every repetition, and never another's.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createIdempotency } from '../../src/runtime/idempotency.ts';
import { allOf, errorOf, eventsOf, post } from '../support/call-server.ts';
import { answers, fails, startFakeUpstream, staysSilent } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const input = { document: 'Sales rose by 4%.' };
const keys = { ada: 'key-of-ada-0', bob: 'key-of-bob-0' };

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
});

beforeEach(async () => {
  server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl, keys }), {
    access: 'keys',
    runtimeLimits: { idempotencyEntries: 3 },
  });
  let answer = 0;
  upstream.always((request, response) => {
    answer += 1;
    return answers(`Answer ${answer}.`)(request, response);
  });
});

afterEach(async () => {
  expect(server.faults).toEqual([]);
  await server.close();
  upstream.reset();
});

afterAll(() => upstream.close());

interface CallOptions {
  readonly as?: keyof typeof keys;
  readonly key?: string;
  readonly fields?: object;
  readonly signal?: AbortSignal;
}

function call({ as = 'ada', key = 'order-17', fields = {}, signal }: CallOptions = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${keys[as]}`, 'idempotency-key': key };
  const path = '/v1/capabilities/title';
  return post(server, path, { input, ...fields }, { headers, ...(signal === undefined ? {} : { signal }) });
}

async function outputOf(response: Response): Promise<unknown> {
  return ((await response.json()) as { output: unknown }).output;
}

test('a repetition gets the first answer, byte for byte, and says so; one record, one call', async () => {
  const first = await call();
  const again = await call({ fields: { input: { document: 'Sales rose by 4%.' }, stream: false } });
  expect([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')]).toEqual([
    null,
    'true',
  ]);
  expect(again.headers.get('x-capstan-invocation')).toBe(first.headers.get('x-capstan-invocation'));
  expect(await again.text()).toBe(await first.text());
  expect(upstream.received).toHaveLength(1);
  expect(server.usage()).toHaveLength(1);
  expect(server.entries.map(({ invocation }) => invocation)).toEqual(
    Array.from({ length: 2 }, () => server.usage()[0]?.invocation),
  );
});

test('the first answer comes as events as well, and from events', async () => {
  const first = await allOf(eventsOf(await call({ fields: { stream: true } })));
  const again = await call({ fields: { stream: true } });
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const events = await allOf(eventsOf(again));
  expect(events.map(({ name }) => name)).toEqual(['start', 'delta', 'result']);
  expect(events.at(-1)).toEqual(first.at(-1));
  expect(await outputOf(await call())).toBe('Answer 1.');
  expect(upstream.received).toHaveLength(1);
});

test.each<[string, object]>([
  ['input', { input: { document: 'Costs fell.' } }],
  ['tier', { tier: 'premium' }],
  ['label', { metadata: { order: '18' } }],
])('the same key with another %s is 409, and nothing happens', async (_what, fields) => {
  expect(await outputOf(await call())).toBe('Answer 1.');
  const refused = await call({ fields });
  expect(refused.status).toBe(409);
  expect(await errorOf(refused)).toMatchObject({ code: 'request_invalid', param: 'Idempotency-Key' });
  expect(upstream.received).toHaveLength(1);
});

test('a key belongs to its caller', async () => {
  expect(await outputOf(await call({ as: 'ada' }))).toBe('Answer 1.');
  expect(await outputOf(await call({ as: 'bob' }))).toBe('Answer 2.');
  expect((await call({ as: 'bob', fields: { tier: 'premium' } })).status).toBe(409);
  expect(await outputOf(await call({ as: 'ada' }))).toBe('Answer 1.');
});

test('a key is remembered for its time, and is free after it', async () => {
  let now = 0;
  const limits = { idempotencyEntries: 10, idempotencyBytes: 10_000, idempotencyMs: 100 };
  const idempotency = createIdempotency<number>(limits, () => now);
  const { signal } = new AbortController();
  const once = (request: string, result: number): Promise<unknown> =>
    idempotency.once({ key: 'k', caller: { name: 'ada' }, request, signal }, () => Promise.resolve(result));
  expect(await once('a', 1)).toEqual({ result: 1, replayed: false });
  now = 99;
  expect(await once('a', 2)).toEqual({ result: 1, replayed: true });
  now = 100;
  expect(await once('b', 3)).toEqual({ result: 3, replayed: false });
});

test('who repeats while the first call works waits for its answer', async () => {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  upstream.next(async (request, response) => {
    arrived.resolve();
    await released.promise;
    return answers('The one answer.')(request, response);
  });
  const first = call();
  await arrived.promise;
  const others = [call(), call({ fields: { stream: true } })];
  const other = await call({ fields: { tier: 'premium' } });
  expect(other.status).toBe(409);
  released.resolve();
  expect(await outputOf(await first)).toBe('The one answer.');
  for (const response of await Promise.all(others))
    expect(await response.text()).toContain('The one answer.');
  expect(upstream.received).toHaveLength(1);
});

test('a call that failed had no effect: its repetition is a first call', async () => {
  upstream.next(fails(500));
  expect((await call()).status).toBe(502);
  expect(await outputOf(await call())).toBe('Answer 1.');
});

test('when the first call is left, one who waits takes its place', async () => {
  const arrived = Promise.withResolvers<void>();
  upstream.next((request, response) => {
    arrived.resolve();
    return staysSilent(request, response);
  });
  const abort = new AbortController();
  const first = call({ signal: abort.signal }).catch(() => undefined);
  await arrived.promise;
  const waiting = [call(), call()];
  abort.abort();
  await first;
  expect(await Promise.all((await Promise.all(waiting)).map(outputOf))).toEqual(['Answer 1.', 'Answer 1.']);
  expect(upstream.received).toHaveLength(2);
});

test('who waits may leave', async () => {
  const arrived = Promise.withResolvers<void>();
  upstream.next((request, response) => {
    arrived.resolve();
    return staysSilent(request, response);
  });
  const aborts = [new AbortController(), new AbortController()];
  const first = call({ signal: aborts[0]?.signal as AbortSignal }).catch(() => undefined);
  await arrived.promise;
  const second = call({ signal: aborts[1]?.signal as AbortSignal }).catch(() => undefined);
  while (server.app.traffic.inFlight < 2) await new Promise((resolve) => setImmediate(resolve));
  const logged = server.nextEntry();
  aborts[1]?.abort();
  expect(await logged).toMatchObject({ abandoned: true });
  aborts[0]?.abort();
  await Promise.all([first, second]);
  while (server.app.traffic.inFlight > 0) await server.nextEntry();
});

test('only so many keys are remembered; the oldest is the first to go', async () => {
  for (const key of ['a', 'b', 'c', 'd']) await (await call({ key })).body?.cancel();
  expect(await outputOf(await call({ key: 'd' }))).toBe('Answer 4.');
  expect(await outputOf(await call({ key: 'a' }))).toBe('Answer 5.');
});

test.each(['', 'two words', 'ü', 'x'.repeat(256)])('the key %j is refused', async (key) => {
  const refused = await call({ key });
  expect(refused.status).toBe(400);
  expect(await errorOf(refused)).toMatchObject({ param: 'Idempotency-Key' });
});
