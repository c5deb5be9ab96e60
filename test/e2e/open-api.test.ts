// GET /openapi.json: it is what the server does, it is known again by its tag, and it changes with the capabilities.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { allOf, eventsOf, post } from '../support/call-server.ts';
import { answers, startFakeUpstream, streams } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';

const summary = { summary: 'Sales rose.', points: ['4%', '2%'] };
const input = { document: 'Sales rose by 4%. Costs fell by 2%.' };
const result = '/paths/~1v1~1capabilities~1summarize@1/post/responses/200/content/application~1json/schema';

let upstream: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl }));
});

afterEach(() => {
  expect(server.faults).toEqual([]);
  upstream.reset();
});

afterAll(async () => {
  await server.close();
  await upstream.close();
});

async function mistakesIn(value: unknown, pointer: string): Promise<unknown> {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema((await (await fetch(`${server.url}/openapi.json`)).json()) as object, 'api');
  const validate = ajv.getSchema(`api#${pointer.split('/').map(encodeURIComponent).join('/')}`);
  if (validate === undefined) throw new Error(`nothing stands at ${pointer}`);
  return validate(value) ? [] : validate.errors;
}

test('a real answer is as the document says, whole and streamed', async () => {
  upstream.always(answers(JSON.stringify(summary)));
  const whole = await post(server, '/v1/capabilities/summarize@1', { input });
  expect(await mistakesIn(await whole.json(), result)).toEqual([]);
  upstream.always(streams([JSON.stringify(summary).slice(0, 20), JSON.stringify(summary).slice(20)]));
  const streamed = await allOf(
    eventsOf(await post(server, '/v1/capabilities/summarize@1', { input, stream: true })),
  );
  expect(new Set(streamed.map(({ name }) => name))).toEqual(new Set(['start', 'delta', 'result']));
  for (const { name, data } of streamed) {
    expect(await mistakesIn(data, name === 'result' ? result : `/x-capstan-events/${name}`)).toEqual([]);
  }
});

test('a real error is as the document says', async () => {
  const refused = await post(server, '/v1/capabilities/summarize@1', { input: {} });
  expect(refused.status).toBe(400);
  expect(await mistakesIn(await refused.json(), '/components/schemas/Error')).toEqual([]);
});

test('who has the document is told so by its tag, until a capability changes', async () => {
  const first = await fetch(`${server.url}/openapi.json`);
  const etag = first.headers.get('etag') ?? '';
  expect(first.headers.get('content-type')).toContain('application/json');
  expect(etag).toMatch(/^"[\w-]+"$/);
  const known = { 'if-none-match': `"other", W/${etag}` };
  const again = await fetch(`${server.url}/openapi.json`, { headers: known });
  expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: '' });

  const { registry } = server;
  const before = registry.current;
  const { 'greet@1': _, ...capabilities } = before.capabilities;
  registry.swap({ ...before, revision: `sha256:${'b'.repeat(64)}`, capabilities });
  const changed = await fetch(`${server.url}/openapi.json`, { headers: known });
  expect(changed.status).toBe(200);
  const { paths } = (await changed.json()) as { paths: object };
  expect(Object.keys(paths)).not.toContain('/v1/capabilities/greet@1');
  registry.swap(before);
  const back = await fetch(`${server.url}/openapi.json`, { headers: known });
  expect({ status: back.status, body: await back.text() }).toEqual({ status: 304, body: '' });
});

test('HEAD tells the size and sends nothing', async () => {
  const head = await fetch(`${server.url}/openapi.json`, { method: 'HEAD' });
  expect({ status: head.status, body: await head.text() }).toEqual({ status: 200, body: '' });
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(1_000);
});

test('where callers need a key, the document needs one, and says so', async () => {
  const locked = await startServer(sampleSnapshot({ keys: { app: 'secret' } }), { access: 'keys' });
  try {
    expect((await fetch(`${locked.url}/openapi.json`)).status).toBe(401);
    const opened = await fetch(`${locked.url}/openapi.json`, { headers: { authorization: 'Bearer secret' } });
    const text = await opened.text();
    expect(JSON.parse(text)).toMatchObject({ security: [{ key: [] }] });
    expect(text).not.toContain('secret"');
  } finally {
    await locked.close();
  }
});
