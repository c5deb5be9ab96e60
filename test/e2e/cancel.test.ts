// A caller who leaves, at whatever moment, takes its call with it: the provider's connection closes before another byte is
// asked of it, one usage record says what was spent, and afterwards nothing is left over.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { post } from '../support/call-server.ts';
import { startFakeUpstream, staysSilent, streamsOnDemand } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { createMixedTraffic, mixedUpstream } from '../support/mixed-traffic.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const input = { document: 'Sales rose by 4%.' };
const messages = [{ role: 'user', content: input.document }];
const PIECES = ['One ', 'two ', 'three ', 'four ', 'five ', 'six '];

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
});

/** Only traffic that waits for silent providers needs a deadline that passes. */
async function begin(timeoutMs = 60_000): Promise<void> {
  server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl, timeoutMs }), {
    limits: { bodyBytes: 100_000, jsonDepth: 64 },
    runtimeLimits: { backoffMs: 1 },
    ledgerLimit: 10_000,
  });
}

afterEach(async () => {
  expect(server.faults).toEqual([]);
  await server.close();
  upstream.reset();
});

afterAll(() => upstream.close());

const surfaces: Readonly<Record<string, readonly [path: string, body: object]>> = {
  capability: ['/v1/capabilities/title', { input, stream: true }],
  'capability as model': ['/v1/chat/completions', { model: 'title', messages, stream: true }],
  relay: ['/v1/chat/completions', { model: 'upstream/large', messages, stream: true }],
};

describe.each(Object.entries(surfaces))('%s', (_name, [path, body]) => {
  test('who leaves after any piece closes the connection at the provider, and what was heard is recorded', async () => {
    await begin();
    for (let heard = 1; heard <= PIECES.length; heard += 1) {
      const source = streamsOnDemand();
      upstream.next(source.behaviour);
      const abort = new AbortController();
      const logged = server.nextEntry();
      const pending = post(server, path, body, { signal: abort.signal });
      await source.send(PIECES[0] ?? '');
      const response = await pending;
      const pieces = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (const [index, piece] of PIECES.slice(0, heard).entries()) {
        if (index > 0) await source.send(piece);
        while (!text.includes(piece)) text += (await pieces?.read())?.value ?? '';
      }
      const gone = upstream.abandoned();
      abort.abort();
      // The provider writes nothing more: if its connection closed only on the next write, this would never resolve.
      await gone;
      expect(await logged).toMatchObject({ abandoned: true });
      const record = server.usage().at(-1);
      expect(server.usage()).toHaveLength(heard);
      expect(record).toMatchObject({
        outcome: 'cancelled',
        estimated: true,
        attempts: [{ outcome: 'cancelled', estimated: true }],
      });
      expect(record?.usage.inputTokens).toBeGreaterThan(0);
      expect(record?.usage.outputTokens).toBeGreaterThan(0);
      expect(record?.costUsd).toBeGreaterThan(0);
      expect(server.runtime.transport.inFlight).toBe(0);
      expect(server.app.traffic.inFlight).toBe(0);
    }
  });
});

test.each<[string, string, object]>([
  ['a capability', '/v1/capabilities/title', { input }],
  ['a relayed chat', '/v1/chat/completions', { model: 'upstream/large', messages }],
])('who leaves before %s answers closes the connection as well', async (_name, path, body) => {
  await begin();
  const arrived = Promise.withResolvers<void>();
  upstream.next((request, response) => {
    arrived.resolve();
    return staysSilent(request, response);
  });
  const gone = upstream.abandoned();
  const logged = server.nextEntry();
  const abort = new AbortController();
  const call = post(server, path, body, { signal: abort.signal }).catch(() => undefined);
  await arrived.promise;
  abort.abort();
  await gone;
  await call;
  expect(await logged).toMatchObject({ abandoned: true });
  expect(server.usage()).toMatchObject([{ outcome: 'cancelled', estimated: true }]);
});

test('after two thousand calls of every kind, most of them in trouble, nothing is left over', async () => {
  await begin(400);
  upstream.always(mixedUpstream);
  const traffic = createMixedTraffic({ url: server.url, seed: 20_261_101, aborts: 0.4 });
  const CALLS = 2_000;
  const seen = new Map<string, number>();
  let begun = 0;
  const caller = async (): Promise<void> => {
    while (begun < CALLS) {
      begun += 1;
      const outcome = await traffic.call();
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 40 }, caller));
  await traffic.close();
  for (const outcome of ['200', '400', '404', '413', '502', '504', 'aborted', 'cut'])
    expect(seen.get(outcome), outcome).toBeGreaterThan(0);
  // A 500 is a provider's, handed on to the caller who named its model; one of ours would be a fault.
  expect(server.faults).toEqual([]);

  while (server.app.traffic.inFlight + server.runtime.transport.inFlight > 0)
    await new Promise((resolve) => setImmediate(resolve));
  // Every request was logged once, and every invocation has one record, whose attempts were all counted.
  expect(server.entries).toHaveLength(new Set(server.entries.map(({ requestId }) => requestId)).size);
  const invocations = server.entries.filter(({ invocation }) => invocation !== undefined);
  expect(server.usage()).toHaveLength(invocations.length);
  expect(new Set(server.usage().map(({ invocation }) => invocation)).size).toBe(invocations.length);
  const attempts = server.usage().reduce((sum, record) => sum + record.attempts.length, 0);
  expect(attempts).toBeGreaterThanOrEqual(upstream.received.length);
  expect(server.usage().some(({ outcome }) => outcome === 'internal')).toBe(false);
}, 60_000);
