// Near-ties share the load: who comes first is drawn, in proportion to how near they are, and nobody else is touched.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Model, Preference } from '../../src/registry/snapshot.ts';
import { alwaysAvailable } from '../../src/routing/health-view.ts';
import type { HealthView } from '../../src/routing/health-view.ts';
import { planRoute } from '../../src/routing/plan-route.ts';
import type { Route } from '../../src/routing/plan-route.ts';

interface Drawn {
  readonly cost: number;
  readonly quality?: number;
  readonly latencyMs?: number;
}

/** A route over models `a`, `b`, … with these costs, in USD for a million tokens of answer. */
function plan(drawn: readonly Drawn[], prefer: readonly Preference[], seed?: number): Route {
  const models = drawn.map(({ cost, quality = 0.8 }, index): Model => {
    const name = String.fromCharCode(97 + index);
    return {
      id: `p/${name}`,
      provider: 'p',
      name,
      quality,
      contextTokens: 10_000,
      maxOutputTokens: 1_000,
      features: [],
      modalities: ['text'],
      price: { input: 0, output: cost },
    };
  });
  const health: HealthView = {
    ...alwaysAvailable,
    expectedMs: ({ name }) => drawn[name.charCodeAt(0) - 97]?.latencyMs,
  };
  return planRoute(
    {
      models: Object.fromEntries(models.map((model) => [model.id, model])),
      providers: { p: { id: 'p', adapter: 'openai', dataClass: 'internal' } },
      tiers: { any: { tolerance: 1, prefer } },
    },
    { tier: 'any', inputTokens: 0, maxOutputTokens: 100, requires: {}, constraints: {}, prefer },
    health,
    seed === undefined ? {} : { seed },
  );
}

const namesOf = ({ candidates }: Route): string => candidates.map(({ model }) => model.name).join('');

const DRAWS = 4_000;

/** How often each comes first, by its name. */
function firsts(drawn: readonly Drawn[], prefer: readonly Preference[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const first = plan(drawn, prefer, draw / DRAWS).candidates[0]?.model.name ?? '';
    counts[first] = (counts[first] ?? 0) + 1 / DRAWS;
  }
  return counts;
}

describe('who is tied', () => {
  test.each<[words: string, drawn: Drawn[], prefer: Preference[], tied: string]>([
    ['costs within 5 %', [{ cost: 1 }, { cost: 1.05 }, { cost: 1.06 }], ['cost'], 'ab'],
    ['all that cost nothing', [{ cost: 0 }, { cost: 0 }, { cost: 0.001 }], ['cost'], 'ab'],
    [
      'of those, latencies within 5 %',
      [
        { cost: 1, latencyMs: 900 },
        { cost: 1.02, latencyMs: 500 },
        { cost: 1.04, latencyMs: 510 },
        { cost: 2, latencyMs: 500 },
      ],
      ['cost', 'latency'],
      'bc',
    ],
    [
      'a latency that is not known yet is given its chance behind the cost',
      [{ cost: 1, latencyMs: 500 }, { cost: 1 }],
      ['cost', 'latency'],
      'ab',
    ],
    ['but not before it', [{ cost: 1, latencyMs: 500 }, { cost: 1 }], ['latency', 'cost'], 'a'],
    [
      'qualities as they are',
      [
        { cost: 1, quality: 0.9 },
        { cost: 1, quality: 0.89 },
      ],
      ['quality'],
      'a',
    ],
    [
      'behind costs, qualities within 5 %',
      [
        { cost: 1, quality: 0.9 },
        { cost: 0.99, quality: 0.86 },
        { cost: 0.98, quality: 0.7 },
      ],
      ['cost'],
      'ab',
    ],
    [
      'never one that another beats in both',
      [
        { cost: 1.01, quality: 0.88 },
        { cost: 1, quality: 0.9 },
      ],
      ['cost'],
      'b',
    ],
  ])('%s', (_, drawn, prefer, tied) => {
    const route = plan(drawn, prefer);
    expect([...namesOf(route).slice(0, route.tied)].toSorted().join('')).toBe(tied);
  });
});

describe('who comes first', () => {
  test('exact ties share evenly', () => {
    const shares = firsts([{ cost: 1 }, { cost: 1 }, { cost: 1 }, { cost: 1 }], ['cost']);
    for (const name of 'abcd') expect(shares[name]).toBeCloseTo(0.25, 1);
  });

  test('one at the far end of the near ties has half the share of the best', () => {
    const shares = firsts([{ cost: 1 }, { cost: 1.05 }], ['cost']);
    expect(shares['a']).toBeCloseTo(2 / 3, 1);
    expect(shares['b']).toBeCloseTo(1 / 3, 1);
  });

  test('without a seed it is the best by a hair', () => {
    expect(namesOf(plan([{ cost: 1.01 }, { cost: 1 }], ['cost']))).toBe('ba');
  });

  test('whoever is not tied never comes first', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (seed) => {
        expect(
          namesOf(plan([{ cost: 1 }, { cost: 1.02 }, { cost: 3 }, { cost: 4 }], ['cost'], seed)),
        ).toMatch(/^(?:ab|ba)cd$/);
      }),
    );
  });
});
