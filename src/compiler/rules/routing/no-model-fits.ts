// A tier that no model can serve: every model with what is against it, and what would have to be relaxed for the nearest.

import type { Label } from '../../../diagnostics/diagnostic.ts';
import { nearestRejected, printRejection } from '../../../routing/plan-route.ts';
import type { Rejection } from '../../../routing/plan-route.ts';
import type { CapabilityUnit } from '../../program.ts';
import { listWords } from '../../../diagnostics/words.ts';
import type { Finding, ProjectRule } from '../rule.ts';
import { placeOfConstraint } from './constraint-places.ts';
import { countModels, tierPlansOf } from './tier-plans.ts';
import type { TierPlan } from './tier-plans.ts';
import { listTiers, placeOfTier } from './tier-words.ts';

export const noModelFits: ProjectRule = {
  code: 'routing/no-model-fits',
  severity: 'error',
  check(context) {
    const failing = tierPlansOf(context).filter(({ verdict }) => verdict.kind === 'none');
    // Tiers that fail for the same reasons are one mistake.
    for (const plans of Map.groupBy(failing, reasonsOf).values())
      context.report(findingOn(plans, context.unit, countModels(context.snapshot)));
  },
};

function reasonsOf({ route }: TierPlan): string {
  return route.rejections.map(({ model, constraint }) => `${model} ${constraint}`).join('\n');
}

/** So many models are listed with their reasons. */
const listedMax = 30;

function findingOn(plans: readonly TierPlan[], unit: CapabilityUnit, modelCount: number): Finding {
  const [plan] = plans as readonly [TierPlan, ...TierPlan[]];
  const { rejections } = plan.route;
  const counts = countsOf(rejections);
  const byModel = [...Map.groupBy(rejections, ({ model }) => model)].sort(
    ([, left], [, right]) => left.length - right.length,
  );
  const notes = byModel
    .slice(0, listedMax)
    .map(([model, reasons]) => `${model}: ${reasons.map(printRejection).join('; ')}`);
  const rest = byModel.length - notes.length;
  const place = placeOfTier(unit, plan);
  return {
    message: `No model fits ${listTiers(plans)}: of ${countOfModels(modelCount)}, ${listWords(
      counts.map(([constraint, count], index) => `${constraint}${index === 0 ? ' rules out' : ''} ${count}`),
    )}.`,
    span: unit.tree.spanOf(place, 'key'),
    label: 'no model fits',
    labels: labelsOf(counts, unit, plan),
    notes: rest > 0 ? [...notes, `and ${rest} more`] : notes,
    help: [nearestInWords(plan)],
    pointer: place,
  };
}

/** How many models each constraint is against, the strictest first. */
function countsOf(rejections: readonly Rejection[]): [constraint: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { constraint } of rejections) counts.set(constraint, (counts.get(constraint) ?? 0) + 1);
  return [...counts].sort(([, left], [, right]) => right - left);
}

function labelsOf(
  counts: readonly [constraint: string, count: number][],
  unit: CapabilityUnit,
  plan: TierPlan,
): Label[] {
  return counts.flatMap(([constraint, count]) => {
    const pointer = placeOfConstraint(constraint, unit, plan);
    return pointer === undefined
      ? []
      : [{ span: unit.tree.spanOf(pointer), message: `${constraint} rules out ${count}` }];
  });
}

function nearestInWords({ route }: TierPlan): string {
  const nearest = nearestRejected(route);
  if (nearest === undefined) return 'name a model in capstan.yaml';
  return `nearest is ${nearest.model}: ${listWords(nearest.reasons.map(({ relax }) => relax))}`;
}

function countOfModels(count: number): string {
  return count === 1 ? '1 model' : `${count} models`;
}
