// Capabilities over plain HTTP: as JSON, as server-sent events, and their catalogue.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { allOf, errorOf, eventsOf, post } from '../support/call-server.ts';
import {
  answers,
  failsHalfway,
  floods,
  stallsAfter,
  startFakeUpstream,
  staysSilent,
  streamsOnDemand,
  trickles,
} from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { openAiMistakes } from '../support/openai-schemas.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const summary = { summary: 'Sales rose — “a lot”. 😀', points: ['4%', '2%'] };
const input = { document: 'Sales rose by 4%. Costs fell by 2%.' };

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl }));
});

afterEach(() => {
  for (const { body } of upstream.received)
    expect(openAiMistakes('CreateChatCompletionRequest', body)).toEqual([]);
  expect(server.faults).toEqual([]);
  upstream.reset();
});

afterAll(async () => {
  await server.close();
  await upstream.close();
});

test('a call answers with its output and with all that it took', async () => {
  upstream.always(answers(JSON.stringify(summary)));
  const response = await post(server, '/v1/capabilities/summarize', { input });
  expect(response.status).toBe(200);
  const { revision } = server.registry.current;
  const reply = (await response.json()) as { output: unknown; invocation: Record<string, unknown> };
  expect(reply.output).toEqual(summary);
  expect(reply.invocation).toMatchObject({
    capability: 'summarize@1',
    version: '1.0.0',
    snapshot: revision,
    tier: 'standard',
    model: 'upstream/large',
    provider: 'upstream',
    usage: { inputTokens: 11, outputTokens: 7 },
    attempts: [{ outcome: 'ok' }],
    repairs: [],
    cached: false,
  });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-capstan-invocation': reply.invocation['id'],
    'x-capstan-revision': revision,
    'x-capstan-model': 'upstream/large',
    'x-capstan-cost-usd': '0.000025',
    'x-capstan-cache': 'bypass',
    'x-request-id': expect.any(String) as string,
  });
});

test.each([
  ['title', 'title@2'],
  ['title@1', 'title@1'],
  ['title%402', 'title@2'],
])('the reference %s means %s', async (ref, key) => {
  const response = await post(server, `/v1/capabilities/${ref}`, { input });
  expect(await response.json()).toMatchObject({ output: 'Hello.', invocation: { capability: key } });
});

test('a tier may be chosen, and counts', async () => {
  const response = await post(server, '/v1/capabilities/title', {
    input,
    tier: 'economy',
    metadata: { team: 'a' },
  });
  expect(await response.json()).toMatchObject({ invocation: { tier: 'economy' } });
  expect(upstream.received[0]?.body).toMatchObject({ max_tokens: 400 });
});

test.each([
  ['order-17/retry:2', true],
  ['two words', false],
  ['x'.repeat(129), false],
])('the request id %j: echoed %s', async (id, echoed) => {
  const response = await post(
    server,
    '/v1/capabilities/title',
    { input },
    { headers: { 'x-request-id': id } },
  );
  expect(response.headers.get('x-request-id') === id).toBe(echoed);
  expect(response.headers.get('x-request-id')).toMatch(/\S/);
});

test.each<[string, object, Record<string, string>]>([
  ['"stream": true', { stream: true }, {}],
  ['Accept', {}, { accept: 'text/event-stream' }],
  ['a long Accept', {}, { accept: 'application/json;q=0.5, text/event-stream;q=1' }],
])('events come when asked for by %s: start, deltas, result', async (_how, fields, headers) => {
  upstream.always(answers(JSON.stringify(summary)));
  const response = await post(server, '/v1/capabilities/summarize', { input, ...fields }, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('x-capstan-model')).toBe('upstream/large');
  const events = await allOf(eventsOf(response));
  const names = events.map(({ name }) => name);
  expect(names.filter((name, index) => name !== names[index - 1])).toEqual(['start', 'delta', 'result']);
  const deltas = events.filter(({ name }) => name === 'delta').map(({ data }) => data['text']);
  expect(deltas.length).toBeGreaterThan(2);
  expect(JSON.parse(deltas.join(''))).toEqual(summary);
  const [start, result] = [events[0]?.data, events.at(-1)?.data];
  expect(result).toMatchObject({ output: summary, invocation: start?.['invocation'] as object });
  expect(result).toMatchObject({
    invocation: { usage: { inputTokens: 11, outputTokens: 7 }, cached: false },
  });
});

test('"stream": false wins over Accept', async () => {
  const headers = { accept: 'text/event-stream' };
  const response = await post(server, '/v1/capabilities/title', { input, stream: false }, { headers });
  expect(response.headers.get('content-type')).toContain('application/json');
  await response.body?.cancel();
});

test('deltas arrive when they are written, and nothing arrives before the first', async () => {
  const source = streamsOnDemand();
  upstream.next(source.behaviour);
  const pending = post(server, '/v1/capabilities/title', { input, stream: true });
  const first = source.send('A fine ');
  const events = eventsOf(await pending);
  await first;
  expect((await events.next()).value).toMatchObject({ name: 'start' });
  expect((await events.next()).value).toEqual({ name: 'delta', data: { text: 'A fine ' } });
  await source.send('title');
  expect((await events.next()).value).toEqual({ name: 'delta', data: { text: 'title' } });
  await source.finish();
  expect((await events.next()).value).toMatchObject({ name: 'result', data: { output: 'A fine title' } });
  expect((await events.next()).done).toBe(true);
});

test('only the result is final: what was repaired on the way differs from the deltas', async () => {
  upstream.always(answers(`\`\`\`json\n${JSON.stringify(summary)}\n\`\`\``));
  const events = await allOf(
    eventsOf(await post(server, '/v1/capabilities/summarize', { input, stream: true })),
  );
  expect(events.at(-1)?.data).toMatchObject({
    output: summary,
    invocation: { repairs: [{ step: 'strip-code-fence' }] },
  });
});

test('a failure after the first words is an error event, and no result follows', async () => {
  upstream.always(failsHalfway(['A fine ', 'ti']));
  const events = await allOf(eventsOf(await post(server, '/v1/capabilities/title', { input, stream: true })));
  expect(events.map(({ name }) => name)).toEqual(['start', 'delta', 'delta', 'error']);
  const started = events[0]?.data['invocation'] as { id: string };
  expect(events.at(-1)?.data).toMatchObject({ error: { code: 'provider_failed', invocation: started.id } });
});

test.each([
  ['JSON', {}],
  ['events', { stream: true }],
])(
  'a caller who leaves cancels the call at the provider at once, and usage is recorded (%s)',
  async (_how, fields) => {
    const before = server.usage().length;
    const arrived = Promise.withResolvers<void>();
    upstream.next((request, response) => {
      arrived.resolve();
      return staysSilent(request, response);
    });
    const gone = upstream.abandoned();
    const logged = server.nextEntry();
    const abort = new AbortController();
    const call = post(server, '/v1/capabilities/title', { input, ...fields }, { signal: abort.signal });
    const outcome = call.catch((error: unknown) => error);
    await arrived.promise;
    abort.abort();
    await Promise.all([gone, outcome]);
    expect(await logged).toMatchObject({
      abandoned: true,
      caller: 'anonymous',
      invocation: expect.any(String) as string,
    });
    expect(server.usage().slice(before)).toMatchObject([
      { outcome: 'cancelled', capability: 'title@2', attempts: [{ outcome: 'cancelled' }] },
    ]);
  },
);

test('a caller who leaves in the middle of a stream cancels it', async () => {
  upstream.next(stallsAfter(['A fine ']));
  const gone = upstream.abandoned();
  const abort = new AbortController();
  const response = await post(
    server,
    '/v1/capabilities/title',
    { input, stream: true },
    { signal: abort.signal },
  );
  const events = eventsOf(response);
  await events.next();
  abort.abort();
  await gone;
});

test('a reader that stops reading holds the provider back', async () => {
  const piece = 'x'.repeat(64 * 1024);
  const flood = floods(piece);
  upstream.next(flood.behaviour);
  const gone = upstream.abandoned();
  const abort = new AbortController();
  const response = await post(
    server,
    '/v1/capabilities/title',
    { input, stream: true },
    { signal: abort.signal },
  );
  expect(response.status).toBe(200);
  let sent = -1;
  for (let calm = 0; calm < 2_000; calm++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (flood.sent() !== sent) calm = 0;
    sent = flood.sent();
  }
  // An answer may be this long at all, so the test means something only well below.
  expect(sent * piece.length).toBeLessThan(15 * 1024 * 1024);
  abort.abort();
  await gone;
});

test('a request keeps the Snapshot that it began with, and the next one sees the new', async () => {
  const old = server.registry.current;
  const source = streamsOnDemand();
  upstream.next(source.behaviour);
  const pending = post(server, '/v1/capabilities/title', { input, stream: true });
  const first = source.send('Old');
  const events = eventsOf(await pending);
  await first;
  const next = sampleSnapshot({ upstreamUrl: upstream.baseUrl, revision: `sha256:${'b'.repeat(64)}` });
  server.registry.swap(next);
  await source.finish();
  const collected = await allOf(events);
  expect(collected.at(-1)?.data).toMatchObject({ invocation: { snapshot: old.revision } });
  const response = await post(server, '/v1/capabilities/title', { input });
  expect(await response.json()).toMatchObject({ invocation: { snapshot: next.revision } });
  server.registry.swap(old);
});

test('the catalogue lists every capability, once for each major version', async () => {
  const response = await fetch(`${server.url}/v1/capabilities`);
  const { revision, capabilities } = (await response.json()) as {
    revision: string;
    capabilities: { ref: string }[];
  };
  expect(revision).toBe(server.registry.current.revision);
  expect(response.headers.get('x-capstan-revision')).toBe(revision);
  expect(capabilities.map(({ ref }) => ref).sort()).toEqual([
    'converse@1',
    'greet@1',
    'summarize@1',
    'title@1',
    'title@2',
  ]);
  expect(capabilities.find(({ ref }) => ref === 'summarize@1')).toMatchObject({
    name: 'summarize',
    owner: 'team-sample',
    lifecycle: 'stable',
    tiers: { default: 'standard', offer: ['economy', 'standard', 'premium'] },
  });
});

test('a contract has its schemas and examples, and never its prompt', async () => {
  const { prompt: _prompt, ...contract } = server.registry.current.capabilities['summarize@1'] ?? {
    prompt: [],
  };
  const text = await (await fetch(`${server.url}/v1/capabilities/summarize`)).text();
  expect(JSON.parse(text)).toMatchObject({
    ref: 'summarize@1',
    input: (contract as { input: object }).input,
    output: (contract as { output: object }).output,
    textProperty: 'document',
    examples: [{ name: 'short' }],
  });
  expect(text).not.toContain('You summarize');
});

test('an unknown contract names the nearest, and an unknown major those that there are', async () => {
  const near = await fetch(`${server.url}/v1/capabilities/sumarize`);
  expect(near.status).toBe(404);
  expect(await errorOf(near)).toMatchObject({
    code: 'not_found',
    param: 'ref',
    message: expect.stringContaining('"summarize"') as string,
  });
  const major = await errorOf(await fetch(`${server.url}/v1/capabilities/title@3`));
  expect(major.message).toContain('"title@1" and "title@2"');
});

test('health says whether the process lives and whether it wants traffic', async () => {
  expect(await (await fetch(`${server.url}/health/live`)).json()).toEqual({ status: 'live' });
  const ready = await fetch(`${server.url}/health/ready`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({ status: 'ready', revision: server.registry.current.revision });
});

test('what arrives cut inside a character comes out whole', async () => {
  upstream.always(trickles('日本語 👩‍👩‍👧 é'));
  const events = await allOf(eventsOf(await post(server, '/v1/capabilities/title', { input, stream: true })));
  expect(events.at(-1)?.data['output']).toBe('日本語 👩‍👩‍👧 é');
});
