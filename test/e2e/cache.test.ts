// Answers that were given before, and answers that are on their way: who gets them, who never does, and who pays.
import { hash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccessKey, Policies, Snapshot } from '../../src/registry/snapshot.ts';
import { allOf, errorOf, eventsOf, post } from '../support/call-server.ts';
import type { ServerEvent } from '../support/call-server.ts';
import {
  answers,
  fails,
  failsHalfway,
  startFakeUpstream,
  staysSilent,
  streamsOnDemand,
} from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const input = { document: 'Sales rose by 4%.' };
const summary = { summary: 'Sales rose.', points: ['4%'] };
const keys: readonly (AccessKey & { readonly key: string })[] = [
  { name: 'ada', team: 'red', key: 'key-of-ada-0' },
  { name: 'bob', team: 'red', key: 'key-of-bob-0' },
  { name: 'cy', team: 'blue', key: 'key-of-cy-00' },
  { name: 'red', key: 'key-of-red-0' },
].map((each) => ({ ...each, sha256: hash('sha256', each.key) }));

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
});

beforeEach(() => begin('team'));

afterEach(async () => {
  expect(server.faults).toEqual([]);
  while (server.app.traffic.inFlight > 0) await server.nextEntry();
  expect(server.runtime.flights.size).toBe(0);
  await server.close();
  upstream.reset();
});

afterAll(() => upstream.close());

function cached(scope: Policies['cache']['scope']): Snapshot {
  const sample = sampleSnapshot({ upstreamUrl: upstream.baseUrl });
  const capabilities = Object.entries(sample.capabilities).map(([key, capability]) => [
    key,
    { ...capability, policies: { ...capability.policies, cache: { mode: 'exact', ttlMs: 60_000, scope } } },
  ]);
  return {
    ...sample,
    capabilities: Object.fromEntries(capabilities) as Snapshot['capabilities'],
    access: {
      keys: keys.map(({ name, team, sha256 }) => ({ name, sha256, ...(team === undefined ? {} : { team }) })),
    },
  };
}

async function begin(scope: Policies['cache']['scope']): Promise<void> {
  if (server?.app.server.listening) await server.close();
  server = await startServer(cached(scope), { access: 'keys' });
}

interface CallOptions {
  readonly as?: string;
  readonly name?: string;
  readonly fields?: object;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

function call({
  as = 'ada',
  name = 'title',
  fields = {},
  headers = {},
  signal,
}: CallOptions = {}): Promise<Response> {
  const key = keys.find((each) => each.name === as)?.key ?? '';
  const path = `/v1/capabilities/${name}`;
  return post(
    server,
    path,
    { input, ...fields },
    {
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(signal === undefined ? {} : { signal }),
    },
  );
}

const cacheOf = (response: Response): string | null => response.headers.get('x-capstan-cache');

async function outputOf(response: Response): Promise<unknown> {
  return ((await response.json()) as { output: unknown }).output;
}

/** A behaviour that tells when it was asked, and answers when it is told to. */
function held(behaviour: Behaviour): {
  readonly behaviour: Behaviour;
  readonly arrived: Promise<void>;
  release(): void;
} {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  return {
    arrived: arrived.promise,
    release: released.resolve,
    behaviour: async (request, response) => {
      arrived.resolve();
      await released.promise;
      return behaviour(request, response);
    },
  };
}

/** Until so many calls wait at the server: nothing tells when one has boarded a flight, but all are in flight by then. */
async function untilInFlight(count: number): Promise<void> {
  while (server.app.traffic.inFlight < count) await new Promise((resolve) => setImmediate(resolve));
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('an answer that was given before', () => {
  test('is given again: no provider is called, nothing is paid, and it says so', async () => {
    upstream.always(answers(JSON.stringify(summary)));
    const first = await call({ name: 'summarize' });
    expect(cacheOf(first)).toBe('miss');
    expect(await outputOf(first)).toEqual(summary);
    const second = await call({ name: 'summarize' });
    expect(cacheOf(second)).toBe('hit');
    expect(second.headers.get('x-capstan-cost-usd')).toBe('0');
    const { output, invocation } = (await second.json()) as { output: unknown; invocation: object };
    expect(output).toEqual(summary);
    expect(invocation).toMatchObject({ cached: true, model: 'upstream/large', attempts: [], costUsd: 0 });
    expect(upstream.received).toHaveLength(1);
    expect(server.usage()).toMatchObject([
      { cache: 'miss', attempts: [{ outcome: 'ok' }] },
      { cache: 'hit', outcome: 'ok', attempts: [], costUsd: 0, model: 'upstream/large' },
    ]);
  });

  test('is the same whatever the spelling of the input, and with its defaults', async () => {
    upstream.always(answers(JSON.stringify(summary)));
    await (await call({ name: 'summarize' })).body?.cancel();
    const spelt = { input: { maxPoints: 5, document: input.document } };
    expect(cacheOf(await call({ name: 'summarize', fields: spelt }))).toBe('hit');
    expect(cacheOf(await call({ name: 'summarize', fields: { tier: 'premium' } }))).toBe('miss');
  });

  test('is given to streaming callers, and taken from them', async () => {
    const first = await allOf(eventsOf(await call({ fields: { stream: true } })));
    expect(first[0]?.data).toMatchObject({ invocation: { cache: 'miss' } });
    const response = await call({ fields: { stream: true } });
    expect(cacheOf(response)).toBe('hit');
    const events = await allOf(eventsOf(response));
    expect(events.map(({ name }) => name)).toEqual(['start', 'delta', 'result']);
    expect(events[1]?.data).toEqual({ text: 'Hello.' });
    expect(events[2]?.data).toMatchObject({ output: 'Hello.', invocation: { cached: true } });
    expect(await outputOf(await call())).toBe('Hello.');
    expect(upstream.received).toHaveLength(1);
  });

  test.each([false, true])(
    'is given to those who call the capability as a model (stream: %s)',
    async (stream) => {
      upstream.always(answers(JSON.stringify(summary)));
      await (await call({ name: 'summarize' })).body?.cancel();
      const body = { model: 'summarize', stream, messages: [{ role: 'user', content: input.document }] };
      const headers = { authorization: `Bearer ${keys[0]?.key ?? ''}` };
      const response = await post(server, '/v1/chat/completions', body, { headers });
      expect(cacheOf(response)).toBe('hit');
      const text = await response.text();
      const contents = [...text.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)].map(
        ([, content = '""']) => JSON.parse(content) as string,
      );
      expect(JSON.parse(contents.join(''))).toEqual(summary);
      expect(upstream.received).toHaveLength(1);
    },
  );

  test.each(['no-cache', 'no-store', 'max-age=0, No-Cache'])(
    'is not taken with Cache-Control: %s',
    async (value) => {
      await (await call()).body?.cancel();
      expect(cacheOf(await call({ headers: { 'cache-control': value } }))).toBe('bypass');
      expect(upstream.received).toHaveLength(2);
    },
  );

  test.each<[string, Behaviour, string]>([
    ['a failure', fails(500), 'title'],
    ['an output that breaks the contract', answers('{"summary":5}'), 'summarize'],
    ['half an answer', failsHalfway(['A fine ']), 'title'],
  ])('%s is never one', async (_what, behaviour, name) => {
    upstream.next(behaviour);
    const failed = await call({ name, fields: { stream: true } });
    expect(await failed.text()).toContain('"error"');
    upstream.always(answers(name === 'title' ? 'Hello.' : JSON.stringify(summary)));
    const next = await call({ name });
    expect([next.status, cacheOf(next)]).toEqual([200, 'miss']);
  });
});

describe('who may have whose answer', () => {
  /** Each way of asking, by everybody, after Ada asked: is it her answer? */
  const shared: Readonly<Record<Policies['cache']['scope'], readonly string[]>> = {
    team: ['ada', 'bob'],
    caller: ['ada'],
    global: ['ada', 'bob', 'cy', 'red'],
  };
  test.each(Object.entries(shared))('scope %s: %j', async (scope, allowed) => {
    await begin(scope as Policies['cache']['scope']);
    upstream.always(answers('The secret of Ada.'));
    await (await call()).body?.cancel();
    upstream.always(answers('Something else.'));
    for (const { name: as } of keys) {
      for (const fields of [{}, { stream: true }, { metadata: { team: 'red' } }]) {
        const response = await call({ as, fields });
        const isHers = (await response.text()).includes('The secret of Ada.');
        expect({ as, fields, isHers }).toEqual({ as, fields, isHers: allowed.includes(as) });
      }
    }
  });

  test('another team does not board a flight either', async () => {
    const secret = held(answers('The secret of Ada.'));
    upstream.next(secret.behaviour);
    const hers = call();
    await secret.arrived;
    upstream.always(answers('Something else.'));
    for (const as of ['cy', 'red']) expect(await outputOf(await call({ as }))).toBe('Something else.');
    secret.release();
    expect(await outputOf(await hers)).toBe('The secret of Ada.');
  });
});

describe('equal calls at the same time', () => {
  test('share one: the first pays, the others do not', async () => {
    const slow = held(answers('Hello.'));
    upstream.next(slow.behaviour);
    upstream.always(fails(500));
    const calls = ['ada', 'bob', 'ada', 'bob'].map((as) => call({ as }));
    await slow.arrived;
    await untilInFlight(4);
    slow.release();
    const responses = await Promise.all(calls);
    expect(responses.filter((response) => cacheOf(response) === 'hit')).toHaveLength(3);
    expect(responses.filter((response) => cacheOf(response) === 'miss')).toHaveLength(1);
    for (const response of responses) expect(await outputOf(response)).toBe('Hello.');
    expect(upstream.received).toHaveLength(1);
    const paying = server.usage().filter(({ attempts }) => attempts.length > 0);
    expect(server.usage()).toHaveLength(4);
    expect(paying).toHaveLength(1);
  });

  test('get its words while they come, each in its own way', async () => {
    const source = streamsOnDemand();
    upstream.next(source.behaviour);
    upstream.always(fails(500));
    const first = call({ fields: { stream: true } });
    await source.send('A ');
    const events = eventsOf(await first);
    const words = async (of: AsyncGenerator<ServerEvent>): Promise<unknown> =>
      ((await of.next()).value as ServerEvent).data['text'];
    await events.next();
    expect(await words(events)).toBe('A ');

    const late = eventsOf(await call({ as: 'bob', fields: { stream: true } }));
    expect((await late.next()).value).toMatchObject({
      name: 'start',
      data: { invocation: { cache: 'hit' } },
    });
    expect(await words(late)).toBe('A ');
    const whole = call({ as: 'bob' });
    await source.send('title');
    expect([await words(events), await words(late)]).toEqual(['title', 'title']);
    await untilInFlight(3);
    await source.finish();
    expect((await allOf(events)).at(-1)).toMatchObject({ name: 'result', data: { output: 'A title' } });
    expect((await allOf(late)).at(-1)).toMatchObject({ name: 'result', data: { output: 'A title' } });
    expect(await outputOf(await whole)).toBe('A title');
    expect(upstream.received).toHaveLength(1);
  });

  test('share its failure before the first word, and try for themselves after that', async () => {
    const failing = held(fails(500, { message: 'Out of memory.' }));
    upstream.next(failing.behaviour);
    const calls = ['ada', 'bob'].map((as) => call({ as }));
    await failing.arrived;
    await untilInFlight(2);
    failing.release();
    for (const response of await Promise.all(calls)) {
      expect(response.status).toBe(502);
      expect((await errorOf(response)).message).toContain('Out of memory.');
    }
    expect(upstream.received).toHaveLength(1);

    const source = streamsOnDemand();
    upstream.next(source.behaviour);
    upstream.always(answers('Whole.'));
    const streamed = call({ fields: { stream: true } });
    await source.send('Half');
    const events = eventsOf(await streamed);
    await events.next();
    const whole = call({ as: 'bob' });
    await untilInFlight(2);
    await source.fail();
    expect((await allOf(events)).at(-1)).toMatchObject({ name: 'error' });
    expect(await outputOf(await whole)).toBe('Whole.');
  });

  test('go on when the first one leaves, who then pays nothing; the next one pays', async () => {
    const slow = held(answers('Hello.'));
    upstream.next(slow.behaviour);
    const abort = new AbortController();
    const first = call({ signal: abort.signal }).catch(() => undefined);
    await slow.arrived;
    const second = call({ as: 'bob' });
    await untilInFlight(2);
    const logged = server.nextEntry();
    abort.abort();
    await first;
    expect(await logged).toMatchObject({ abandoned: true });
    slow.release();
    expect(await outputOf(await second)).toBe('Hello.');
    expect(server.usage()).toMatchObject([
      { caller: 'ada', outcome: 'cancelled', attempts: [], costUsd: 0 },
      { caller: 'bob', outcome: 'ok', attempts: [{ outcome: 'ok' }] },
    ]);
    expect(await outputOf(await call())).toBe('Hello.');
    expect(upstream.received).toHaveLength(1);
  });

  test('end with the last one who leaves: the provider is let go, and it pays', async () => {
    const silent = held(staysSilent);
    upstream.next(silent.behaviour);
    const aborts = [new AbortController(), new AbortController(), new AbortController()];
    const calls = aborts.map(({ signal }) => call({ signal }).catch(() => undefined));
    await silent.arrived;
    await untilInFlight(3);
    const gone = upstream.abandoned();
    for (const abort of aborts) {
      const logged = server.nextEntry();
      abort.abort();
      await logged;
    }
    await gone;
    await Promise.all(calls);
    expect(server.usage()).toMatchObject([
      { outcome: 'cancelled', attempts: [] },
      { outcome: 'cancelled', attempts: [] },
      { outcome: 'cancelled', attempts: [{ outcome: 'cancelled', estimated: true }] },
    ]);
  });
});
