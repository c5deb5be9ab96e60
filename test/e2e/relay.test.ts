// The passthrough changes nothing that it need not: bytes there and back, and only the headers that may cross.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { post } from '../support/call-server.ts';
import { answers, startFakeUpstream, trickles } from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { pieces } from '../support/pieces.ts';
import { postInChunks } from '../support/post-in-chunks.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer, UPSTREAM_SECRET } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const KEY = 'key-of-a-caller';
const headers = { authorization: `Bearer ${KEY}` };
const path = '/v1/chat/completions';

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl, keys: { caller: KEY } });
  server = await startServer(snapshot, { access: 'keys' });
});

afterEach(() => {
  expect(server.faults).toEqual([]);
  upstream.reset();
});

afterAll(async () => {
  await Promise.all([server.close(), upstream.close()]);
});

/** Bodies as hands and libraries write them: any spacing, escapes, number spellings, nesting, and `model` anywhere. */
const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n  ');
const spelledValue = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    '1.0',
    '-0',
    '1e400',
    '2E+05',
    '0.10',
    '12345678901234567890',
    '"\\u0041\\/\\n"',
    '"\\\\"',
    '"}],{"',
  ),
  fc.constantFrom('{"model":"inner","stream":true}', '[{"model":1},"model",":"]', '[[[]],{}]'),
);
const spelledField = fc
  .tuple(fc.string({ minLength: 1 }), spelledValue, space, space, space)
  .filter(
    ([name]) => !['model', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens'].includes(name),
  )
  .map(([name, value, a, b, c]) => `${a}${JSON.stringify(name)}${b}:${c}${value}`);
const spelledModel = fc.constantFrom(
  '"upstream/large"',
  '"upstream\\/large"',
  '"\\u0075pstream/large"',
  '"fast"',
);
const spelledKey = fc.constantFrom('"model"', '"m\\u006fdel"');
const spelledBody = fc
  .tuple(fc.array(spelledField, { maxLength: 6 }), spelledKey, spelledModel, fc.nat(), space, space)
  .map(([fields, key, model, at, before, after]) => {
    const write = (name: string): string =>
      `${before}{${fields.toSpliced(at % (fields.length + 1), 0, `${before}${key}:${after}${name}${before}`).join(',')}${after}}${after}`;
    return { sent: write(model), expected: write('"large"') };
  });

/** Sends a body in one piece, or cut at random where `seed` says so. */
async function send(body: string, seed?: number): Promise<number | undefined> {
  if (seed !== undefined) {
    return (await postInChunks(server, path, pieces(Buffer.from(body), seed), headers)).status;
  }
  const response = await post(server, path, body, { headers });
  await response.arrayBuffer();
  return response.status;
}

const cut = fc.option(fc.nat(), { nil: undefined });

test('of a request only the value of `model` changes', async () => {
  await fc.assert(
    fc.asyncProperty(spelledBody, cut, async ({ sent, expected }, seed) => {
      upstream.reset();
      expect(await send(sent, seed)).toBe(200);
      expect(upstream.received[0]?.bytes.toString()).toBe(expected);
    }),
    { seed: 11, numRuns: 200 },
  );
});

test('of a streaming request also the wish for usage, which stands in front', async () => {
  await fc.assert(
    fc.asyncProperty(
      spelledBody,
      fc.constantFrom('"stream":true,', '"stream" : true , '),
      cut,
      async (body, wish, seed) => {
        upstream.reset();
        const open = body.sent.indexOf('{') + 1;
        const sent = body.sent.slice(0, open) + wish + body.sent.slice(open);
        const rest = body.expected.slice(open);
        const asked = '"stream_options":{"include_usage":true},';
        expect(await send(sent, seed)).toBe(200);
        const head = body.expected.slice(0, open);
        expect(upstream.received[0]?.bytes.toString()).toBe(head + asked + wish + rest);
      },
    ),
    { seed: 12, numRuns: 60 },
  );
});

const content = 'é😀"\\'.repeat(40_000);

test.each([
  ['long', 50_000, content],
  ['of single bytes', 1, content.slice(0, 5_000)],
])('of chunks that are %s only the value of `model` changes', async (_what, size, text) => {
  const write = (name: string): Buffer =>
    Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: text }], model: name }));
  const sent = write('fast');
  const chunks = Array.from({ length: Math.ceil(sent.length / size) }, (_, n) =>
    sent.subarray(n * size, (n + 1) * size),
  );
  expect((await postInChunks(server, path, chunks, headers)).status).toBe(200);
  expect(upstream.received[0]?.bytes.equals(write('large'))).toBe(true);
});

test('of a long body in one piece only the value of `model` changes', async () => {
  const write = (name: string): string =>
    JSON.stringify({ model: name, messages: [{ role: 'user', content }] });
  expect(await send(write('fast'))).toBe(200);
  expect(upstream.received[0]?.bytes.toString()).toBe(write('large'));
});

test('where we choose the model, what a body needs is seen across a cut', async () => {
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
  const sent = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: [picture] }] });
  const chunks = [...Buffer.from(sent)].map((byte) => Buffer.from([byte]));
  const { status, text } = await postInChunks(server, path, chunks, headers);
  expect([status, text]).toEqual([422, expect.stringContaining('needs image')]);
});

test.each([
  ['{"model":"fast","é', 'a":1'],
  ['{"model":"fast","messages":[}', ']'],
  ['\u00ff', '{}'],
])('a body that is no JSON is refused in the same words, however it comes: %j', async (...parts) => {
  const chunks = parts.map((part) => Buffer.from(part, 'latin1'));
  const whole = await post(server, path, Buffer.concat(chunks), { headers });
  const answer = await postInChunks(server, path, chunks, headers);
  expect([answer.status, idless(answer.text)]).toEqual([400, idless(await whole.text())]);
});

function idless(text: string): string {
  return text.replaceAll(/"(?:id|invocation)":"[^"]*"/g, '');
}

test('a byte order mark in front is left out', async () => {
  await (await post(server, path, '\ufeff{"model":"fast","messages":[]}', { headers })).arrayBuffer();
  expect(upstream.received[0]?.bytes.toString()).toBe('{"model":"large","messages":[]}');
});

test.each([
  [
    '{"model":"fast","stream":true}',
    '{"stream_options":{"include_usage":true},"model":"large","stream":true}',
  ],
  [
    '{"model":"fast","stream_options":{"x":1.0},"stream":true}',
    '{"model":"large","stream_options":{"x":1,"include_usage":true},"stream":true}',
  ],
  [
    '{"model":"fast","stream_options": {"include_usage" : true},"stream":true}',
    '{"model":"large","stream_options": {"include_usage" : true},"stream":true}',
  ],
])('of a streaming request also the wish for usage: %s', async (sent, expected) => {
  await (await post(server, path, sent, { headers })).arrayBuffer();
  expect(upstream.received[0]?.bytes.toString()).toBe(expected);
});

const oddAnswer =
  '{ "object":"chat.completion",\n"x_new":{"n":1.0e2}, "choices":[{"message":{"content":"\\u00e9é","z":null}, "index":0,' +
  '"finish_reason":"stop"}], "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"x":[]}}\n';

test('an answer comes back byte for byte, with the headers that may cross', async () => {
  const behaviour: Behaviour = (_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json; profile=x',
      'x-request-id': 'upstream-request',
      'openai-organization': 'org-1',
      'openai-processing-ms': '12',
      'x-ratelimit-remaining-requests': '99',
      'set-cookie': 'session=1',
      server: 'nginx',
      'x-internal-key': 'secret',
      'keep-alive': 'timeout=9',
      'x-capstan-model': 'forged',
    });
    response.end(oddAnswer);
  };
  upstream.next(behaviour);
  const response = await post(server, path, { model: 'fast', messages: [] }, { headers });
  expect(await response.text()).toBe(oddAnswer);
  const seen = Object.fromEntries(response.headers);
  expect(seen).toMatchObject({
    'content-type': 'application/json; profile=x',
    'content-length': String(Buffer.byteLength(oddAnswer)),
    'x-request-id': 'upstream-request',
    'openai-organization': 'org-1',
    'openai-processing-ms': '12',
    'x-ratelimit-remaining-requests': '99',
    'x-capstan-model': 'upstream/large',
    'x-capstan-cost-usd': '0.000005',
    'x-capstan-revision': server.registry.current.revision,
  });
  for (const name of ['set-cookie', 'server', 'x-internal-key']) expect(seen).not.toHaveProperty(name);
});

test('a long answer in many small pieces passes unchanged, and its usage is found at its end', async () => {
  const usage = { prompt_tokens: 11, total_tokens: 11 };
  const vector = Array.from({ length: 400_000 }, (_, index) => index);
  const whole = JSON.stringify({ object: 'list', data: [{ embedding: vector }], model: 'x', usage });
  upstream.next((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    for (let at = 0; at < whole.length; at += 4_096) response.write(whole.slice(at, at + 4_096));
    response.end();
  });
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const body = { model: 'upstream/large', input: 'x' };
  const response = await post(server, '/v1/embeddings', body, { headers });
  expect((await response.text()) === whole).toBe(true);
  process.off('warning', note);
  expect(warnings).toEqual([]);
  expect(server.usage().at(-1)?.usage.inputTokens).toBe(11);
});

test('a request keeps the name that its caller gave it', async () => {
  const named = { ...headers, 'x-request-id': 'mine-1' };
  const response = await post(server, path, { model: 'fast', messages: [] }, { headers: named });
  await response.arrayBuffer();
  expect(response.headers.get('x-request-id')).toBe('mine-1');
});

test('of the caller’s headers none crosses, whatever it asks for', async () => {
  const asked = {
    ...headers,
    'x-api-key': KEY,
    cookie: `session=${KEY}`,
    'openai-organization': 'org-of-caller',
    'x-forwarded-host': 'evil.example',
    'x-base-url': 'http://evil.example',
    'user-agent': 'curl/8',
  };
  await (
    await post(
      server,
      path,
      { model: 'fast', messages: [], base_url: 'http://evil.example' },
      { headers: asked },
    )
  ).arrayBuffer();
  const [{ headers: crossed, path: reached } = { headers: {}, path: '' }] = upstream.received;
  expect(reached).toBe('/v1/chat/completions');
  expect(Object.keys(crossed).sort()).toEqual([
    'accept',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
  ]);
  expect(crossed.authorization).toBe(`Bearer ${UPSTREAM_SECRET}`);
  expect(upstream.baseUrl).toContain(String(crossed.host));
});

test('a model that the catalogue does not know is still called, at a price that is not known', async () => {
  const response = await post(server, path, { model: 'upstream/brand-new-😀', messages: [] }, { headers });
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  expect(upstream.received[0]?.body?.['model']).toBe('brand-new-😀');
  expect(response.headers.get('x-capstan-model')).toBe('upstream/brand-new-%F0%9F%98%80');
  expect(response.headers.get('x-capstan-cost-usd')).toBeNull();
});

test('half of a character in the name of a model hurts nobody', async () => {
  const response = await post(server, path, '{"model":"upstream/\\ud800","messages":[]}', { headers });
  expect(response.status).toBe(200);
  await response.arrayBuffer();
});

test('a header of the provider that no header may hold is made one', async () => {
  upstream.next((request, response) => {
    response.setHeader('x-ratelimit-reset', Buffer.from('in 5 minutes — “soon” 😀').toString('latin1'));
    return answers('Hello.')(request, response);
  });
  const response = await post(server, path, { model: 'fast', messages: [] }, { headers });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello.' } }] });
  expect(response.headers.get('x-ratelimit-reset')).toMatch(/^in 5 minutes/);
});

test('a stream that comes a few bytes at a time passes unchanged', async () => {
  const text = 'Grüße, 日本語 and 👩‍👩‍👧';
  upstream.always(trickles(text));
  const response = await post(server, path, { model: 'fast', messages: [], stream: true }, { headers });
  const events = (await response.text()).split('\n\n');
  expect(JSON.parse(events[0]?.replace('data: ', '') ?? '')).toMatchObject({
    model: 'large',
    choices: [{ delta: { content: text } }],
  });
  expect(events.slice(2)).toEqual(['data: [DONE]', '']);
});
