// A cost limit below the cheapest call there is: an answer as long as the tier allows costs more by itself.

import { printCount } from '../../../routing/constraints/constraint.ts';
import { printUsd } from '../../../routing/constraints/cost.ts';
import type { ProjectRule } from '../rule.ts';
import { tierPlansOf } from './tier-plans.ts';
import { listTiers } from './tier-words.ts';

const place = '/routing/constraints/maxCostUsd';

export const costLimitTooLow: ProjectRule = {
  code: 'routing/cost-limit-too-low',
  severity: 'error',
  check(context) {
    const { tree } = context.unit;
    const failing = tierPlansOf(context).flatMap((plan) =>
      plan.verdict.kind === 'cost' ? [{ ...plan, verdict: plan.verdict }] : [],
    );
    const dearest = failing.find(({ verdict }) => failing.every((each) => each.verdict.usd <= verdict.usd));
    if (dearest === undefined) return;
    const others = failing.filter((plan) => plan !== dearest);
    const { verdict, requirements, tier, isDeclared } = dearest;
    const answer = `${printCount(requirements.maxOutputTokens)} tokens`;
    const limit = `/tiers/offer/${tier}/maxOutputTokens`;
    context.report({
      message: `On the tier ${tier} an answer of ${answer} costs at least ${printUsd(verdict.usd)}, with ${verdict.cheapest}; the limit is ${printUsd(requirements.constraints.maxCostUsd ?? 0)}.`,
      span: tree.spanOf(place),
      label: 'too low',
      ...(isDeclared && {
        labels: [{ span: tree.spanOf(limit, 'key'), message: `the answer may have ${answer}` }],
      }),
      help: [
        `raise it above ${printUsd(verdict.usd)}, because the prompt costs as well, or lower maxOutputTokens`,
        ...(others.length === 0 ? [] : [`it is too low for ${listTiers(others)} as well`]),
      ],
      pointer: place,
    });
  },
};
