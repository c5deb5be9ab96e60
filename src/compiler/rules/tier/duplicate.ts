// Two tiers of one capability that come to the same: the same models in the same order, and the same limits.

import { printCount } from '../../../routing/constraints/constraint.ts';
import { poolOf } from '../../../routing/pool.ts';
import type { Snapshot } from '../../../registry/snapshot.ts';
import type { ProjectRule } from '../rule.ts';
import { tierPlansOf } from '../routing/tier-plans.ts';
import type { TierPlan } from '../routing/tier-plans.ts';

export const duplicateTier: ProjectRule = {
  code: 'tier/duplicate',
  severity: 'warning',
  check(context) {
    const { unit, snapshot, report } = context;
    // Where all models are equally good no tier can differ from another, and it is not the capability's doing.
    if (!hasQualities(snapshot)) return;
    const firsts = new Map<string, TierPlan>();
    for (const plan of tierPlansOf(context).filter(({ isDeclared }) => isDeclared)) {
      const [model] = plan.route.candidates;
      if (model === undefined) continue;
      const first = firsts.get(outcomeOf(plan));
      if (first === undefined) {
        firsts.set(outcomeOf(plan), plan);
        continue;
      }
      const pointer = `/tiers/offer/${plan.tier}`;
      report({
        message: `The tiers ${first.tier} and ${plan.tier} come to the same: ${model.model.id} first, and at most ${printCount(plan.requirements.maxOutputTokens)} output tokens.`,
        span: unit.tree.spanOf(pointer, 'key'),
        labels: [
          { span: unit.tree.spanOf(`/tiers/offer/${first.tier}`, 'key'), message: 'the same as this one' },
        ],
        help: ['offer one of them, or give them different limits or requirements'],
        pointer,
      });
    }
  },
};

function outcomeOf({ route, requirements }: TierPlan): string {
  return [requirements.maxOutputTokens, ...route.candidates.map(({ model }) => model.id)].join(' ');
}

function hasQualities(snapshot: Snapshot): boolean {
  const [first, ...others] = poolOf(snapshot).flatMap(({ models }) => models);
  return others.some(({ quality }) => quality !== first?.quality);
}
