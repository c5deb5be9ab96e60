// When is tried again, where, and for how long: back-off, Retry-After, deadlines and the cost limit, under a clock that
// only moves when the test says so. The providers are real, on loopback.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CapabilityError } from '../../src/errors.ts';
import type { Capability, Snapshot } from '../../src/registry/snapshot.ts';
import type { RuntimeLimits } from '../../src/runtime/limits.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import {
  answers,
  fails,
  resetsConnection,
  stallsAfter,
  startFakeUpstream,
  staysSilent,
  streamsOnDemand,
} from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startInvocations } from '../support/start-invocations.ts';
import type { Invocations } from '../support/start-invocations.ts';

const document = { document: 'Sales rose by 4%. Costs fell.' };
const DEADLINE = 10_000;

let first: FakeUpstream;
let second: FakeUpstream;
let clock: FakeClock;
let invocations: Invocations;

beforeAll(async () => {
  [first, second] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
});

beforeEach(() => {
  clock = createFakeClock();
  first.always(answers('From the first.'));
  second.always(answers('From the reserve.'));
});

/** However a call ended: no timer runs on, no connection is busy. */
afterEach(async () => {
  first.reset();
  second.reset();
  await invocations.idle();
  expect(clock.pending).toEqual([]);
  await invocations.close();
});

afterAll(() => Promise.all([first.close(), second.close()]));

interface Beginning {
  readonly retries?: number;
  readonly reserve?: boolean;
  readonly random?: number;
  readonly limits?: Partial<RuntimeLimits>;
  readonly change?: (capability: Capability) => Capability;
}

function begin({ retries = 1, reserve = true, random = 0, limits = {}, change }: Beginning): void {
  const sample = sampleSnapshot({
    upstreamUrl: first.baseUrl,
    ...(reserve ? { reserveUrl: second.baseUrl } : {}),
    timeoutMs: DEADLINE,
    retryAttempts: retries,
  });
  const snapshot = change === undefined ? sample : changed(sample, change);
  invocations = startInvocations(snapshot, { clock, limits, random: () => random });
}

function changed(snapshot: Snapshot, change: (capability: Capability) => Capability): Snapshot {
  const entries = Object.entries(snapshot.capabilities).map(([key, each]) => [key, change(each)]);
  return { ...snapshot, capabilities: Object.fromEntries(entries) as Snapshot['capabilities'] };
}

const title = (): Promise<string> =>
  invocations.run('title', document).then(
    ({ output }) => String(output),
    (error: unknown) => {
      if (error instanceof CapabilityError) return `${error.code}: ${error.message}`;
      throw error;
    },
  );

/** A behaviour, and a promise that a request has come to it. */
function noticed(behaviour: Behaviour): { readonly behaviour: Behaviour; readonly arrived: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    behaviour: (request, response) => {
      resolve();
      return behaviour(request, response);
    },
    arrived: promise,
  };
}

describe('the pauses before retries double, take chance, and have an upper bound', () => {
  test.each([
    ['the shortest', 0, [100, 200, 400, 500, 500]],
    ['one in the middle', 0.5, [150, 300, 600, 750, 750]],
  ])('%s', async (_name, random, waits) => {
    begin({ retries: 6, reserve: false, random, limits: { backoffMaxMs: 1_000 } });
    first.next(...waits.map((_wait, index) => (index % 2 === 0 ? fails(500) : resetsConnection)));
    const answer = title();
    for (const wait of waits) {
      await clock.armed(wait);
      clock.advance(wait);
    }
    expect(await answer).toBe('From the first.');
    expect(first.received).toHaveLength(6);
  });
});

describe('Retry-After', () => {
  const inTwoSeconds = { 'retry-after': '2' };

  test('a short one is waited for where it was asked, even beside another model', async () => {
    begin({ retries: 2 });
    first.next(fails(429, { headers: { 'retry-after': '1' } }));
    const answer = title();
    await clock.armed(1_000);
    clock.advance(1_000);
    expect(await answer).toBe('From the first.');
    expect(second.received).toEqual([]);
  });

  test('for a longer one another model is asked at once', async () => {
    begin({ retries: 2 });
    first.next(fails(429, { headers: inTwoSeconds }));
    expect(await title()).toBe('From the reserve.');
  });

  test('when nobody else can answer it is waited for, if it fits the deadline', async () => {
    begin({ retries: 2 });
    first.next(fails(429, { headers: inTwoSeconds }));
    second.always(fails(401));
    const answer = title();
    await clock.armed(2_000);
    clock.advance(2_000);
    expect(await answer).toBe('From the first.');
  });

  test.each<[string, Record<string, string>, boolean]>([
    [
      'a date, from the date of the answer',
      { date: 'Tue, 01 Dec 2026 10:00:00 GMT', 'retry-after': 'Tue, 01 Dec 2026 10:00:02 GMT' },
      true,
    ],
    [
      'a date, from now when the answer has none',
      { 'retry-after': new Date(1_800_000_002_000).toUTCString() },
      false,
    ],
    ['milliseconds', { 'retry-after-ms': '2000', 'retry-after': '7' }, true],
  ])('may be %s', async (_name, headers, dated) => {
    begin({ retries: 2, reserve: false });
    first.next((request, response) => {
      response.sendDate = dated;
      return fails(429, { headers })(request, response);
    });
    const answer = title();
    await clock.armed(2_000);
    clock.advance(2_000);
    expect(await answer).toBe('From the first.');
  });

  test.each([
    ['is longer than the deadline', { 'retry-after': '60' }],
    ['is a date after the deadline', { 'retry-after': 'Fri, 01 Jan 2100 10:00:00 GMT' }],
  ])('one that %s is not waited for, and reaches the caller', async (_name, headers) => {
    begin({ retries: 3, reserve: false });
    first.always(fails(429, { headers }));
    const error: unknown = await invocations.run('title', document).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'provider_failed' });
    expect((error as CapabilityError).retryAfterSeconds).toBeGreaterThanOrEqual(60);
    expect(first.received).toHaveLength(1);
  });

  test('the next calls keep away from a model until then, and come back after it', async () => {
    begin({});
    first.next(fails(429, { headers: { 'retry-after': '60' } }));
    expect(await title()).toBe('From the reserve.');
    expect(await title()).toBe('From the reserve.');
    expect(first.received).toHaveLength(1);
    clock.advance(59_999);
    expect(await title()).toBe('From the reserve.');
    clock.advance(1);
    expect(await title()).toBe('From the first.');
  });

  test('a 503 that names a time is a server that asks for a rest', async () => {
    begin({});
    first.next(fails(503, { headers: { 'retry-after': '30' } }));
    expect(await title()).toBe('From the reserve.');
    expect(await title()).toBe('From the reserve.');
    expect(first.received).toHaveLength(1);
  });
});

describe('time', () => {
  test('the deadline is one over all attempts and pauses', async () => {
    begin({ retries: 10, reserve: false, limits: { backoffMaxMs: 60_000 } });
    first.always(fails(500));
    const answer = title();
    for (const wait of [100, 200, 400, 800, 1_600, 3_200]) {
      await clock.armed(wait);
      clock.advance(wait);
    }
    // The next pause would take 6,400 ms, and 3,700 are left.
    expect(await answer).toMatch(/^provider_failed: Every candidate failed\./);
    expect(first.received).toHaveLength(7);
  });

  test('a provider that says nothing leaves time for another one', async () => {
    begin({});
    const silent = noticed(staysSilent);
    first.next(silent.behaviour);
    const gone = first.abandoned();
    const answer = title();
    await silent.arrived;
    clock.advance(DEADLINE * 0.75 - 1);
    expect(second.received).toEqual([]);
    clock.advance(1);
    await gone;
    expect(await answer).toBe('From the reserve.');
    expect(invocations.usage()).toMatchObject([
      { attempts: [{ outcome: 'server', estimated: true, latencyMs: 7_500 }, { outcome: 'ok' }] },
    ]);
  });

  test('the last one has all the time that there is', async () => {
    begin({ reserve: false });
    const silent = noticed(staysSilent);
    first.next(silent.behaviour);
    const answer = title();
    await silent.arrived;
    clock.advance(DEADLINE - 1);
    expect(clock.pending).not.toEqual([]);
    clock.advance(1);
    expect(await answer).toBe(`timeout: There was no answer within ${DEADLINE} ms.`);
  });

  test('a connection that is never made does not outlast the deadline', async () => {
    const mute = createServer(() => {}).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    begin({ reserve: false });
    await invocations.close();
    // The handshake of TLS is never answered.
    const snapshot = sampleSnapshot({ upstreamUrl: `https://127.0.0.1:${port}/v1`, timeoutMs: DEADLINE });
    invocations = startInvocations(snapshot, { clock });
    const arrived = once(mute, 'connection');
    const answer = title();
    await arrived;
    clock.advance(DEADLINE);
    expect(await answer).toMatch(/^timeout/);
    expect(invocations.usage()).toMatchObject([{ attempts: [{ outcome: 'timeout' }], costUsd: 0 }]);
    mute.close();
  });

  test('a stream that stops before its first word is tried elsewhere, and its caller sees nothing of it', async () => {
    begin({ limits: { idleMs: 500 } });
    first.next(stallsAfter([]));
    const heard: string[] = [];
    const answer = invocations.run('title', document, {
      sink: { start: ({ model }) => void heard.push(model), delta: (text) => void heard.push(text) },
    });
    await clock.armed(500);
    clock.advance(500);
    expect((await answer).output).toBe('From the reserve.');
    expect(heard[0]).toBe('reserve/large');
  });

  test('a stream that stops after its first words ends in an error', async () => {
    begin({ limits: { idleMs: 500 } });
    first.next(stallsAfter(['A fine ']));
    const begun = Promise.withResolvers<void>();
    const answer = invocations.run('title', document, {
      sink: { start: () => {}, delta: () => begun.resolve() },
    });
    await begun.promise;
    // The words have been taken, so the silence counts from here.
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(500);
    await expect(answer).rejects.toMatchObject({ code: 'provider_failed' });
    expect(second.received).toEqual([]);
  });

  test('while the reader holds a stream back its silence does not count', async () => {
    begin({ reserve: false, limits: { idleMs: 500 } });
    const source = streamsOnDemand();
    first.next(source.behaviour);
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const answer = invocations.run('title', document, {
      sink: {
        start: () => {},
        delta() {
          begun.resolve();
          return goOn.promise;
        },
      },
    });
    await source.send('A fine ');
    await begun.promise;
    clock.advance(5_000);
    goOn.resolve();
    await source.send('title');
    await source.finish();
    expect((await answer).output).toBe('A fine title');
  });
});

describe('escalation of invalid outputs keeps within the cost limit', () => {
  /** What the models may cost at most: about 0.002 and 0.004 dollars. */
  const limited = (maxCostUsd: number) => (capability: Capability) => ({
    ...capability,
    routing: { ...capability.routing, constraints: { maxCostUsd } },
  });
  const rambles: Behaviour = (request, response) => {
    const body = {
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Well…' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 100, completion_tokens: 900, total_tokens: 1_000 },
      model: request.body?.['model'],
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  test.each([
    [0.01, 1],
    [0.005, 0],
  ])('at most %s dollars: %i more', async (maxCostUsd, more) => {
    begin({ change: limited(maxCostUsd) });
    first.always(rambles);
    second.always(rambles);
    const error: unknown = await invocations.run('summarize', document).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'output_invalid' });
    expect((error as CapabilityError).message.includes('The cost limit leaves no room')).toBe(more === 0);
    expect(second.received).toHaveLength(more);
    const [record] = invocations.usage();
    expect(record?.costUsd).toBeLessThanOrEqual(maxCostUsd);
  });
});

test('too many calls of ours to a provider are overload, say when to come back, and speak against nobody', async () => {
  begin({ reserve: false });
  await invocations.close();
  const snapshot = sampleSnapshot({ upstreamUrl: first.baseUrl, timeoutMs: DEADLINE });
  invocations = startInvocations(snapshot, { clock, transportLimits: { callsPerProvider: 1 } });
  const busy = noticed(staysSilent);
  first.next(busy.behaviour);
  const abort = new AbortController();
  const waiting = invocations.run('title', document, { signal: abort.signal }).catch(() => undefined);
  await busy.arrived;
  for (let call = 0; call < 20; call += 1) {
    await expect(invocations.run('title', document)).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterSeconds: 1,
    });
  }
  abort.abort(new CapabilityError('cancelled', 'The caller left.'));
  await waiting;
  const [model] = Object.values(snapshot.models);
  const [, provider] = Object.values(snapshot.providers);
  if (model === undefined || provider === undefined) throw new Error('the sample has a model');
  expect(invocations.runtime.health.state({ model, provider }).model).toBe('closed');
});
