// The record of a call, from the request that made it: its id, and the labels that its caller gave it.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { post } from '../support/call-server.ts';
import { answers, startFakeUpstream } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.always(answers('A title'));
  server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl }));
});
afterEach(() => expect(server.faults).toEqual([]));
afterAll(() => Promise.all([server.close(), upstream.close()]));

const document = 'Sales rose.';
const messages = [{ role: 'user', content: document }];
const metadata = { ticket: '4711', __proto__x: 'y', ünï: '😀' };

test.each([
  ['a capability', '/v1/capabilities/title', { input: { document }, metadata }],
  ['a capability, streamed', '/v1/capabilities/title', { input: { document }, metadata, stream: true }],
  ['a capability as model', '/v1/chat/completions', { model: 'title', messages, metadata }],
])('%s: the labels of the call and the id of its request are in its record', async (_name, path, body) => {
  const response = await post(server, path, body, { headers: { 'x-request-id': 'mine-1' } });
  await response.text();
  expect(server.usage().at(-1)).toMatchObject({
    invocation: response.headers.get('x-capstan-invocation'),
    request: 'mine-1',
    metadata,
    snapshot: response.headers.get('x-capstan-revision'),
  });
});

test('a call without labels has none', async () => {
  await (await post(server, '/v1/capabilities/title', { input: { document } })).text();
  expect(server.usage().at(-1)?.metadata).toBeUndefined();
});
