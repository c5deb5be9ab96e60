// The circuit breaker as a state machine, under a clock of the test's own: what always holds, and the course of one illness.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCircuit } from '../../src/runtime/circuit.ts';
import type { Circuit, CircuitLimits, Passage, Verdict } from '../../src/runtime/circuit.ts';

const limits: CircuitLimits = {
  windowMs: 10_000,
  callsMin: 4,
  failureRatio: 0.5,
  openMs: 1_000,
  openMaxMs: 4_000,
  probes: 2,
};

/** Lets a call in and hears at once how it went. */
function call(circuit: Circuit, verdict: Verdict, now: number): void {
  const passage = circuit.enter(now);
  if (passage === undefined) throw new Error('the circuit kept the call out');
  circuit.leave(passage, verdict, now);
}

function ill(circuit: Circuit, now: number): void {
  for (let calls = 0; calls < limits.callsMin; calls += 1) call(circuit, 'ill', now);
}

describe('the course of an illness', () => {
  test('it opens at the ratio, not before the least number of calls', () => {
    const circuit = createCircuit(limits);
    for (const verdict of ['ill', 'ill', 'ill'] as const) call(circuit, verdict, 0);
    expect(circuit.state(0)).toBe('closed');
    call(circuit, 'ill', 0);
    expect(circuit.state(0)).toBe('open');
  });

  test.each<[string, Verdict[], string]>([
    ['half of them failed', ['well', 'ill', 'well', 'ill'], 'open'],
    ['less than half failed', ['well', 'well', 'ill', 'well', 'ill'], 'closed'],
    ['nobody knows how they went', ['unknown', 'unknown', 'unknown', 'unknown', 'unknown'], 'closed'],
  ])('%s', (_name, verdicts, state) => {
    const circuit = createCircuit(limits);
    for (const verdict of verdicts) call(circuit, verdict, 0);
    expect(circuit.state(0)).toBe(state);
  });

  test('what is older than the window does not count', () => {
    const circuit = createCircuit(limits);
    for (const verdict of ['ill', 'ill', 'ill'] as const) call(circuit, verdict, 0);
    call(circuit, 'ill', limits.windowMs + 1);
    expect(circuit.state(limits.windowMs + 1)).toBe('closed');
    expect(circuit.successRatio(limits.windowMs + 1)).toBe(0);
    expect(circuit.successRatio(3 * limits.windowMs)).toBeUndefined();
  });

  test('probes that go well close it; a probe that fails doubles the wait, up to its bound', () => {
    const circuit = createCircuit(limits);
    ill(circuit, 0);
    let now = 0;
    for (const wait of [1_000, 2_000, 4_000, 4_000]) {
      expect(circuit.blocked(now + wait - 1)).toBe(true);
      now += wait;
      expect(circuit.state(now)).toBe('half-open');
      call(circuit, 'ill', now);
      expect(circuit.state(now)).toBe('open');
    }
    now += 4_000;
    call(circuit, 'well', now);
    expect(circuit.state(now)).toBe('half-open');
    call(circuit, 'well', now);
    expect(circuit.state(now)).toBe('closed');
    call(circuit, 'ill', now);
    expect(circuit.state(now)).toBe('closed');
  });

  test('a probe of which nothing is known gives its place to another', () => {
    const circuit = createCircuit(limits);
    ill(circuit, 0);
    const first = circuit.enter(1_000);
    const second = circuit.enter(1_000);
    expect(circuit.enter(1_000)).toBeUndefined();
    if (first === undefined || second === undefined) throw new Error('two probes are allowed');
    circuit.leave(first, 'unknown', 1_000);
    expect(circuit.enter(1_000)).toMatchObject({ kind: 'probe' });
    expect(circuit.enter(1_000)).toBeUndefined();
  });

  test('a call that began before the illness says nothing of the recovery', () => {
    const circuit = createCircuit(limits);
    const early = circuit.enter(0);
    const late = circuit.enter(0);
    if (early === undefined || late === undefined) throw new Error('a closed circuit lets calls in');
    ill(circuit, 0);
    circuit.leave(early, 'well', 1_000);
    circuit.leave(late, 'ill', 1_000);
    expect(circuit.state(1_000)).toBe('half-open');
  });

  test('a forced call that goes well counts towards the recovery, one that fails changes nothing', () => {
    const circuit = createCircuit(limits);
    ill(circuit, 0);
    circuit.leave(circuit.force(10), 'ill', 10);
    expect(circuit.blocked(999)).toBe(true);
    circuit.leave(circuit.force(20), 'well', 20);
    circuit.leave(circuit.force(30), 'well', 30);
    expect(circuit.state(30)).toBe('closed');
  });

  test('a rest keeps calls out, is never shortened, and ends by itself', () => {
    const circuit = createCircuit(limits);
    circuit.restUntil(5_000);
    circuit.restUntil(3_000);
    expect(circuit.enter(4_999)).toBeUndefined();
    expect(circuit.enter(5_000)).toMatchObject({ kind: 'call' });
  });
});

type Step =
  | { readonly kind: 'enter' | 'force' | 'look' }
  | { readonly kind: 'leave'; readonly which: number; readonly verdict: Verdict }
  | { readonly kind: 'pass'; readonly milliseconds: number }
  | { readonly kind: 'rest'; readonly milliseconds: number };

const verdict = fc.constantFrom<Verdict>('well', 'ill', 'unknown');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('enter' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('force' as const, 'look' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('leave' as const), which: fc.nat(), verdict }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), milliseconds: fc.nat({ max: 3_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('rest' as const), milliseconds: fc.nat({ max: 2_000 }) }),
  },
);

/** Everything that can be asked without changing anything. */
const seen = (circuit: Circuit, now: number): unknown => [
  circuit.state(now),
  circuit.blocked(now),
  circuit.successRatio(now),
];

test('a success that fills the window does not open the circuit', () => {
  const circuit = createCircuit(limits);
  const passages = Array.from({ length: limits.callsMin }, () => circuit.enter(0));
  const verdicts = passages.map((_, index): Verdict => (index < limits.callsMin / 2 ? 'ill' : 'well'));
  for (const [index, passage] of passages.entries())
    if (passage !== undefined) circuit.leave(passage, verdicts[index] ?? 'well', 0);
  expect(circuit.state(0)).toBe('closed');
});

test('whatever happens, in whatever order: what always holds', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const circuit = createCircuit(limits);
      const inside: Passage[] = [];
      let now = 0;
      let restsUntil = 0;
      for (const each of steps) {
        const blocked = circuit.blocked(now);
        const before = circuit.state(now);
        switch (each.kind) {
          case 'enter': {
            const passage = circuit.enter(now);
            // What was promised is done: whoever would be kept out is, and nobody else.
            expect(passage === undefined).toBe(blocked);
            if (passage !== undefined) {
              expect(now).toBeGreaterThanOrEqual(restsUntil);
              expect(passage.kind).toBe(before === 'closed' ? 'call' : 'probe');
              inside.push(passage);
            }
            break;
          }
          case 'force':
            inside.push(circuit.force(now));
            break;
          case 'leave': {
            const [passage] = inside.splice(each.which % Math.max(1, inside.length), 1);
            if (passage !== undefined) circuit.leave(passage, each.verdict, now);
            // A success never opens, a failure never closes, and not knowing does neither.
            if (each.verdict === 'well')
              expect(before === 'closed' && circuit.state(now) === 'open').toBe(false);
            if (each.verdict === 'ill')
              expect(before !== 'closed' && circuit.state(now) === 'closed').toBe(false);
            if (each.verdict === 'unknown') expect(circuit.state(now)).toBe(before);
            break;
          }
          case 'pass':
            now += each.milliseconds;
            break;
          case 'rest':
            restsUntil = Math.max(restsUntil, now + each.milliseconds);
            circuit.restUntil(now + each.milliseconds);
            break;
          case 'look':
            break;
        }
        // Looking changes nothing.
        expect(seen(circuit, now)).toEqual(seen(circuit, now));
        // Never more probes at once than allowed.
        const eras = Map.groupBy(
          inside.filter(({ kind }) => kind === 'probe'),
          ({ era }) => era,
        );
        for (const probes of eras.values()) expect(probes.length).toBeLessThanOrEqual(limits.probes);
      }
      // Nobody is shut out for ever: after the longest wait, and once all have left, a probe is let in.
      for (const passage of inside) circuit.leave(passage, 'unknown', now);
      expect(circuit.blocked(now + limits.openMaxMs + 3_000)).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test('a provider that always answers is never kept out', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5_000 }), { maxLength: 100 }), (pauses) => {
      const circuit = createCircuit(limits);
      let now = 0;
      for (const pause of pauses) {
        now += pause;
        call(circuit, 'well', now);
      }
      expect(circuit.state(now)).toBe('closed');
    }),
  );
});
