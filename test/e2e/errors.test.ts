// Every code of the catalogue, driven from outside on both surfaces: its status, its type, its shape.
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CapabilityError, errorCatalogue } from '../../src/errors.ts';
import type { ErrorCode } from '../../src/errors.ts';
import type { Capability, Snapshot } from '../../src/registry/snapshot.ts';
import { toHttpError } from '../../src/server/to-http-error.ts';
import { errorOf, post } from '../support/call-server.ts';
import { answers, fails, startFakeUpstream, staysSilent } from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { openAiMistakes } from '../support/openai-schemas.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import type { SampleOptions } from '../support/sample-snapshot.ts';
import { startServer } from '../support/start-server.ts';
import type { StartOptions, TestServer } from '../support/start-server.ts';

const KEY = 'key-of-ada';
let upstream: FakeUpstream;
let server: TestServer | undefined;

beforeAll(async () => {
  upstream = await startFakeUpstream();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  upstream.reset();
});
afterAll(() => upstream.close());

interface Trouble {
  readonly code: ErrorCode;
  /** Why it comes, where that is not in the code. */
  readonly when?: string;
  readonly status?: number;
  /** Of the server. */
  readonly options?: StartOptions;
  readonly sample?: SampleOptions;
  readonly change?: (snapshot: Snapshot) => Snapshot;
  readonly behaviour?: Behaviour;
  /** Of the request. Default: a good one. */
  readonly input?: unknown;
  readonly name?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** An invocation was opened, so the error names it. */
  readonly invoked?: true;
  /** The fault is ours, and logged. */
  readonly fault?: true;
}

const document = 'Sales rose.';

const troubles: readonly Trouble[] = [
  { code: 'input_invalid', input: { document: 7 }, invoked: true },
  { code: 'request_invalid', when: 'malformed JSON', body: '{"input":' },
  {
    code: 'request_invalid',
    when: 'another content type',
    status: 415,
    headers: { 'content-type': 'text/plain' },
  },
  { code: 'request_invalid', when: 'a large body', status: 413, options: { limits: { bodyBytes: 20 } } },
  { code: 'unauthenticated', sample: { keys: { ada: KEY } }, options: { access: 'keys' } },
  { code: 'forbidden', headers: { origin: 'https://evil.example' } },
  { code: 'not_found', name: 'sumarize' },
  { code: 'gone', change: (snapshot) => retired(snapshot) },
  { code: 'rate_limited', ...crowd() },
  { code: 'no_route', options: { environment: {} }, invoked: true },
  { code: 'output_invalid', behaviour: answers('{"summary":1}'), invoked: true },
  { code: 'provider_failed', behaviour: fails(500), invoked: true },
  { code: 'timeout', behaviour: staysSilent, sample: { timeoutMs: 40 }, invoked: true },
  { code: 'overloaded', options: { limits: { concurrentRequests: 0 } } },
  {
    code: 'overloaded',
    when: 'too many calls to one provider',
    options: { transportLimits: { callsPerProvider: 0 } },
    invoked: true,
  },
  {
    code: 'internal',
    change: (snapshot) => broken(snapshot),
    options: { prepare: () => {} },
    invoked: true,
    fault: true,
  },
];

/** Driven below, by a caller who is not there to hear of it. */
const unheard: readonly ErrorCode[] = ['cancelled'];

/** Budgets and stores that refuse come with governance; until then nothing gives these. */
const notYet: readonly ErrorCode[] = ['budget_exhausted', 'store_unavailable'];

function crowd(): Partial<Trouble> {
  return {
    sample: { keys: { ada: KEY } },
    options: { access: 'keys', limits: { concurrentPerCaller: 0 } },
    headers: { authorization: `Bearer ${KEY}` },
  };
}

function changed(snapshot: Snapshot, change: Partial<Capability>): Snapshot {
  const capabilities = { ...snapshot.capabilities };
  const summarize = capabilities['summarize@1'];
  if (summarize !== undefined) capabilities['summarize@1'] = { ...summarize, ...change };
  return { ...snapshot, capabilities };
}

function retired(snapshot: Snapshot): Snapshot {
  const deprecation = { since: '2026-01-01', sunset: '2026-12-31', replacement: 'summarize@2' };
  return changed(snapshot, { lifecycle: 'deprecated', deprecation });
}

/** No compiler makes such a Snapshot. */
function broken(snapshot: Snapshot): Snapshot {
  return changed(snapshot, { prompt: [{ kind: 'message', role: 'user', template: '{{#if' }] });
}

async function provoke(trouble: Trouble, surface: 'capability' | 'model'): Promise<Response> {
  const { name = 'summarize', input = { document }, behaviour, change = (same) => same } = trouble;
  if (behaviour !== undefined) upstream.always(behaviour);
  const snapshot = change(sampleSnapshot({ upstreamUrl: upstream.baseUrl, ...trouble.sample }));
  server = await startServer(snapshot, trouble.options);
  const [path, body] =
    surface === 'capability'
      ? [`/v1/capabilities/${name}`, { input }]
      : [
          '/v1/chat/completions',
          { model: name, messages: [{ role: 'user', content: JSON.stringify(input) }] },
        ];
  return post(
    server,
    path,
    trouble.body ?? body,
    trouble.headers === undefined ? {} : { headers: trouble.headers },
  );
}

describe.each(['capability', 'model'] as const)('called as a %s', (surface) => {
  test.each(
    troubles.map((each) => [`${each.code}${each.when === undefined ? '' : `: ${each.when}`}`, each] as const),
  )('%s', async (_name, trouble) => {
    const response = await provoke(trouble, surface);
    const error = await errorOf(response);
    const { status, type } = errorCatalogue[trouble.code];
    expect([error.code, response.status, error.type]).toEqual([trouble.code, trouble.status ?? status, type]);
    expect(error.message).toMatch(/^[A-Z"].*[.?”]$/s);
    expect('param' in error).toBe(true);
    expect(openAiMistakes('ErrorResponse', { error })).toEqual([]);
    expect(response.headers.get('x-request-id')).not.toBeNull();
    expect(error.invocation).toBe(response.headers.get('x-capstan-invocation') ?? undefined);
    const outcomes = server?.usage().map(({ outcome }) => outcome);
    expect(outcomes).toEqual(trouble.invoked === true ? [trouble.code] : []);
    expect(server?.faults.length).toBe(trouble.fault === true ? 1 : 0);
  });
});

test('cancelled: the caller hears nothing, the books do', async () => {
  server = await startServer(sampleSnapshot({ upstreamUrl: upstream.baseUrl }));
  const arrived = Promise.withResolvers<void>();
  upstream.next((request, response) => {
    arrived.resolve();
    return staysSilent(request, response);
  });
  const logged = server.nextEntry();
  const text = JSON.stringify({ input: { document } });
  const head = `POST /v1/capabilities/title HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`;
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(head + text));
  await arrived.promise;
  const gone = upstream.abandoned();
  socket.destroy();
  await gone;
  expect(await logged).toMatchObject({ abandoned: true });
  expect(server.usage()).toMatchObject([{ outcome: 'cancelled' }]);
});

test('a retired capability serves until its last day is over, and then names its replacement', async () => {
  const now = 1_800_000_000_000;
  const day = (offset: number): string => new Date(now + offset * 86_400_000).toISOString().slice(0, 10);
  for (const [sunset, status] of [
    [day(0), 200],
    [day(-1), 410],
  ] as const) {
    upstream.always(answers('{"summary":"","points":[]}'));
    const deprecation = { since: '2026-01-01', sunset, replacement: 'summarize@2' };
    const snapshot = changed(sampleSnapshot({ upstreamUrl: upstream.baseUrl }), { deprecation });
    server = await startServer(snapshot);
    const response = await post(server, '/v1/capabilities/summarize', { input: { document } });
    expect(response.status).toBe(status);
    if (status === 410) expect((await errorOf(response)).message).toContain('use summarize@2');
    await server.close();
    server = undefined;
  }
});

test('every code of the catalogue is driven here, or nothing can give it yet', () => {
  const driven = new Set([...troubles.map(({ code }) => code), ...unheard, ...notYet]);
  expect([...driven].toSorted()).toEqual(Object.keys(errorCatalogue).toSorted());
});

test.each(Object.keys(errorCatalogue) as ErrorCode[])(
  '%s has the status and type of the catalogue',
  (code) => {
    const { status, body } = toHttpError(
      new CapabilityError(code, 'A sentence.', { param: 'x', details: [1] }),
      'id-1',
    );
    expect(status).toBe(errorCatalogue[code].status);
    expect(body.error).toEqual({
      code,
      message: 'A sentence.',
      type: errorCatalogue[code].type,
      param: 'x',
      details: [1],
      invocation: 'id-1',
    });
  },
);
