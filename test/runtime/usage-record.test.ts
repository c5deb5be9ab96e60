// What is written down of an invocation: times under a clock that the test owns, cost by the length of the input, repairs
// without the model's words, and the caller's own labels.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Capability, Snapshot } from '../../src/registry/snapshot.ts';
import { RUNTIME_LIMITS } from '../../src/runtime/limits.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { answers, fails, startFakeUpstream } from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startInvocations } from '../support/start-invocations.ts';
import type { Invocations } from '../support/start-invocations.ts';

const document = { document: 'Sales rose by 4%.' };

let upstream: FakeUpstream;
let clock: FakeClock;
let invocations: Invocations;

beforeAll(async () => {
  upstream = await startFakeUpstream();
});
beforeEach(() => {
  clock = createFakeClock();
});
afterEach(async () => {
  upstream.reset();
  await invocations.idle();
  await invocations.close();
});
afterAll(() => upstream.close());

function begin(change: (snapshot: Snapshot) => Snapshot = (same) => same, retryAttempts = 1): void {
  const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl, retryAttempts });
  invocations = startInvocations(change(snapshot), { clock });
}

/** An answer that takes so long. */
function after(milliseconds: number, behaviour: Behaviour): Behaviour {
  return (request, response) => {
    clock.advance(milliseconds);
    return behaviour(request, response);
  };
}

test('its times: the whole, the first byte, each attempt, and what was our own', async () => {
  begin(undefined, 2);
  const startedAt = clock.now();
  upstream.next(after(30, fails(500)), after(50.5, answers('A title')));
  const call = invocations.run('title', document);
  const pauseMs = RUNTIME_LIMITS.backoffMs / 2;
  await clock.armed(pauseMs);
  clock.advance(pauseMs);
  await call;
  expect(invocations.usage()).toMatchObject([
    {
      at: startedAt,
      outcome: 'ok',
      latencyMs: 30 + pauseMs + 50.5,
      firstByteMs: 30 + pauseMs + 50.5,
      ownMs: pauseMs,
      attempts: [
        { outcome: 'server', at: startedAt, latencyMs: 30, queueMs: 0, firstByteMs: 30 },
        { outcome: 'ok', at: startedAt + 30 + pauseMs, latencyMs: 50.5, queueMs: 0, firstByteMs: 50.5 },
      ],
    },
  ]);
});

test('two attempts at a time are one time of waiting', async () => {
  begin((snapshot) => {
    const { 'title@2': title, ...others } = snapshot.capabilities;
    const hedge = { after: 100, maxExtraLoad: 1 };
    const hedged = { ...title, policies: { ...title?.policies, hedge } } as Capability;
    return { ...snapshot, capabilities: { ...others, 'title@2': hedged } };
  });
  const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  upstream.next(
    () => both[0]?.resolve(),
    (request, response) => {
      both[1]?.resolve();
      clock.advance(40);
      return answers('A title')(request, response);
    },
  );
  const call = invocations.run('title', document);
  await both[0]?.promise;
  clock.advance(100);
  await call;
  expect(invocations.usage()).toMatchObject([
    { latencyMs: 140, ownMs: 0, attempts: [{ outcome: 'ok', hedge: true }, { outcome: 'superseded' }] },
  ]);
});

test('an input that is long for its model costs what long inputs cost', async () => {
  begin((snapshot) => {
    const model = snapshot.models['upstream/large'];
    if (model === undefined) throw new Error('the sample has a model');
    const price = { input: 1, output: 2, longContext: [{ aboveInputTokens: 10, input: 100, output: 200 }] };
    return { ...snapshot, models: { 'upstream/large': { ...model, price } } };
  });
  // The provider counts 11 tokens in and 7 out.
  const { invocation } = await invocations.run('title', document);
  const costUsd = (11 * 100 + 7 * 200) / 1_000_000;
  expect(invocation.costUsd).toBeCloseTo(costUsd, 12);
  expect(invocations.usage()).toMatchObject([{ costUsd: invocation.costUsd }]);
});

test('repairs are in the reply with what they did, and in the record with where it was', async () => {
  begin();
  upstream.always(answers('```json\n{"summary":"S","points":"Only one"}\n```'));
  const { invocation } = await invocations.run('summarize', document);
  expect(invocation.repairs).toEqual([
    expect.objectContaining({ step: 'strip-code-fence', pointer: '' }),
    expect.objectContaining({ step: 'wrap-in-list', pointer: '/points', before: '"Only one"' }),
  ]);
  const [record] = invocations.usage();
  expect(record?.repairs).toEqual([
    { step: 'strip-code-fence', pointer: '' },
    { step: 'wrap-in-list', pointer: '/points' },
  ]);
});

test('the revisions say what was asked: of the capability, and of all that was served', async () => {
  begin();
  await invocations.run('title@1', document);
  const snapshot = sampleSnapshot({ upstreamUrl: upstream.baseUrl });
  expect(invocations.usage()).toMatchObject([
    {
      capability: 'title@1',
      version: '1.0.0',
      revision: snapshot.capabilities['title@1']?.revision,
      snapshot: snapshot.revision,
    },
  ]);
});
