// Health as routing and attempts see it: the sick come last, are left in peace, and come back; the same view for both.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { CapabilityError } from '../../src/errors.ts';
import { planRoute } from '../../src/routing/plan-route.ts';
import { requirementsOf } from '../../src/routing/requirements.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { CIRCUIT_LIMITS } from '../../src/runtime/circuit.ts';
import { healthOf } from '../../src/runtime/runtime.ts';
import { TIMINGS_MIN } from '../../src/runtime/timings.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { answers, fails, startFakeUpstream, staysSilent } from '../support/fake-upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startInvocations } from '../support/start-invocations.ts';
import type { Invocations } from '../support/start-invocations.ts';

const input = { document: 'Sales rose.' };

let first: FakeUpstream;
let second: FakeUpstream;
let clock: FakeClock;
let snapshot: Snapshot;
let invocations: Invocations;

beforeAll(async () => {
  [first, second] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
});

beforeEach(() => {
  clock = createFakeClock();
  snapshot = sampleSnapshot({ upstreamUrl: first.baseUrl, reserveUrl: second.baseUrl, timeoutMs: 30_000 });
  invocations = startInvocations(snapshot, { clock });
});

afterEach(async () => {
  await invocations.idle();
  expect(clock.pending).toEqual([]);
  await invocations.close();
  first.reset();
  second.reset();
});

afterAll(() => Promise.all([first.close(), second.close()]));

/** The order in which routing would try the models now. */
function planned(): string[] {
  const health = healthOf(invocations.runtime, snapshot);
  const requirements = requirementsOf(snapshot, snapshot.capabilities['title@2'], 'standard', {
    inputTokens: 10,
  });
  return planRoute(snapshot, requirements, health).candidates.map(({ model }) => model.id);
}

const answeredBy = async (): Promise<string> => (await invocations.run('title', input)).invocation.model;

async function makeSick(): Promise<void> {
  first.always(fails(500));
  for (let calls = 0; calls < CIRCUIT_LIMITS.callsMin; calls += 1) await answeredBy();
  expect(first.received).toHaveLength(CIRCUIT_LIMITS.callsMin);
}

test('a model that fails comes last in the plan, is left in peace, and is probed when its time has come', async () => {
  expect(planned()).toEqual(['upstream/large', 'reserve/large']);
  await makeSick();
  expect(planned()).toEqual(['reserve/large', 'upstream/large']);
  expect(await answeredBy()).toBe('reserve/large');
  expect(first.received).toHaveLength(CIRCUIT_LIMITS.callsMin);

  clock.advance(CIRCUIT_LIMITS.openMs);
  first.always(answers('Well again.'));
  for (let probe = 0; probe < CIRCUIT_LIMITS.probes; probe += 1)
    expect(await answeredBy()).toBe('upstream/large');
  expect(planned()).toEqual(['upstream/large', 'reserve/large']);
});

test('planning a thousand times takes no probe away', async () => {
  await makeSick();
  clock.advance(CIRCUIT_LIMITS.openMs);
  for (let plans = 0; plans < 1_000; plans += 1) expect(planned()[0]).toBe('upstream/large');
});

test('while one probe is on its way there is room for one more, and none for a third', async () => {
  await makeSick();
  clock.advance(CIRCUIT_LIMITS.openMs);
  const arrivals = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  first.next(
    ...arrivals.map(
      ({ resolve }) =>
        () =>
          resolve(),
    ),
  );
  const abort = new AbortController();
  const probes = arrivals.map(() =>
    invocations.run('title', input, { signal: abort.signal }).catch(() => undefined),
  );
  await Promise.all(arrivals.map(({ promise }) => promise));
  expect(await answeredBy()).toBe('reserve/large');
  abort.abort(new CapabilityError('cancelled', 'The caller left.'));
  await Promise.all(probes);
  expect(planned()[0]).toBe('upstream/large');
});

test('when everybody is sick the best is tried anyway, and only the best', async () => {
  second.always(fails(500));
  first.always(fails(500));
  for (let calls = 0; calls < CIRCUIT_LIMITS.callsMin; calls += 1)
    await expect(answeredBy()).rejects.toThrow('Every candidate failed');
  const before = first.received.length + second.received.length;
  await expect(answeredBy()).rejects.toThrow('Every candidate failed');
  expect(first.received.length + second.received.length).toBe(before + 1);
  first.always(answers('Well again.'));
  expect(await answeredBy()).toBe('upstream/large');
});

test('a refused key keeps the whole provider away for a while; a model that is not there only itself', async () => {
  first.next(fails(401));
  expect(await answeredBy()).toBe('reserve/large');
  expect(planned()).toEqual(['reserve/large', 'upstream/large']);
  const candidate = candidateOf('upstream/large');
  const { health } = invocations.runtime;
  const other = { ...candidate.model, id: 'upstream/other', name: 'other' };
  const both = { ...snapshot, models: { ...snapshot.models, 'upstream/other': other } };
  expect(health.view(both, () => true).circuitOpen?.(other)).toBe(true);
  clock.advance(30_000);
  first.next(fails(404));
  expect(await answeredBy()).toBe('reserve/large');
  expect(health.view(both, () => true).circuitOpen?.(candidate.model)).toBe(true);
  expect(health.view(both, () => true).circuitOpen?.(other)).toBe(false);
});

function candidateOf(id: string) {
  const model = snapshot.models[id];
  const provider = model && snapshot.providers[model.provider];
  if (model === undefined || provider === undefined) throw new Error(`the sample has no ${id}`);
  return { model, provider };
}

test.each([
  ['requests that it refuses', fails(400)],
  ['prompts that are too long for it', fails(400, { code: 'context_length_exceeded' })],
  ['answers that break the contract', answers('{"summary":5}')],
])('nobody is sick for %s', async (_name, behaviour) => {
  first.always(behaviour);
  second.always(behaviour);
  for (let calls = 0; calls < 2 * CIRCUIT_LIMITS.callsMin; calls += 1)
    await expect(invocations.run('summarize', input)).rejects.toThrow(CapabilityError);
  expect(planned()).toEqual(['upstream/large', 'reserve/large']);
});

test('deadlines that were short make nobody sick, long ones do', async () => {
  const silent = { ...snapshot, models: { 'upstream/large': candidateOf('upstream/large').model } };
  const wait = async (milliseconds: number): Promise<void> => {
    const arrived = Promise.withResolvers<void>();
    first.next((request, response) => {
      arrived.resolve();
      return staysSilent(request, response);
    });
    const title = silent.capabilities['title@2'];
    if (title === undefined) throw new Error('the sample has title');
    const hasty = { ...title, policies: { ...title.policies, timeoutMs: milliseconds } };
    const call = invocations
      .run('title', input, { snapshot: { ...silent, capabilities: { 'title@2': hasty } } })
      .catch((error: unknown) => error);
    await arrived.promise;
    clock.advance(milliseconds);
    expect(await call).toMatchObject({ code: 'timeout' });
  };
  for (let calls = 0; calls < 2 * CIRCUIT_LIMITS.callsMin; calls += 1) await wait(1_000);
  expect(invocations.runtime.health.admits(candidateOf('upstream/large'))).toBe(true);
  for (let calls = 0; calls < CIRCUIT_LIMITS.callsMin; calls += 1) await wait(10_000);
  expect(invocations.runtime.health.admits(candidateOf('upstream/large'))).toBe(false);
});

test('the observed p95 is known once there are enough answers, and routing reads it', async () => {
  const { model } = candidateOf('upstream/large');
  const view = (): number | undefined => healthOf(invocations.runtime, snapshot).latencyMs?.(model);
  for (let calls = 1; calls < TIMINGS_MIN; calls += 1) {
    first.next(answersAfter(100));
    await answeredBy();
  }
  expect(view()).toBeUndefined();
  first.next(answersAfter(5_000));
  await answeredBy();
  expect(view()).toBe(5_000);
  expect(healthOf(invocations.runtime, snapshot).successRatio?.(model)).toBe(1);
});

test('a limit that is used up gives the model a rest until its reset, a minute at most', async () => {
  const { model } = candidateOf('upstream/large');
  const rests = (): boolean | undefined => healthOf(invocations.runtime, snapshot).circuitOpen?.(model);
  const used = async (reset: string): Promise<void> => {
    first.next((request, response) => {
      response.setHeader('x-ratelimit-remaining-requests', '0');
      response.setHeader('x-ratelimit-reset-requests', reset);
      return answers('Hello.')(request, response);
    });
    await answeredBy();
  };
  await used('20s');
  expect(rests()).toBe(true);
  expect(planned()).toEqual(['reserve/large', 'upstream/large']);
  clock.advance(20_000);
  expect(rests()).toBe(false);
  await used('24h');
  clock.advance(59_000);
  expect(rests()).toBe(true);
  clock.advance(1_000);
  expect(rests()).toBe(false);
  expect(planned()).toEqual(['upstream/large', 'reserve/large']);
});

/** An answer that takes so long. */
function answersAfter(milliseconds: number): ReturnType<typeof answers> {
  return (request, response) => {
    clock.advance(milliseconds);
    return answers('Hello.')(request, response);
  };
}
