// Streams commit late: until a model has said something, its failure is nobody's but ours, whatever it sent before.
// After that it is an error that nobody can take for an end.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RUNTIME_LIMITS } from '../../src/runtime/limits.ts';
import { allOf, eventsOf, post } from '../support/call-server.ts';
import { answers, startFakeUpstream, streamsOnDemand, writes } from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const summary = { summary: 'Sales rose.', points: ['4%'] };
const input = { document: 'Sales rose by 4%.' };
const messages = [{ role: 'user', content: input.document }];

interface Surface {
  readonly path: string;
  readonly body: object;
  /** What the reserve says, and what of it the caller reads. */
  readonly said: string;
  readonly textOf: (response: Response) => Promise<string>;
}

const chatText = async (response: Response): Promise<string> => {
  const text = await response.text();
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  return [...text.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)]
    .map(([, content]) => JSON.parse(content ?? '""') as string)
    .join('');
};
const resultText = async (response: Response): Promise<string> => {
  const events = await allOf(eventsOf(response));
  expect(events.map(({ name }) => name)).not.toContain('error');
  return events
    .filter(({ name }) => name === 'delta')
    .map(({ data }) => data['text'])
    .join('');
};

const surfaces: Readonly<Record<string, Surface>> = {
  'a text capability': {
    path: '/v1/capabilities/title',
    body: { input, stream: true },
    said: 'From the reserve.',
    textOf: resultText,
  },
  'a JSON capability': {
    path: '/v1/capabilities/summarize',
    body: { input, stream: true },
    said: JSON.stringify(summary),
    textOf: resultText,
  },
  'a text capability as model': {
    path: '/v1/chat/completions',
    body: { model: 'title', messages, stream: true },
    said: 'From the reserve.',
    textOf: chatText,
  },
  'a JSON capability as model': {
    path: '/v1/chat/completions',
    body: { model: 'summarize', messages, stream: true },
    said: JSON.stringify(summary),
    textOf: chatText,
  },
  'a relayed tier': {
    path: '/v1/chat/completions',
    body: { model: 'auto', messages, stream: true },
    said: 'From the reserve.',
    textOf: chatText,
  },
};

let upstream: FakeUpstream;
let reserve: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  [upstream, reserve] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
});

beforeEach(async () => {
  const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl, reserveUrl: reserve.baseUrl });
  server = await startServer(snapshot, { runtimeLimits: { backoffMs: 0 } });
});

afterEach(async () => {
  expect(server.faults).toEqual([]);
  await server.close();
  upstream.reset();
  reserve.reset();
});

afterAll(() => Promise.all([upstream.close(), reserve.close()]));

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'large', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const role = chunk({ role: 'assistant', content: '' });
const failure = 'data: {"error":{"message":"Overloaded.","type":"server_error"}}\n\n';

/** Everything that a provider may send before it says something. */
const preludes: [string, string][] = [
  ['nothing', ''],
  [
    'comments, a role and a usage of nothing',
    `${': keep-alive\n\n'.repeat(100)}${role}data: {"choices":[],"usage":null}\n\n`,
  ],
  ['as many empty chunks as are held', role.repeat(RUNTIME_LIMITS.heldEvents)],
];

const endings: [string, (prelude: string) => Behaviour][] = [
  ['the connection is cut', (prelude) => writes(prelude, 'cut')],
  ['the stream ends without an end', (prelude) => writes(prelude, 'end')],
  ['an error comes', (prelude) => writes(prelude + failure, 'end')],
  [
    'something comes that is no event of a chat',
    (prelude) => writes(`${prelude}data: {"choices":\n\n`, 'cut'),
  ],
];

describe.each(Object.entries(surfaces))('%s', (_surface, { path, body, said, textOf }) => {
  describe.each(preludes)('after %s', (_prelude, prelude) => {
    test.each(endings)('%s: the next candidate answers, unseen', async (_ending, behaviour) => {
      upstream.always(behaviour(prelude));
      reserve.always(answers(said));
      const response = await post(server, path, body);
      expect(response.headers.get('x-capstan-model')).toBe('reserve/large');
      expect(await textOf(response)).toBe(said);
      expect(upstream.received.length).toBeGreaterThan(0);
      const [record] = server.usage();
      expect(record?.attempts.at(-1)).toMatchObject({ model: 'reserve/large', outcome: 'ok' });
    });
  });
});

test('an answer that says nothing but its end is an answer', async () => {
  upstream.always(writes(`${role}${chunk({}, 'stop')}data: [DONE]\n\n`, 'end'));
  const response = await post(server, '/v1/chat/completions', { model: 'auto', messages, stream: true });
  expect(response.headers.get('x-capstan-model')).toBe('upstream/large');
  expect(await chatText(response)).toBe('');
});

test.each([
  ['words', { content: 'W' }],
  ['reasoning', { reasoning_content: 'Hm.' }],
  ['a call of a tool', { tool_calls: [{ index: 0, id: 'call', function: { name: 'f', arguments: '' } }] }],
  ['a refusal', { refusal: 'No.' }],
])('a relayed stream begins with %s', async (_what, delta) => {
  upstream.always(writes(role + chunk(delta), 'cut'));
  const response = await post(server, '/v1/chat/completions', { model: 'auto', messages, stream: true });
  expect(response.headers.get('x-capstan-model')).toBe('upstream/large');
  await expect(response.text()).rejects.toThrow('terminated');
  expect(reserve.received).toEqual([]);
});

test.each([
  ['events', role.repeat(RUNTIME_LIMITS.heldEvents + 1)],
  ['bytes', `: ${'x'.repeat(1_000)}\n\n`.repeat(RUNTIME_LIMITS.heldBytes / 1_000 + 1)],
])('a relayed stream that says nothing is held back only so long: too many %s', async (_what, prelude) => {
  const whole = `${prelude}${chunk({ content: 'At last.' })}${chunk({}, 'stop')}data: [DONE]\n\n`;
  upstream.always(writes(prelude, 'cut'));
  const cut = await post(server, '/v1/chat/completions', { model: 'auto', messages, stream: true });
  expect(cut.headers.get('x-capstan-model')).toBe('upstream/large');
  await cut.body?.cancel();
  upstream.always(writes(whole, 'end'));
  const response = await post(server, '/v1/chat/completions', { model: 'auto', messages, stream: true });
  expect(await response.text()).toBe(whole);
});

test('a relayed stream that fails after its first words ends in an error event, cut off', async () => {
  const source = streamsOnDemand();
  upstream.always(source.behaviour);
  const pending = post(server, '/v1/chat/completions', { model: 'auto', messages, stream: true });
  await source.send('One ');
  const events = eventsOf(await pending);
  expect((await events.next()).value).toMatchObject({
    data: { choices: [{ delta: { content: 'One ' } }] },
  });
  const last = events.next();
  await source.fail();
  expect((await last).value).toMatchObject({
    data: { error: { code: 'provider_failed', type: 'server_error' } },
  });
  await expect(events.next()).rejects.toThrow('terminated');
  expect(reserve.received).toEqual([]);
});

test('a capability as model whose output cannot be streamed as it is written may fail until its end', async () => {
  const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl, reserveUrl: reserve.baseUrl });
  const summarize = snapshot.capabilities['summarize@1'];
  if (summarize === undefined) throw new Error('the sample has summarize');
  const output = { ...summarize.output, required: ['summary'] };
  const loose = await startServer({
    ...snapshot,
    capabilities: { ...snapshot.capabilities, 'summarize@1': { ...summarize, output } },
  });
  upstream.always(writes(chunk({ content: '{"summary":"Sales ro' }), 'cut'));
  reserve.always(answers('```json\n{"summary":"Sales rose.","points":null}\n```'));
  const response = await post(loose, '/v1/chat/completions', { model: 'summarize', messages, stream: true });
  expect(response.headers.get('x-capstan-model')).toBe('reserve/large');
  expect(await chatText(response)).toBe('{"summary":"Sales rose."}');
  await loose.close();
});

test('an answer that begins with prose is not begun: it may still be another model’s', async () => {
  upstream.always(writes(chunk({ content: 'Here is what I think about it' }), 'cut'));
  reserve.always(answers(JSON.stringify(summary)));
  const response = await post(server, '/v1/chat/completions', { model: 'summarize', messages, stream: true });
  expect(response.headers.get('x-capstan-model')).toBe('reserve/large');
  expect(JSON.parse(await chatText(response))).toEqual(summary);
});
