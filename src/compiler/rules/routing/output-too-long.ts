// A tier that allows longer answers than any model that fits can write.

import { printCount } from '../../../routing/constraints/constraint.ts';
import type { ProjectRule } from '../rule.ts';
import { placeOfConstraint } from './constraint-places.ts';
import { tierPlansOf } from './tier-plans.ts';
import { placeOfTier } from './tier-words.ts';

export const outputTooLong: ProjectRule = {
  code: 'routing/output-too-long',
  severity: 'error',
  check(context) {
    const { unit } = context;
    for (const plan of tierPlansOf(context)) {
      const { verdict, requirements } = plan;
      if (verdict.kind !== 'output') continue;
      const wanted = Math.max(requirements.maxOutputTokens, requirements.requires.maxOutputTokens ?? 0);
      const place = placeOfConstraint('output', unit, plan);
      context.report({
        message: `No model that fits the tier ${plan.tier} can write ${printCount(wanted)} tokens; ${verdict.model} can write the most, ${printCount(verdict.most)}.`,
        span:
          place === undefined ? unit.tree.spanOf(placeOfTier(unit, plan), 'key') : unit.tree.spanOf(place),
        label: 'longer than every model',
        help: [`ask for at most ${printCount(verdict.most)} output tokens`],
        pointer: place ?? placeOfTier(unit, plan),
      });
    }
  },
};
