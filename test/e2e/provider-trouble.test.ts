// Providers in trouble, seen from every surface: each gets the catalogue's code, nothing hangs, and the server goes on.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allOf, errorOf, eventsOf, post } from '../support/call-server.ts';
import {
  answers,
  answersForeignJson,
  answersGarbage,
  answersHalf,
  answersHtml,
  answersNothing,
  cutsStream,
  fails,
  failsHalfway,
  forgetsToFinish,
  resetsConnection,
  stallsAfter,
  startFakeUpstream,
  staysSilent,
} from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { openAiMistakes } from '../support/openai-schemas.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const input = { document: 'Sales rose by 4%. Costs fell by 2%.' };
const messages = [{ role: 'user', content: input.document }];

/** One way to ask; all of them have to answer alike. */
interface Surface {
  readonly path: string;
  readonly body: object;
}

const surfaces: Readonly<Record<string, Surface>> = {
  'capability, JSON': { path: '/v1/capabilities/title', body: { input } },
  'capability, events': { path: '/v1/capabilities/title', body: { input, stream: true } },
  'capability as model': { path: '/v1/chat/completions', body: { model: 'title', messages } },
  'capability as model, stream': {
    path: '/v1/chat/completions',
    body: { model: 'title', messages, stream: true },
  },
  model: { path: '/v1/chat/completions', body: { model: 'upstream/large', messages } },
  'model, stream': {
    path: '/v1/chat/completions',
    body: { model: 'upstream/large', messages, stream: true },
  },
  tier: { path: '/v1/chat/completions', body: { model: 'auto', messages } },
};
const surfaceNames = Object.keys(surfaces);
const streamingNames = surfaceNames.filter((name) => name.endsWith('stream') || name.endsWith('events'));

let upstream: FakeUpstream;
let reserve: FakeUpstream;
let server: TestServer;
let hasty: TestServer;
let reserved: TestServer;
let cutOff: TestServer;

beforeAll(async () => {
  [upstream, reserve] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
  const gone = await startFakeUpstream();
  await gone.close();
  const upstreamUrl = upstream.baseUrl;
  server = await startServer(sampleSnapshot({ upstreamUrl }));
  hasty = await startServer(sampleSnapshot({ upstreamUrl, timeoutMs: 60 }), {
    transportLimits: { idleMs: 60 },
  });
  cutOff = await startServer(sampleSnapshot({ upstreamUrl: gone.baseUrl }));
});

/** A server that knows nothing yet: one that has seen the trouble before asks the reserve first. */
beforeEach(async () => {
  reserve.always(answers('From the reserve.'));
  reserved = await startServer(
    sampleSnapshot({ upstreamUrl: upstream.baseUrl, reserveUrl: reserve.baseUrl }),
  );
});

/** Whatever happened before: no fault of ours, and the next caller is served. */
afterEach(async () => {
  upstream.reset();
  reserve.reset();
  for (const each of [server, hasty, reserved, cutOff]) expect(each.faults).toEqual([]);
  upstream.always(answers('Well again.'));
  expect((await ask(server, 'capability, JSON')).status).toBe(200);
  upstream.reset();
  await reserved.close();
});

afterAll(async () => {
  await Promise.all([server, hasty, cutOff].map((each) => each.close()));
  await Promise.all([upstream.close(), reserve.close()]);
});

function ask(to: TestServer, name: string): Promise<Response> {
  const { path, body } = surfaces[name] ?? { path: '', body: {} };
  return post(to, path, body);
}

async function expectError(response: Response, code: string, status: number, message: string): Promise<void> {
  const error = await errorOf(response);
  expect([error.code, response.status]).toEqual([code, status]);
  expect(error.message).toContain(message);
  expect(error.invocation).toBe(response.headers.get('x-capstan-invocation'));
  expect(openAiMistakes('ErrorResponse', { error })).toEqual([]);
}

const troubles: [string, Behaviour, string][] = [
  ['401', fails(401, { message: 'Invalid key.' }), 'The provider answered 401. “Invalid key.”'],
  ['403', fails(403), 'The provider answered 403.'],
  ['429 that says when', fails(429, { headers: { 'retry-after': '300' } }), 'The provider answered 429.'],
  ['429 that does not', fails(429), 'The provider answered 429.'],
  ['500', fails(500, { message: 'Out of memory.' }), 'The provider answered 500. “Out of memory.”'],
  ['HTML with status 200', answersHtml(), ''],
  ['HTML with status 502', answersHtml(502), 'The provider answered 502.'],
  ['garbage', answersGarbage, ''],
  ['JSON of something else', answersForeignJson, ''],
  ['an empty body', answersNothing, ''],
  ['half a body', answersHalf, ''],
  ['a reset connection', resetsConnection, 'The connection to the provider failed'],
];

/** What a provider says against a call whose model the caller named is the caller's to see. */
const handedOn = /^(?:429|500)/;

// A tier with one model is that model; what a tier does with two comes below.
describe.each(surfaceNames.filter((name) => name !== 'tier'))('%s', (name) => {
  const isNamed = name.startsWith('model');
  test.each(troubles.filter(([trouble]) => !isNamed || !handedOn.test(trouble)))(
    '%s is provider_failed',
    async (_trouble, behaviour, message) => {
      upstream.always(behaviour);
      await expectError(await ask(server, name), 'provider_failed', 502, message);
    },
  );

  test('a provider that is down is provider_failed', async () => {
    await expectError(await ask(cutOff, name), 'provider_failed', 502, 'ECONNREFUSED');
  });

  test('a provider that stays silent is a timeout', async () => {
    upstream.always(staysSilent);
    const gone = upstream.abandoned();
    await expectError(await ask(hasty, name), 'timeout', 504, '60 ms');
    await gone;
  });

  test.skipIf(isNamed)(
    'nothing of it is told to be tried again by the client, unless the provider says when',
    async () => {
      upstream.always(fails(500));
      const failed = await ask(server, name);
      expect(failed.headers.get('x-should-retry')).toBe('false');
      await failed.body?.cancel();
      upstream.always(fails(429, { headers: { 'retry-after': '300' } }));
      const throttled = await ask(server, name);
      expect(throttled.headers.get('retry-after')).toBe('300');
      await throttled.body?.cancel();
    },
  );
});

describe.each(surfaceNames.filter((name) => !name.startsWith('model')))('%s, with a reserve', (name) => {
  test.each(troubles)('%s is not seen', async (_trouble, behaviour) => {
    upstream.always(behaviour);
    const response = await ask(reserved, name);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-capstan-model')).toBe('reserve/large');
    expect((await textOf(name, response)).join('')).toBe('From the reserve.');
    expect(upstream.received.length).toBeGreaterThan(0);
  });
});

test('a model that is named is never replaced by another, and asked once', async () => {
  upstream.always(fails(500));
  const response = await ask(reserved, 'model');
  expect(response.status).toBe(500);
  expect(response.headers.get('x-capstan-model')).toBe('upstream/large');
  expect((await errorOf(response)).message).toBe('Upstream says 500.');
  expect(upstream.received).toHaveLength(1);
  expect(reserve.received).toEqual([]);
});

describe.each(['model', 'model, stream'])('what a provider says against a call of a %s', (name) => {
  test.each([400, 404, 409, 413, 422, 429, 500, 503, 529])(
    'keeps its status, its body and its headers: %i',
    async (status) => {
      const words = `{"error": {"message":"No, thanks.", "n":1.0, "code":null,"type":"x","param":null}}`;
      upstream.always((_request, response) => {
        response.writeHead(status, {
          'content-type': 'application/json',
          'retry-after': '7',
          'x-request-id': 'upstream-request',
          'x-ratelimit-remaining-tokens': '0',
          'x-should-retry': 'true',
          server: 'nginx',
        });
        response.end(words);
      });
      const response = await ask(server, name);
      expect(response.status).toBe(status);
      expect(await response.text()).toBe(words);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'retry-after': '7',
        'x-request-id': 'upstream-request',
        'x-ratelimit-remaining-tokens': '0',
        'x-should-retry': 'true',
        'x-capstan-model': 'upstream/large',
      });
      expect(response.headers.get('server')).toBeNull();
      expect(server.usage().at(-1)?.outcome).not.toBe('ok');
    },
  );
});

const halves: [string, Behaviour, string][] = [
  ['cut', cutsStream(['One ', 'two']), 'provider_failed'],
  ['ended without an end', forgetsToFinish(['One ', 'two']), 'provider_failed'],
  ['an error halfway', failsHalfway(['One ', 'two']), 'provider_failed'],
  ['stalled', stallsAfter(['One ', 'two']), 'timeout'],
];

describe.each(halves)('half a stream (%s)', (_name, behaviour, code) => {
  const from = (): TestServer => (code === 'timeout' ? hasty : server);

  test('ends the events of a capability in an error', async () => {
    upstream.always(behaviour);
    const events = await allOf(eventsOf(await ask(from(), 'capability, events')));
    expect(events.map((event) => event.name)).toEqual(['start', 'delta', 'delta', 'error']);
    expect(events.at(-1)?.data).toMatchObject({ error: { code } });
  });

  test('ends the chunks of a capability in an error and without [DONE]', async () => {
    upstream.always(behaviour);
    const text = await (await ask(from(), 'capability as model, stream')).text();
    const last = text.trimEnd().split('\n\n').at(-1)?.replace('data: ', '') ?? '';
    expect(JSON.parse(last)).toMatchObject({ error: { code } });
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('"finish_reason":"stop"');
  });

  test('cuts the connection of a relayed stream', async () => {
    upstream.always(behaviour);
    const logged = from().nextEntry();
    const response = await ask(from(), 'model, stream');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(await logged).toMatchObject({ status: 200, error: 'provider_failed' });
  });
});

test.each(streamingNames)('an error before the first word is an ordinary answer (%s)', async (name) => {
  upstream.always(failsHalfway([]));
  await expectError(await ask(server, name), 'provider_failed', 502, 'an error inside the stream');
});

test.each(['capability, JSON', 'capability, events', 'capability as model'])(
  'an answer that breaks the contract is output_invalid, with its violations (%s)',
  async (name) => {
    upstream.always(answers('{"summary": null, "points": [null]}'));
    const { path, body } = surfaces[name] ?? { path: '', body: {} };
    const response = await post(server, path.replace('title', 'summarize'), {
      ...body,
      ...('model' in body ? { model: 'summarize' } : {}),
    });
    if (response.status === 200) {
      const events = await allOf(eventsOf(response));
      expect(events.at(-1)).toMatchObject({ name: 'error', data: { error: { code: 'output_invalid' } } });
      return;
    }
    expect(response.status).toBe(502);
    const { code, details } = await errorOf(response);
    expect(code).toBe('output_invalid');
    const { violations } = details as { violations: { pointer: string }[] };
    expect(violations.map(({ pointer }) => pointer).sort()).toEqual(['/points/0', '/summary']);
  },
);

test.each([400, 404, 413, 422])(
  'a provider’s %i for a relayed request keeps its status, code and words',
  async (status) => {
    upstream.always(fails(status, { message: 'No such parameter: wings.', code: 'unknown_parameter' }));
    const response = await ask(server, 'model');
    expect(response.status).toBe(status);
    const error = await errorOf(response);
    expect(error).toMatchObject({ code: 'unknown_parameter', message: 'No such parameter: wings.' });
    expect(openAiMistakes('ErrorResponse', { error })).toEqual([]);
  },
);

test('a provider without its key is no route, and nobody is called', async () => {
  const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl });
  const keyless = await startServer(snapshot, { environment: {} });
  const expected = { status: 422, code: 'no_route' };
  for (const name of surfaceNames) {
    const response = await ask(keyless, name);
    expect({ status: response.status, code: (await errorOf(response)).code }).toEqual(expected);
  }
  expect(upstream.received).toEqual([]);
  await keyless.close();
});

/** The words of an answer, whatever its surface. */
async function textOf(name: string, response: Response): Promise<string[]> {
  if (name === 'capability, events') {
    const events = await allOf(eventsOf(response));
    return events.filter((event) => event.name === 'delta').map(({ data }) => data['text'] as string);
  }
  const text = await response.text();
  if (name === 'capability, JSON') return [(JSON.parse(text) as { output: string }).output];
  const datas = name.endsWith('stream') ? text.match(/(?<=^data: )\{.*$/gm) : [text];
  return (datas ?? []).map((data) => {
    const [choice] = (JSON.parse(data) as { choices: Choice[] }).choices;
    return choice?.message?.content ?? choice?.delta?.content ?? '';
  });
}

interface Choice {
  readonly message?: { readonly content: string };
  readonly delta?: { readonly content?: string };
}
