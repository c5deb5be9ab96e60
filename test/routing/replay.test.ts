// A decision is recorded in short, and the record alone is enough to make it once more.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Capability, Snapshot } from '../../src/registry/snapshot.ts';
import { createHealth } from '../../src/runtime/health.ts';
import { createLearning } from '../../src/runtime/learning.ts';
import { decisionOf } from '../../src/runtime/plan-call.ts';
import { replayDecision } from '../../src/runtime/replay-decision.ts';
import { planRoute } from '../../src/routing/plan-route.ts';
import { requirementsOf } from '../../src/routing/requirements.ts';
import { question } from './arbitrary-snapshot.ts';

test('whatever was asked, known and drawn, the record gives the same candidates in the same order', () => {
  const calls = fc.array(
    fc.record({ model: fc.nat(11), failed: fc.boolean(), totalMs: fc.nat(5_000), tokens: fc.nat(500) }),
    { maxLength: 40 },
  );
  const judgements = fc.array(
    fc.record({ model: fc.nat(11), score: fc.double({ min: 0, max: 1, noNaN: true }) }),
    {
      maxLength: 12,
    },
  );
  const seed = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(question, calls, judgements, seed, (asked, past, judged, drawn) => {
      const { routable, requirements, present } = asked;
      const capability = {
        key: 'task@1',
        revision: 'r',
        outputKind: 'json',
        tiers: { default: 'standard', offer: { standard: {} } },
        routing: {
          requires: requirements.requires,
          constraints: requirements.constraints,
          prefer: requirements.prefer,
        },
      } as unknown as Capability;
      const snapshot = { ...routable, capabilities: { 'task@1': capability } } as unknown as Snapshot;
      const models = Object.values(snapshot.models).filter(({ provider }) => snapshot.providers[provider]);
      let now = 1_000_000;
      const health = createHealth(() => now);
      const learning = createLearning(() => now);
      for (const { model: index, failed, totalMs, tokens } of past) {
        const model = models[index];
        const provider = model && snapshot.providers[model.provider];
        if (model === undefined || provider === undefined) continue;
        const visit = health.enter({ model, provider });
        now += totalMs;
        visit.leave(failed ? { verdict: 'ill' } : { verdict: 'well', totalMs, outputTokens: tokens });
        const outcome = failed ? 'invalid' : 'ok';
        learning.note(snapshot, capability, 'standard', [
          {
            model: model.id,
            provider: provider.id,
            outcome,
            at: now,
            latencyMs: totalMs,
            usage: { inputTokens: 1, outputTokens: tokens },
          },
        ]);
      }
      for (const { model: index, score } of judged) {
        const model = models[index];
        if (model !== undefined) learning.judge(capability, model, score);
      }
      const view = Object.assign(
        health.view(snapshot, ({ id }) => !present.down.includes(id)),
        { learnt: learning.learnt },
      );
      const expected = learning.expectedOutputTokens(capability, 'standard');
      const wanted = requirementsOf(snapshot, capability, 'standard', {
        inputTokens: requirements.inputTokens,
        maxOutputTokens: requirements.maxOutputTokens,
        ...(expected !== undefined && { expectedOutputTokens: Math.ceil(expected) }),
      });
      const options = { seed: drawn, max: 5 };
      const route = planRoute(snapshot, wanted, view, options);
      const decision = decisionOf({ requirements: wanted, route }, view, options);
      const written = JSON.parse(JSON.stringify(decision)) as typeof decision;
      const replay = replayDecision(snapshot, { capability: 'task@1', tier: 'standard' }, written);
      expect(replay?.replayed).toEqual(route.candidates.map(({ model }) => model.id));
      expect(replay?.isSame).toBe(true);
    }),
    { numRuns: 300 },
  );
});
