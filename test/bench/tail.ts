// What hedging and spreading do to the slow end, under providers with a long tail that grow slower with every call they have in
// flight: real calls over loopback, through the runtime that serves. Run: npm run bench:tail [-- --calls 1000 --concurrency 16]
import { parseArgs } from 'node:util';
import { systemTimer } from '../../src/clock.ts';
import type { Capability, Hedge, Model, Snapshot } from '../../src/registry/snapshot.ts';
import { answers, startFakeUpstream } from '../support/fake-upstream.ts';
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';
import { startInvocations } from '../support/start-invocations.ts';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '1000' }, concurrency: { type: 'string', default: '16' } },
});
const CALLS = Number(values.calls);
const CONCURRENCY = Number(values.concurrency);
const WARM_UP = 200;

/** A usual answer, one of the tail, and what each call in flight adds for the others: milliseconds. */
const USUAL_MS = 60;
const TAIL_MS = 1_200;
const TAIL_SHARE = 0.03;
const QUEUE_MS = 3;

const HEDGE: Hedge = { after: 'p95', maxExtraLoad: 0.05 };

console.log(
  `${CALLS} calls, ${CONCURRENCY} at once; an answer takes ${USUAL_MS} ms and ${QUEUE_MS} ms more for each call in flight, ${100 * TAIL_SHARE} % of them ${TAIL_MS} ms\n`,
);
console.log(
  `${'policy'.padEnd(24)} ${'p50'.padStart(7)} ${'p95'.padStart(7)} ${'p99'.padStart(7)} ${'calls'.padStart(7)} ${'a b'.padStart(11)}`,
);
const before = await measure('one model', {});
await measure('spread over two', { spread: true });
await measure('hedged', { hedge: HEDGE });
const after = await measure('spread and hedged', { spread: true, hedge: HEDGE });
console.log(`\np99 ${before.toFixed(0)} → ${after.toFixed(0)} ms (${(after / before).toFixed(2)} ×)`);
process.exit(0);

interface Policy {
  /** Two providers at one price: near-ties share the load. Else the second is dearer, and asked when the first is slow or ill. */
  readonly spread?: boolean;
  readonly hedge?: Hedge;
}

async function measure(name: string, { spread = false, hedge }: Policy): Promise<number> {
  const [a, b] = await Promise.all([
    startFakeUpstream({ remembers: false }),
    startFakeUpstream({ remembers: false }),
  ]);
  const load = [slow(a, 1), slow(b, 2)];
  const snapshot = snapshotOf(a.baseUrl, b.baseUrl, spread, hedge);
  const random = numbersFrom(3);
  const invocations = startInvocations(snapshot, {
    clock: { now: () => performance.timeOrigin + performance.now(), after: systemTimer },
    random,
  });
  const times: number[] = [];
  let left = CALLS + WARM_UP;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const startedAt = performance.now();
      await invocations.run('title', { document: 'Hello.' });
      if (left < CALLS) times.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  await invocations.close();
  await Promise.all([a.close(), b.close()]);
  times.sort((left, right) => left - right);
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? 0;
  const shown = [0.5, 0.95, 0.99].map((share) => at(share).toFixed(0).padStart(7));
  const made = load.map((each) => each.calls());
  const extra = made.reduce((sum, calls) => sum + calls, 0) / (CALLS + WARM_UP);
  console.log(
    `${name.padEnd(24)} ${shown.join(' ')} ${`${extra.toFixed(3)} ×`.padStart(7)} ${made.join(' ').padStart(11)}`,
  );
  return at(0.99);
}

/** Answers after a time of its own, which calls in flight make longer. */
function slow(upstream: FakeUpstream, seed: number): { calls(): number } {
  const random = numbersFrom(seed);
  const answer: Behaviour = answers('A title.');
  let calls = 0;
  let inFlight = 0;
  upstream.always(async (request, response) => {
    calls += 1;
    inFlight += 1;
    const usual = USUAL_MS * (0.7 + 0.6 * random()) + QUEUE_MS * inFlight;
    await new Promise((resolve) => setTimeout(resolve, random() < TAIL_SHARE ? TAIL_MS : usual));
    inFlight -= 1;
    await answer(request, response);
  });
  return { calls: () => calls };
}

function snapshotOf(first: string, second: string, spread: boolean, hedge: Hedge | undefined): Snapshot {
  const sample = sampleSnapshot({ upstreamUrl: first, reserveUrl: second });
  const priced = (id: string, output: number): readonly [string, Model] => {
    const model = sample.models[id];
    if (model === undefined) throw new Error(`the sample has no model ${id}`);
    return [id, { ...model, quality: 0.9, price: { input: 1, output } }];
  };
  const capabilities = Object.fromEntries(
    Object.entries(sample.capabilities).map(([key, capability]): [string, Capability] => [
      key,
      {
        ...capability,
        policies: {
          ...capability.policies,
          cache: { mode: 'none', ttlMs: 0, scope: 'caller' },
          ...(hedge && { hedge }),
        },
      },
    ]),
  );
  return {
    ...sample,
    capabilities,
    models: Object.fromEntries([priced('upstream/large', 4), priced('reserve/large', spread ? 4 : 8)]),
    tiers: { ...sample.tiers, standard: { tolerance: 0.1, prefer: ['cost'] } },
  };
}

/** Numbers in 0…1, the same in every run (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
