// Canaries: whatever goes wrong, keys and documents appear in no error, header, log entry, fault or usage record, nor in the
// file that keeps the records.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { everythingOf, post } from '../support/call-server.ts';
import {
  answers,
  answersForeignJson,
  answersGarbage,
  answersHalf,
  cutsStream,
  fails,
  failsHalfway,
  resetsConnection,
  startFakeUpstream,
  staysSilent,
} from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startServer, UPSTREAM_SECRET } from '../support/start-server.ts';
import type { TestServer } from '../support/start-server.ts';
import { openTemporaryLedger } from '../support/temporary-ledger.ts';
import type { TemporaryLedger } from '../support/temporary-ledger.ts';

const KEY = 'caller-canary-5d41402abc4b2a76';
const WRONG_KEY = 'wrong-canary-b9719d911017c592';
const DOCUMENT = 'Dokument-canary-ähnlich-7d793037a076';
const canaries = [UPSTREAM_SECRET, KEY, WRONG_KEY, DOCUMENT, JSON.stringify(DOCUMENT).slice(1, -1)];

let upstream: FakeUpstream;
let server: TestServer;
/** Waits for nobody. */
let hasty: TestServer;
let ledger: TemporaryLedger;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  ledger = await openTemporaryLedger();
  const sample = { upstreamUrl: upstream.baseUrl, keys: { caller: KEY } };
  hasty = await startServer(sampleSnapshot({ ...sample, timeoutMs: 60 }), { access: 'keys', ledger });
  server = await startServer(sampleSnapshot(sample), {
    access: 'keys',
    ledger,
    limits: { bodyBytes: 4_096, jsonDepth: 16 },
  });
});

afterEach(() => upstream.reset());

afterAll(async () => {
  await Promise.all([server.close(), hasty.close(), upstream.close()]);
  await ledger.close();
});

/** What was seen from outside, and all that the server kept of it. */
function expectNoCanary(seen: string): void {
  const kept = inspect(
    [server, hasty].map((each) => [each.entries, each.faults, each.usage()]),
    { depth: 20, maxStringLength: null },
  );
  for (const canary of canaries) {
    expect(seen).not.toContain(canary);
    expect(kept).not.toContain(canary);
  }
}

const authorization = `Bearer ${KEY}`;
const say = [{ role: 'user', content: DOCUMENT }];

const calls: [string, string, object][] = [
  ['capability, JSON', '/v1/capabilities/summarize', { input: { document: DOCUMENT } }],
  ['capability, events', '/v1/capabilities/summarize', { input: { document: DOCUMENT }, stream: true }],
  ['text capability, events', '/v1/capabilities/title', { input: { document: DOCUMENT }, stream: true }],
  ['capability as model', '/v1/chat/completions', { model: 'summarize', messages: say }],
  [
    'capability as model, stream',
    '/v1/chat/completions',
    { model: 'summarize', messages: say, stream: true },
  ],
  ['model', '/v1/chat/completions', { model: 'fast', messages: say }],
  ['model, stream', '/v1/chat/completions', { model: 'fast', messages: say, stream: true }],
];

const tellsKey = { message: `Incorrect API key provided: ${UPSTREAM_SECRET}. Bearer ${UPSTREAM_SECRET}` };
const troubles: [string, Behaviour][] = [
  ['a 401 that repeats the key', fails(401, tellsKey)],
  ['a 400 that repeats the key', fails(400, tellsKey)],
  ['a 400 whose code is the key', fails(400, { message: 'No.', code: UPSTREAM_SECRET })],
  ['a 500 that repeats the key', fails(500, tellsKey)],
  [
    'a 429 with the key in a header',
    fails(429, { headers: { 'x-debug': UPSTREAM_SECRET, 'retry-after': '60' } }),
  ],
  ['garbage', answersGarbage],
  ['foreign JSON', answersForeignJson],
  ['half a body', answersHalf],
  ['a reset', resetsConnection],
  ['a cut stream', cutsStream(['{"summary', '": 1'])],
  ['an error halfway', failsHalfway(['{"summary'])],
  ['a page that repeats all it knows', echoesEverything],
];

test.each(
  calls.flatMap(([name, path, body]) =>
    troubles.map(([trouble, act]) => [name, trouble, path, body, act] as const),
  ),
)('%s: %s', async (_name, _trouble, path, body, behaviour) => {
  upstream.always(behaviour);
  const logged = server.nextEntry();
  expectNoCanary(await everythingOf(await post(server, path, body, { headers: { authorization } })));
  await logged;
});

test.each(calls)('%s: silence', async (_name, path, body) => {
  upstream.always(staysSilent);
  const seen = await everythingOf(await post(hasty, path, body, { headers: { authorization } }));
  expect(seen).toContain('timeout');
  expectNoCanary(seen);
});

test.each(calls.slice(0, 5))(
  '%s: an output that repeats the document and breaks the contract',
  async (name, path, body) => {
    if (name === 'text capability, events') return;
    upstream.always(
      answers(JSON.stringify({ wrong: DOCUMENT, summary: [DOCUMENT], points: [{ [DOCUMENT]: 1 }] })),
    );
    const seen = await everythingOf(
      await post(server, path, { ...body, stream: false }, { headers: { authorization } }),
    );
    expect(seen).toContain('output_invalid');
    expectNoCanary(seen);
  },
);

test.each<[string, string, unknown]>([
  ['malformed JSON', '/v1/capabilities/title', `{"input":{"document":"${DOCUMENT}"`],
  ['JSON in the wrong place', '/v1/chat/completions', `{"model":"title","messages":["${DOCUMENT}" "x"]}`],
  ['too deep', '/v1/capabilities/title', `{"input":${'['.repeat(50)}"${DOCUMENT}"`],
  ['too large', '/v1/capabilities/title', { input: { document: DOCUMENT.repeat(200) } }],
  ['a wrong type', '/v1/capabilities/summarize', { input: { document: [DOCUMENT], maxPoints: DOCUMENT } }],
  ['a wrong enum', '/v1/capabilities/greet', { input: { name: DOCUMENT.repeat(9), language: DOCUMENT } }],
  ['a wrong tier type', '/v1/capabilities/title', { input: { document: DOCUMENT }, tier: [DOCUMENT] }],
  [
    'wrong metadata',
    '/v1/capabilities/title',
    { input: { document: DOCUMENT }, metadata: { a: [DOCUMENT] } },
  ],
  [
    'a system message',
    '/v1/chat/completions',
    { model: 'title', messages: [{ role: 'system', content: DOCUMENT }] },
  ],
  [
    'a wrong role',
    '/v1/chat/completions',
    { model: 'title', messages: [{ role: DOCUMENT, content: DOCUMENT }] },
  ],
  [
    'a wrong part',
    '/v1/chat/completions',
    { model: 'title', messages: [{ role: 'user', content: [DOCUMENT] }] },
  ],
  ['earlier turns', '/v1/chat/completions', { model: 'title', messages: [...say, ...say] }],
  ['no input at all', '/v1/chat/completions', { model: 'greet', messages: say }],
])('bad input: %s', async (_name, path, body) => {
  const seen = await everythingOf(await post(server, path, body, { headers: { authorization } }));
  expect(seen).toMatch(/^4\d\d /);
  expectNoCanary(seen);
});

test.each([`Bearer ${WRONG_KEY}`, `Basic ${WRONG_KEY}`, WRONG_KEY, `Bearer ${KEY} ${KEY}`])(
  'a wrong key is not repeated',
  async (wrong) => {
    const seen = await everythingOf(
      await post(server, `/v1/models?key=${WRONG_KEY}`, {}, { headers: { authorization: wrong } }),
    );
    expect(seen).toMatch(/^401 /);
    expectNoCanary(seen);
  },
);

test('a fault of ours says nothing of itself to the caller', async () => {
  const { current } = server.registry;
  const title = current.capabilities['title@2'];
  if (title === undefined) throw new Error('the sample has a title');
  const prompt = [{ kind: 'message', role: 'user', template: `{{#broken ${DOCUMENT}` }] as const;
  const broken = { ...title, revision: 'sha256:broken', prompt };
  // A Snapshot like this never leaves the compiler; a registry that was not told to prepare takes it.
  const careless = await startServer(
    { ...current, capabilities: { ...current.capabilities, 'title@2': broken } },
    { access: 'keys', prepare: () => {} },
  );
  const response = await post(
    careless,
    '/v1/capabilities/title',
    { input: { document: 'x' } },
    { headers: { authorization } },
  );
  const seen = await everythingOf(response);
  expect(response.status).toBe(500);
  expect(seen).toContain('Something went wrong on our side.');
  expect(seen).not.toContain(DOCUMENT);
  expect(careless.faults).toHaveLength(1);
  await careless.close();
});

test('the file of usage records holds none of them either', async () => {
  await ledger.flush();
  expect(ledger.kept).toBeGreaterThan(calls.length * troubles.length - 1);
  const files = readdirSync(ledger.folder).map((name) => readFileSync(join(ledger.folder, name)));
  expect(files.some((file) => file.includes('summarize@1'))).toBe(true);
  for (const canary of canaries) expect(files.filter((file) => file.includes(canary))).toEqual([]);
});

/** A proxy's debugging page. */
function echoesEverything(request: Parameters<Behaviour>[0], response: Parameters<Behaviour>[1]): void {
  response.writeHead(500, { 'content-type': 'text/html', 'x-debug': String(request.headers.authorization) });
  response.end(`<pre>${JSON.stringify(request.headers)} ${request.bytes.toString()}</pre>`);
}
