// A stable capability whose calls may cost anything.

import { tierPlansOf } from '../routing/tier-plans.ts';
import type { ProjectRule } from '../rule.ts';

const place = '/metadata/lifecycle';

export const noCostLimit: ProjectRule = {
  code: 'policy/no-cost-limit',
  severity: 'warning',
  check(context) {
    const { unit, capability, report } = context;
    if (capability.lifecycle !== 'stable' || capability.routing.constraints.maxCostUsd !== undefined) return;
    // Where every model is free there is nothing to limit.
    const mayCost = tierPlansOf(context).some(({ route }) =>
      route.admissible.some(({ price }) => price === undefined || price.input + price.output > 0),
    );
    if (!mayCost) return;
    report({
      message: 'This capability is stable, but nothing limits what a call may cost.',
      span: unit.tree.spanOf(place),
      help: [
        'write `routing: { constraints: { maxCostUsd: … } }`; models whose worst case is dearer are left out',
      ],
      pointer: place,
    });
  },
};
