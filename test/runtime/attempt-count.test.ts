// How many calls reach the providers, for every combination of retry, repair and fallback. Nobody but `dispatch` retries,
// so the most is min(12, candidates × (retries + re-asks)), and each kind of trouble has its own exact number.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RUNTIME_LIMITS } from '../../src/runtime/limits.ts';
import type { Model, Provider, Snapshot } from '../../src/registry/snapshot.ts';
import { answers, fails, resetsConnection, startFakeUpstream } from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startInvocations } from '../support/start-invocations.ts';

interface Combination {
  readonly retries: number;
  readonly reasks: number;
  readonly candidates: number;
}

let upstream: FakeUpstream;

beforeAll(async () => {
  upstream = await startFakeUpstream();
});

afterAll(() => upstream.close());

/** So many providers, all of them the same upstream, which knows them by the name of the model. */
function snapshotOf({ retries, reasks, candidates }: Combination): Snapshot {
  const sample = sampleSnapshot({ upstreamUrl: upstream.baseUrl, timeoutMs: 60_000 });
  const provider = sample.providers['upstream'] as Provider;
  const model = sample.models['upstream/large'] as Model;
  const ids = Array.from({ length: candidates }, (_, index) => `provider-${index}`);
  const summarize = sample.capabilities['summarize@1'];
  if (summarize === undefined) throw new Error('the sample has summarize');
  const policies = {
    ...summarize.policies,
    retry: { ...summarize.policies.retry, maxAttempts: retries },
    repair: { maxAttempts: reasks },
  };
  return {
    ...sample,
    providers: Object.fromEntries(ids.map((id) => [id, { ...provider, id }])),
    models: Object.fromEntries(
      ids.map((id) => [`${id}/${id}`, { ...model, id: `${id}/${id}`, provider: id, name: id }]),
    ),
    capabilities: { 'summarize@1': { ...summarize, policies } },
  };
}

/** How a model answers its first call, its second, and so on; the last way is kept. */
function inTurn(...ways: readonly Behaviour[]): Behaviour {
  const calls = new Map<unknown, number>();
  return (request, response) => {
    const model = request.body?.['model'];
    const call = calls.get(model) ?? 0;
    calls.set(model, call + 1);
    return ways[Math.min(call, ways.length - 1)]?.(request, response);
  };
}

async function callsOf(combination: Combination, behaviour: Behaviour, stream: boolean): Promise<number> {
  upstream.reset();
  upstream.always(behaviour);
  const invocations = startInvocations(snapshotOf(combination), { limits: { backoffMs: 0 } });
  const sink = { start: () => {}, delta: () => {}, filter: () => ({ take: () => '' }) };
  await expect(
    invocations.run('summarize', { document: 'Sales rose.' }, stream ? { sink } : {}),
  ).rejects.toThrow(/No model gave|Every candidate failed/);
  const [record] = invocations.usage();
  expect(record?.attempts).toHaveLength(upstream.received.length);
  expect(invocations.usage()).toHaveLength(1);
  expect(invocations.runtime.transport.inFlight).toBe(0);
  await invocations.close();
  return upstream.received.length;
}

const invalid = answers('{"summary":5}');

const troubles: readonly [string, (of: Combination) => Behaviour, (of: Combination) => number][] = [
  ['failing servers', () => fails(500), ({ candidates, retries }) => candidates * retries],
  ['lost connections', () => resetsConnection, ({ candidates, retries }) => candidates * retries],
  ['throttling', () => fails(429), ({ candidates, retries }) => candidates * retries],
  ['invalid outputs', () => invalid, ({ candidates, reasks }) => candidates * (1 + reasks)],
  [
    'invalid outputs, then failing servers: the most there can be',
    ({ reasks }) => inTurn(...Array.from({ length: reasks }, () => invalid), fails(500)),
    ({ candidates, retries, reasks }) => candidates * (retries + reasks),
  ],
  ['refused keys', () => fails(401), ({ candidates }) => candidates],
  ['models that are not there', () => fails(404), ({ candidates }) => candidates],
  ['prompts that are too long', () => fails(400, { code: 'context_length_exceeded' }), (of) => of.candidates],
  ['refused requests', () => fails(400), () => 1],
];

const combinations: readonly Combination[] = [1, 2, 3].flatMap((retries) =>
  [0, 1, 2].flatMap((reasks) => [1, 2, 3].map((candidates) => ({ retries, reasks, candidates }))),
);

describe.each(troubles)('%s', (_name, behaviour, calls) => {
  test('are met with as many calls as the policy says, in every combination', async () => {
    for (const [index, of] of combinations.entries()) {
      const made = await callsOf(of, behaviour(of), index % 2 === 1);
      expect({ of, made }).toEqual({ of, made: Math.min(calls(of), RUNTIME_LIMITS.attempts) });
    }
  });
});

test('no policy goes past the cap of all attempts', async () => {
  const of = { retries: 10, reasks: 5, candidates: 3 };
  expect(await callsOf(of, fails(500), false)).toBe(RUNTIME_LIMITS.attempts);
});
