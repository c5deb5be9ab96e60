// A capability that hangs on one model, because what it asks for rules out all others.

import { nearestRejected } from '../../../routing/plan-route.ts';
import type { Rejection, Route } from '../../../routing/plan-route.ts';
import { listWords } from '../../../diagnostics/words.ts';
import type { ProjectRule } from '../rule.ts';
import { placeOfConstraint } from './constraint-places.ts';
import { countModels, tierPlansOf } from './tier-plans.ts';
import { listTiers, placeOfTier } from './tier-words.ts';

export const singleModel: ProjectRule = {
  code: 'routing/single-model',
  severity: 'warning',
  check(context) {
    const { unit, capability, snapshot } = context;
    const modelCount = countModels(snapshot);
    // Of one model there is no choice, and who names models has made it.
    if (modelCount < 2 || capability.routing.constraints.models?.allow !== undefined) return;
    const single = tierPlansOf(context).filter(({ route }) => route.admissible.length === 1);
    const [plan] = single;
    const [model] = plan?.route.admissible ?? [];
    if (plan === undefined || model === undefined) return;
    const reasons = againstOthers(plan.route);
    const names = [...new Set(reasons.map(({ constraint }) => constraint))];
    const next = nearestRejected({ ...plan.route, rejections: reasons });
    const place = placeOfTier(unit, plan);
    context.report({
      message: `Only ${model.id}, of ${modelCount} models, fits ${listTiers(single)}; when it fails, nothing answers.`,
      span: unit.tree.spanOf(place, 'key'),
      label: 'hangs on one model',
      labels: names.flatMap((constraint) => {
        const pointer = placeOfConstraint(constraint, unit, plan);
        if (pointer === undefined) return [];
        const count = reasons.filter((reason) => reason.constraint === constraint).length;
        return [{ span: unit.tree.spanOf(pointer), message: `${constraint} rules out ${count}` }];
      }),
      ...(next && { help: [`next is ${next.model}: ${listWords(next.reasons.map(({ relax }) => relax))}`] }),
      pointer: place,
    });
  },
};

/** What keeps other models out for good: not the tier, which takes the next best when the best cannot be called. */
function againstOthers({ rejections }: Route): readonly Rejection[] {
  return rejections.filter(({ constraint }) => constraint !== 'tier');
}
