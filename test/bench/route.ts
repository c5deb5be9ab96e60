// How long planning one call takes among a thousand models of thirty providers: for a capability with constraints, as most
// are, and for the rare call to which every model is as good as any other. Run: npm run bench:route
import type { Capability, Model, Provider, Snapshot } from '../../src/registry/snapshot.ts';
import { createHealth } from '../../src/runtime/health.ts';
import { planRoute } from '../../src/routing/plan-route.ts';
import type { Routable } from '../../src/routing/pool.ts';
import { requirementsOf } from '../../src/routing/requirements.ts';

/** As many as the runtime asks for: the most attempts that one invocation may make. */
const CANDIDATES = 12;
const MODELS = 1_000;
const PROVIDERS = 30;
const WARM_UP = 2_000;
const ROUNDS = 41;
const CALLS_A_ROUND = 400;

const dataClasses = ['public', 'internal', 'confidential'] as const;

const providers: Record<string, Provider> = {};
for (let index = 0; index < PROVIDERS; index += 1) {
  const id = `provider-${index}`;
  const dataClass = dataClasses[index % 3] ?? 'public';
  providers[id] = { id, adapter: 'openai', dataClass, regions: [index % 2 === 0 ? 'eu' : 'us'] };
}

const models: Record<string, Model> = {};
for (let index = 0; index < MODELS; index += 1) {
  const provider = `provider-${index % PROVIDERS}`;
  const id = `${provider}/model-${index}`;
  models[id] = {
    id,
    provider,
    name: `model-${index}`,
    quality: ((index * 7_919) % MODELS) / MODELS,
    contextTokens: 8_000 * (1 + (index % 40)),
    maxOutputTokens: 4_000 * (1 + (index % 8)),
    features: index % 3 === 0 ? ['tools'] : ['structured-output', 'tools'],
    modalities: ['text'],
    ...(index % 10 === 0 ? {} : { price: { input: (index % 17) / 3, output: (index % 23) / 2 } }),
  };
}

const snapshot: Routable = {
  models,
  providers,
  tiers: {
    standard: { tolerance: 0.1, prefer: ['cost', 'latency'] },
    any: { tolerance: 1, prefer: ['cost', 'latency'] },
  },
};

/** As the runtime sees it: every model's circuit and speed are looked at, on a clock that stands still. */
const view = createHealth(() => 0).view(snapshot as Snapshot, () => true);

measure('with constraints', 'standard', {
  requires: { features: ['structured-output'], contextTokens: 64_000 },
  constraints: { dataClass: 'internal', regions: ['eu'], maxCostUsd: 0.05 },
  prefer: [],
});
measure('without constraints', 'standard', { requires: {}, constraints: {}, prefer: [] });
measure('all are candidates', 'any', { requires: {}, constraints: {}, prefer: [] });

function measure(name: string, tier: string, routing: Capability['routing']): void {
  const capability = { tiers: { default: tier, offer: { [tier]: {} } }, routing } as unknown as Capability;
  const requirements = requirementsOf(snapshot as Snapshot, capability, tier, { inputTokens: 500 });
  let candidates = 0;
  const call = (): void => {
    candidates = planRoute(snapshot, requirements, view, { seed: 0.5, max: CANDIDATES }).candidates.length;
  };
  for (let index = 0; index < WARM_UP; index += 1) call();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.cpuUsage();
    for (let index = 0; index < CALLS_A_ROUND; index += 1) call();
    // CPU time: what others do on the machine is not counted.
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / CALLS_A_ROUND);
  }
  times.sort((left, right) => left - right);
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
  console.log(
    `${name.padEnd(20)} ${MODELS} models, ${String(candidates).padStart(4)} candidates: median ${at(0.5)} µs, best ${at(0)} µs, p95 ${at(0.95)} µs`,
  );
}
