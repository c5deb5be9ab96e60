// A second attempt beside a slow one: only where it is asked for, only when the model is slower than itself, only for a
// share of the calls; the loser is let go, and both are in the books.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Capability, Hedge, Snapshot } from '../../src/registry/snapshot.ts';
import { createHedgeBudget } from '../../src/runtime/hedge.ts';
import type { CapabilityResult, CapabilitySink } from '../../src/runtime/run-capability.ts';
import { TIMINGS_MIN } from '../../src/runtime/timings.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { answers, fails, startFakeUpstream, streamsOnDemand } from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startInvocations } from '../support/start-invocations.ts';
import type { Invocations } from '../support/start-invocations.ts';

const input = { document: 'Sales rose.' };
const AFTER = 300;

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
  second.always(answers('From the second.'));
});

afterEach(async () => {
  first.reset();
  second.reset();
  await invocations.idle();
  expect(clock.pending).toEqual([]);
  await invocations.close();
});

afterAll(() => Promise.all([first.close(), second.close()]));

interface Beginning {
  readonly hedge?: Hedge | undefined;
  readonly reserve?: boolean;
  readonly change?: (capability: Capability) => Capability;
}

function begin({ hedge = { after: AFTER, maxExtraLoad: 1 }, reserve = true, change }: Beginning = {}): void {
  const sample = sampleSnapshot({
    upstreamUrl: first.baseUrl,
    ...(reserve ? { reserveUrl: second.baseUrl } : {}),
    timeoutMs: 10_000,
  });
  const entries = Object.entries(sample.capabilities).map(([key, capability]) => {
    const hedged = { ...capability, policies: { ...capability.policies, hedge } };
    return [key, change === undefined ? hedged : change(hedged)];
  });
  const capabilities = Object.fromEntries(entries) as Snapshot['capabilities'];
  invocations = startInvocations({ ...sample, capabilities }, { clock });
}

interface Slow {
  readonly behaviour: Behaviour;
  readonly arrived: Promise<void>;
  release(): void;
}

/** An answer that comes when the test says so. */
function slow(behaviour: Behaviour): Slow {
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

const run = (sink?: CapabilitySink): Promise<CapabilityResult> =>
  invocations.run('title', input, sink === undefined ? {} : { sink });

test('a quick answer is not asked for twice', async () => {
  begin();
  expect((await run()).output).toBe('From the first.');
  expect(second.received).toEqual([]);
});

test('without the policy nothing is asked for twice, however slow', async () => {
  begin({ hedge: undefined });
  const silent = slow(answers('At last.'));
  first.next(silent.behaviour);
  const call = run();
  await silent.arrived;
  clock.advance(7_000);
  silent.release();
  expect((await call).output).toBe('At last.');
  expect(second.received).toEqual([]);
});

test('beside a slow one the next is asked; its answer is taken, the slow one is let go, both are in the books', async () => {
  begin();
  const silent = slow(answers('Too late.'));
  first.next(silent.behaviour);
  const gone = first.abandoned();
  const call = run();
  await silent.arrived;
  clock.advance(AFTER - 1);
  expect(second.received).toEqual([]);
  clock.advance(1);
  const { output, invocation } = await call;
  await gone;
  expect(output).toBe('From the second.');
  expect(invocation).toMatchObject({ model: 'reserve/large', estimated: true });
  expect(invocation.attempts).toMatchObject([
    { model: 'reserve/large', outcome: 'ok', hedge: true },
    { model: 'upstream/large', outcome: 'superseded', estimated: true, latencyMs: AFTER },
  ]);
  const [record] = invocations.usage();
  const costs = record?.attempts.map(({ costUsd }) => costUsd ?? NaN) ?? [];
  expect(record?.costUsd).toBeCloseTo(
    costs.reduce((sum, cost) => sum + cost, 0),
    12,
  );
  expect(Math.min(...costs)).toBeGreaterThan(0);
  silent.release();
});

test('the slow one may still win; then the second is let go', async () => {
  begin();
  const [one, two] = [slow(answers('From the first.')), slow(answers('Too late.'))];
  first.next(one.behaviour);
  second.next(two.behaviour);
  const gone = second.abandoned();
  const call = run();
  await one.arrived;
  clock.advance(AFTER);
  await two.arrived;
  one.release();
  const { output, invocation } = await call;
  await gone;
  expect(output).toBe('From the first.');
  expect(invocation.attempts).toMatchObject([
    { model: 'upstream/large', outcome: 'ok' },
    { model: 'reserve/large', outcome: 'superseded', hedge: true },
  ]);
  two.release();
});

describe('streams are slow until their first words', () => {
  const heardBy = (heard: string[]): CapabilitySink => ({
    start: ({ model }) => void heard.push(model),
    delta: (text) => void heard.push(text),
  });

  test('whoever speaks first speaks alone, and the other is let go before the answer is whole', async () => {
    begin();
    const silent = slow(answers('Too late.'));
    const source = streamsOnDemand();
    first.next(silent.behaviour);
    second.next(source.behaviour);
    const gone = first.abandoned();
    const heard: string[] = [];
    const call = run(heardBy(heard));
    await silent.arrived;
    clock.advance(AFTER);
    await source.send('A fine ');
    await gone;
    await source.send('title');
    await source.finish();
    expect((await call).output).toBe('A fine title');
    expect(heard).toEqual(['reserve/large', 'A fine ', 'title']);
    silent.release();
  });

  test('a stream that has begun is not slow, however long it takes', async () => {
    begin();
    const source = streamsOnDemand();
    first.next(source.behaviour);
    const heard: string[] = [];
    const begun = Promise.withResolvers<void>();
    const call = run({ start: () => begun.resolve(), delta: (text) => void heard.push(text) });
    await source.send('A fine ');
    await begun.promise;
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5_000);
    await source.send('title');
    await source.finish();
    expect((await call).output).toBe('A fine title');
    expect(second.received).toEqual([]);
  });
});

test('when the slow one fails after all, the second answers; when both fail, it goes on as ever', async () => {
  begin();
  const failing = slow(fails(500));
  first.next(failing.behaviour);
  const call = run();
  await failing.arrived;
  const other = slow(answers('From the second.'));
  second.next(other.behaviour);
  clock.advance(AFTER);
  await other.arrived;
  failing.release();
  other.release();
  expect((await call).output).toBe('From the second.');

  const [one, two] = [slow(fails(500)), slow(fails(503))];
  first.next(one.behaviour);
  second.next(two.behaviour);
  const failed = run().catch((error: unknown) => error);
  await one.arrived;
  clock.advance(AFTER);
  await two.arrived;
  one.release();
  two.release();
  expect(await failed).toMatchObject({ code: 'provider_failed' });
  expect(invocations.usage().at(-1)?.attempts).toHaveLength(2);
});

test('with one model only, the same is asked again', async () => {
  begin({ reserve: false });
  const silent = slow(answers('Too late.'));
  first.next(silent.behaviour);
  const call = run();
  await silent.arrived;
  clock.advance(AFTER);
  expect((await call).output).toBe('From the first.');
  expect(first.received).toHaveLength(2);
  silent.release();
});

test('a cost limit that has no room for two keeps it at one', async () => {
  const change = (capability: Capability): Capability => ({
    ...capability,
    routing: { ...capability.routing, constraints: { maxCostUsd: 0.005 } },
  });
  begin({ change });
  const silent = slow(answers('At last.'));
  first.next(silent.behaviour);
  const call = run();
  await silent.arrived;
  clock.advance(AFTER);
  silent.release();
  expect((await call).output).toBe('At last.');
  expect(second.received).toEqual([]);
});

test('p95 is the model’s own, and unknown until enough of its answers are known', async () => {
  begin({ hedge: { after: 'p95', maxExtraLoad: 1 } });
  const takes = async (milliseconds: number): Promise<CapabilityResult> => {
    const one = slow(answers('From the first.'));
    first.next(one.behaviour);
    const call = run();
    await one.arrived;
    clock.advance(milliseconds);
    one.release();
    return call;
  };
  for (let calls = 0; calls < TIMINGS_MIN; calls += 1) await takes(calls === 3 ? 2_000 : 400);
  expect(second.received).toEqual([]);
  // Nineteen of twenty took 400 ms, and one 2,000.
  expect((await takes(1_999)).output).toBe('From the first.');
  expect(second.received).toEqual([]);
  for (let calls = 0; calls < 2 * TIMINGS_MIN; calls += 1) await takes(400);
  const late = slow(answers('Too late.'));
  first.next(late.behaviour);
  const call = run();
  await late.arrived;
  clock.advance(400);
  expect((await call).output).toBe('From the second.');
  late.release();
});

test('of a hundred slow calls no more are asked twice than the policy allows', async () => {
  begin({ hedge: { after: AFTER, maxExtraLoad: 0.05 } });
  for (let calls = 0; calls < 100; calls += 1) {
    const one = slow(answers('From the first.'));
    first.next(one.behaviour);
    const call = run();
    await one.arrived;
    const asked = second.received.length;
    clock.advance(AFTER);
    one.release();
    await call;
    expect(second.received.length - asked).toBeLessThanOrEqual(1);
  }
  const twice = invocations.usage().filter(({ attempts }) => attempts.length > 1);
  expect(twice).toHaveLength(5);
});

test('hedges are never more than their share of the calls, in any order of slow and quick ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 400 }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      (slowness, share) => {
        const budget = createHedgeBudget();
        let hedges = 0;
        for (const [index, isSlow] of slowness.entries()) {
          budget.earn('key', share);
          if (isSlow && budget.spend('key')) hedges += 1;
          expect(hedges).toBeLessThanOrEqual((index + 1) * share + 1e-6);
        }
      },
    ),
  );
});
