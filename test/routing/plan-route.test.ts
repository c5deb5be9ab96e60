// The planner: what it promises of every pool and every requirement, and how ties and tiers come out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Constraints, Model, Provider, Requires } from '../../src/registry/snapshot.ts';
import { alwaysAvailable } from '../../src/routing/health-view.ts';
import { nearestRejected, planRoute, printRejection } from '../../src/routing/plan-route.ts';
import type { Route } from '../../src/routing/plan-route.ts';
import type { Requirements } from '../../src/routing/requirements.ts';
import { healthOf, question } from './arbitrary-snapshot.ts';
import type { Question } from './arbitrary-snapshot.ts';

const runs = { numRuns: 500 };

const seeds = fc.oneof(fc.constant(undefined), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));

function planOf({ routable, requirements, present }: Question, seed?: number, max?: number): Route {
  const options = { ...(seed !== undefined && { seed }), ...(max !== undefined && { max }) };
  return planRoute(routable, requirements, healthOf(present), options);
}

const idsOf = (route: Route): string[] => route.candidates.map(({ model }) => model.id);

/** The constraints once more, as the words of the documentation say them; undefined is "not asked for". */
function breaks(model: Model, provider: Provider, { requirements, present }: Question): boolean {
  const { requires, constraints, inputTokens, maxOutputTokens } = requirements;
  const listed = (name: string, list: Constraints['models']): boolean =>
    list?.deny?.includes(name) === true || list?.allow?.includes(name) === false;
  const classes = ['public', 'internal', 'confidential', 'restricted'];
  const worst =
    model.price && (inputTokens * model.price.input + maxOutputTokens * model.price.output) / 1_000_000;
  const latency = present.latencies[model.id];
  return (
    present.down.includes(provider.id) ||
    listed(provider.id, constraints.providers) ||
    listed(model.id, constraints.models) ||
    (constraints.regions !== undefined &&
      (provider.regions === undefined ||
        provider.regions.some((name) => constraints.regions?.includes(name) === false))) ||
    (constraints.dataClass !== undefined &&
      classes.indexOf(provider.dataClass) < classes.indexOf(constraints.dataClass)) ||
    requires.features?.some((name) => !model.features.includes(name)) === true ||
    requires.modalities?.some((name) => !model.modalities.includes(name)) === true ||
    model.contextTokens < inputTokens + maxOutputTokens ||
    model.contextTokens < (requires.contextTokens ?? 0) ||
    model.maxOutputTokens < maxOutputTokens ||
    model.maxOutputTokens < (requires.maxOutputTokens ?? 0) ||
    (constraints.maxCostUsd !== undefined && (worst === undefined || worst > constraints.maxCostUsd)) ||
    (constraints.maxLatencyMs !== undefined && latency !== undefined && latency > constraints.maxLatencyMs)
  );
}

describe('of every pool and every call', () => {
  test('a model is admissible exactly when no constraint is against it', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { models, providers } = asked.routable;
        const expected = Object.values(models)
          .filter((model) => {
            const provider = providers[model.provider];
            return provider !== undefined && !breaks(model, provider, asked);
          })
          .map(({ id }) => id);
        const { admissible } = planOf(asked);
        expect(admissible.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
      }),
      runs,
    );
  });

  test('every model of a configured provider is a candidate or is rejected with a reason, never both', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const route = planOf(asked);
        const rejected = [...new Set(route.rejections.map(({ model }) => model))];
        const { models, providers } = asked.routable;
        const all = Object.values(models).filter(({ provider }) => Object.hasOwn(providers, provider));
        expect([...idsOf(route), ...rejected].toSorted()).toEqual(all.map(({ id }) => id).toSorted());
        for (const { wanted, actual, relax } of route.rejections)
          for (const words of [wanted, actual, relax]) expect(words).toMatch(/^\S(?:.*\S)?$/);
      }),
      runs,
    );
  });

  test('a candidate is within the tolerance of the best admissible model', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const route = planOf(asked);
        const best = Math.max(...route.admissible.map(({ quality }) => quality));
        const tolerance = asked.routable.tiers['standard']?.tolerance ?? 0;
        for (const { model } of route.candidates)
          expect(model.quality).toBeGreaterThanOrEqual(best - tolerance - 1e-6);
        expect(route.candidates.length === 0).toBe(route.admissible.length === 0);
      }),
      runs,
    );
  });

  test('the same question has the same answer, in whatever order the models stand', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const models = Object.fromEntries(Object.entries(asked.routable.models).toReversed());
        const turned = planOf({ ...asked, routable: { ...asked.routable, models } });
        const route = planOf(asked);
        expect(idsOf(turned)).toEqual(idsOf(route));
        expect(turned.rejections).toEqual(route.rejections);
      }),
      runs,
    );
  });

  test('asking for less never makes an admissible model inadmissible', () => {
    fc.assert(
      fc.property(question, fc.nat(), (asked, choice) => {
        const all = relaxations(asked.requirements);
        const relaxed = { ...asked, requirements: all[choice % all.length] ?? asked.requirements };
        const before = planOf(asked).admissible.map(({ id }) => id);
        const after = planOf(relaxed).admissible.map(({ id }) => id);
        expect(after).toEqual(expect.arrayContaining(before));
      }),
      runs,
    );
  });

  test('with cost first, a model that is better and cheaper never stands behind one that is neither', () => {
    fc.assert(
      fc.property(question, seeds, (asked, seed) => {
        const prefer: Requirements['prefer'] = ['cost', ...asked.requirements.prefer];
        const { candidates } = planOf({ ...asked, requirements: { ...asked.requirements, prefer } }, seed);
        const { resting, latencies } = asked.present;
        const hasLimit = asked.requirements.constraints.maxLatencyMs !== undefined;
        const isResting = ({ id }: Model): boolean =>
          resting.includes(id) || (hasLimit && latencies[id] === undefined);
        for (const [index, worse] of candidates.entries()) {
          for (const { model, expectedCostUsd = Infinity } of candidates.slice(index + 1)) {
            const isBetter = model.quality > worse.model.quality && !isResting(model);
            expect(isBetter && expectedCostUsd < (worse.expectedCostUsd ?? Infinity)).toBe(false);
          }
        }
      }),
      runs,
    );
  });

  test('a seed gives one order, of the same candidates, and those at rest stay last', () => {
    fc.assert(
      fc.property(question, seeds, (asked, seed) => {
        const route = planOf(asked, seed);
        expect(idsOf(planOf(asked, seed))).toEqual(idsOf(route));
        expect(idsOf(route).toSorted()).toEqual(idsOf(planOf(asked)).toSorted());
        const rests = idsOf(route).map((id) => asked.present.resting.includes(id));
        expect(rests).toEqual(rests.toSorted((left, right) => Number(left) - Number(right)));
      }),
      runs,
    );
  });

  test('only those that are tied change their places', () => {
    fc.assert(
      fc.property(question, seeds, (asked, seed) => {
        const usual = planOf(asked);
        const drawn = planOf(asked, seed);
        expect(drawn.tied).toBe(usual.tied);
        expect(idsOf(drawn).slice(drawn.tied)).toEqual(idsOf(usual).slice(drawn.tied));
      }),
      runs,
    );
  });

  test('the first few that are asked for are the first of all', () => {
    fc.assert(
      fc.property(question, seeds, fc.integer({ min: 1, max: 12 }), (asked, seed, max) => {
        const route = planOf(asked, seed);
        const few = planOf(asked, seed, max);
        expect(idsOf(few)).toEqual(idsOf(route).slice(0, max));
        expect(few.rejections).toEqual(route.rejections);
      }),
      runs,
    );
  });

  test('a candidate never violates a constraint, and costs at most what is said', () => {
    fc.assert(
      fc.property(question, seeds, (asked, seed) => {
        for (const { model, provider, expectedCostUsd, worstCostUsd } of planOf(asked, seed).candidates) {
          expect(breaks(model, provider, asked)).toBe(false);
          expect((expectedCostUsd ?? 0) <= (worstCostUsd ?? 0)).toBe(true);
        }
      }),
      runs,
    );
  });

  test('relaxing what the nearest rejected model asks for lets it in', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const nearest = nearestRejected(planOf(asked));
        if (nearest === undefined || nearest.reasons.some(({ constraint }) => constraint === 'availability'))
          return;
        const names = new Set(nearest.reasons.map(({ constraint }) => constraint));
        const requirements = [...names].reduce(without, asked.requirements);
        const { admissible } = planOf({ ...asked, requirements });
        expect(admissible.map(({ id }) => id)).toContain(nearest.model);
      }),
      runs,
    );
  });
});

/** Each way of asking for one thing less. */
function relaxations(requirements: Requirements): Requirements[] {
  const { requires, constraints } = requirements;
  const lessRequires = Object.keys(requires).map((key) => ({
    ...requirements,
    requires: omit(requires, key as keyof Requires),
  }));
  const lessConstraints = Object.keys(constraints).map((key) => ({
    ...requirements,
    constraints: omit(constraints, key as keyof Constraints),
  }));
  return [
    ...lessRequires,
    ...lessConstraints,
    { ...requirements, inputTokens: 0 },
    { ...requirements, maxOutputTokens: 1 },
    { ...requirements, prefer: [] },
  ];
}

function omit<T extends object>(value: T, key: keyof T): T {
  const { [key]: _, ...rest } = value;
  return rest as T;
}

/** The requirements without everything that one constraint asks. */
function without(requirements: Requirements, constraint: string): Requirements {
  const { requires, constraints } = requirements;
  const key = {
    region: 'regions',
    'data-class': 'dataClass',
    cost: 'maxCostUsd',
    latency: 'maxLatencyMs',
    providers: 'providers',
    models: 'models',
  }[constraint];
  if (key !== undefined) return { ...requirements, constraints: omit(constraints, key as keyof Constraints) };
  if (constraint === 'features' || constraint === 'modalities')
    return { ...requirements, requires: omit(requires, constraint) };
  return {
    ...requirements,
    inputTokens: 0,
    maxOutputTokens: 1,
    requires: omit(omit(requires, 'contextTokens'), 'maxOutputTokens'),
  };
}

// -- tables

const provider = (id: string): Provider => ({
  id,
  adapter: 'openai',
  dataClass: 'internal',
  regions: ['eu'],
});

const model = (id: string, quality: number, price?: Model['price'], more: Partial<Model> = {}): Model => ({
  id,
  provider: id.slice(0, id.indexOf('/')),
  name: id.slice(id.indexOf('/') + 1),
  quality,
  contextTokens: 10_000,
  maxOutputTokens: 2_000,
  features: [],
  modalities: ['text'],
  ...(price && { price }),
  ...more,
});

function plan(
  models: readonly Model[],
  requirements: Partial<Requirements>,
  tolerance = 0.1,
  health = alwaysAvailable,
): Route {
  return planRoute(
    {
      providers: { a: provider('a'), b: provider('b') },
      models: Object.fromEntries(models.map((each) => [each.id, each])),
      tiers: { standard: { tolerance, prefer: [] } },
    },
    {
      tier: 'standard',
      inputTokens: 1_000,
      maxOutputTokens: 500,
      requires: {},
      constraints: {},
      prefer: [],
      ...requirements,
    },
    health,
  );
}

const good = model('a/good', 0.9, { input: 5, output: 20 });
const fair = model('a/fair', 0.8, { input: 1, output: 4 });
const poor = model('b/poor', 0.5, { input: 0.1, output: 0.4 });
const free = model('b/unpriced', 0.85);

test.each<[words: string, tolerance: number, prefer: Requirements['prefer'], order: string[]]>([
  ['no tolerance takes the best alone', 0, ['cost'], ['a/good']],
  ['a tolerance is met to the hundredth', 0.1, ['cost'], ['a/fair', 'a/good', 'b/unpriced']],
  ['an unknown price comes last by cost', 1, ['cost'], ['b/poor', 'a/fair', 'a/good', 'b/unpriced']],
  ['quality first', 1, ['quality'], ['a/good', 'b/unpriced', 'a/fair', 'b/poor']],
  ['without a preference, quality', 1, [], ['a/good', 'b/unpriced', 'a/fair', 'b/poor']],
  [
    'latency that nobody knows leaves it to the next',
    1,
    ['latency', 'cost'],
    ['b/poor', 'a/fair', 'a/good', 'b/unpriced'],
  ],
])('%s', (_, tolerance, prefer, order) => {
  expect(idsOf(plan([good, fair, poor, free], { prefer }, tolerance))).toEqual(order);
});

test('models alike in everything stand in the order of their ids', () => {
  const price = { input: 1, output: 1 };
  const route = plan([model('b/x', 0.5, price), model('a/x', 0.5, price)], { prefer: ['cost'] });
  expect(idsOf(route)).toEqual(['a/x', 'b/x']);
});

test('observed latency orders, and the one not observed is last', () => {
  const latencies: Record<string, number> = { 'a/fair': 900, 'b/poor': 400 };
  const health = { ...alwaysAvailable, expectedMs: ({ id }: Model) => latencies[id] };
  const route = plan([good, fair, poor], { prefer: ['latency'] }, 1, health);
  expect(idsOf(route)).toEqual(['b/poor', 'a/fair', 'a/good']);
});

test('under a limit of time, a model of which nobody knows whether it keeps it comes after those that do', () => {
  const latencies: Record<string, number> = { 'a/good': 900 };
  const health = { ...alwaysAvailable, latencyMs: ({ id }: Model) => latencies[id] };
  const asked = { constraints: { maxLatencyMs: 1_000 }, prefer: ['cost'] as const };
  expect(idsOf(plan([good, fair, poor], asked, 1, health))).toEqual(['a/good', 'b/poor', 'a/fair']);
  expect(idsOf(plan([good, fair, poor], asked, 1))).toEqual(['b/poor', 'a/fair', 'a/good']);
});

test('what costs more than the limit in the worst case is out; what costs just that is in', () => {
  const { rejections, candidates } = plan([good, fair, free], { constraints: { maxCostUsd: 0.003 } }, 1);
  expect(candidates.map(({ model: { id }, expectedCostUsd }) => [id, expectedCostUsd])).toEqual([
    ['a/fair', 0.003],
  ]);
  expect(rejections.map((each) => `${each.model} ${printRejection(each)}; ${each.relax}`)).toEqual([
    'a/good cost: needs at most $0.003, has $0.015; allow $0.015',
    'b/unpriced cost: needs at most $0.003, has a price that is not known; give the model a price',
  ]);
});

test('a limit that is offered as a way out would do', () => {
  const odd = model('a/odd', 0.9, { input: 0.0123456, output: 0 });
  const [rejection] = plan([odd], { constraints: { maxCostUsd: 0.000001 } }).rejections;
  const offered = Number(/\$(\S+)/.exec(rejection?.relax ?? '')?.[1]);
  expect(idsOf(plan([odd], { constraints: { maxCostUsd: offered } }))).toEqual(['a/odd']);
});

test('the nearest rejected model is the one with the fewest reasons against it', () => {
  const route = plan([model('a/small', 0.9, undefined, { contextTokens: 100, maxOutputTokens: 100 }), poor], {
    constraints: { providers: { deny: ['b'] } },
    requires: { features: [] },
  });
  expect(nearestRejected(route)).toMatchObject({ model: 'b/poor', reasons: [{ constraint: 'providers' }] });
});

test('the models of another Snapshot are not mixed up with those of the last one', () => {
  const models = { 'a/good': good };
  const asked: Requirements = {
    tier: 'standard',
    inputTokens: 0,
    maxOutputTokens: 1,
    requires: {},
    constraints: { regions: ['eu'] },
    prefer: [],
  };
  const tiers = {};
  expect(
    idsOf(planRoute({ models, providers: { a: provider('a') }, tiers }, asked, alwaysAvailable)),
  ).toEqual(['a/good']);
  const moved = { a: { ...provider('a'), regions: ['us'] } };
  expect(idsOf(planRoute({ models, providers: moved, tiers }, asked, alwaysAvailable))).toEqual([]);
});

test.each<[words: string, health: Parameters<typeof plan>[3], constraints: Constraints, said: string]>([
  [
    'a provider without its key',
    { available: () => false },
    {},
    'availability: needs a provider that can be called, has provider a has no key (A_KEY); set A_KEY where the runtime starts',
  ],
  [
    'a model that was too slow',
    { ...alwaysAvailable, latencyMs: () => 12_345.6 },
    { maxLatencyMs: 8_000 },
    'latency: needs at most 8,000 ms, has 12,346 ms; allow 12,346 ms',
  ],
])('what only a serving runtime knows is said in the same way: %s', (_, health, constraints, said) => {
  const { rejections } = planRoute(
    {
      providers: { a: { ...provider('a'), apiKey: { environment: 'A_KEY' } } },
      models: { [good.id]: good },
      tiers: {},
    },
    { tier: 'any', inputTokens: 0, maxOutputTokens: 1, requires: {}, constraints, prefer: [] },
    health ?? alwaysAvailable,
  );
  expect(rejections.map((each) => `${printRejection(each)}; ${each.relax}`)).toEqual([said]);
});
