// A stricter tier that comes to a cheaper model than a laxer one: whoever pays more gets no more.

import type { Model, Snapshot } from '../../../registry/snapshot.ts';
import { alwaysAvailable } from '../../../routing/health-view.ts';
import { planRoute } from '../../../routing/plan-route.ts';
import type { Routable } from '../../../routing/pool.ts';
import { requirementsOf } from '../../../routing/requirements.ts';
import type { ProgramRule, ProjectRule } from '../rule.ts';
import { tierPlansOf } from '../routing/tier-plans.ts';

const code = 'tier/order-against-price';
const severity = 'warning';

const help = ['check the `quality` of both models, or give the laxer tier `prefer: [cost, …]`'];

/** Where the tiers themselves are at fault, for every capability that asks for nothing special. */
export const tierOrderOfProject: ProgramRule = {
  code,
  severity,
  check({ units, project, report }) {
    if (project === undefined || project.declaration.tiers === undefined || units.length === 0) return;
    for (const { strict, lax } of bareContradictions(project)) {
      const pointer = `/tiers/${strict.tier}`;
      report({
        message: messageOn(strict, lax),
        span: project.tree.spanOf(pointer, 'key'),
        labels: [
          { span: project.tree.spanOf(`/tiers/${lax.tier}`, 'key'), message: `comes to ${lax.model.id}` },
        ],
        help,
        pointer,
      });
    }
  },
};

/** Where a capability's own requirements on a tier turn the order round. */
export const tierOrder: ProjectRule = {
  code,
  severity,
  check(context) {
    const { unit, snapshot, report } = context;
    const firsts = tierPlansOf(context).flatMap(({ tier, isDeclared, route }): First[] => {
      const [candidate] = route.candidates;
      return isDeclared && candidate !== undefined ? [{ tier, model: candidate.model }] : [];
    });
    const told = new Set(bareContradictions(snapshot).map(({ strict, lax }) => `${strict.tier} ${lax.tier}`));
    for (const { strict, lax } of contradictions(firsts, snapshot.tiers)) {
      if (told.has(`${strict.tier} ${lax.tier}`)) continue;
      const pointer = `/tiers/offer/${strict.tier}`;
      report({
        message: messageOn(strict, lax),
        span: unit.tree.spanOf(pointer, 'key'),
        labels: [
          {
            span: unit.tree.spanOf(`/tiers/offer/${lax.tier}`, 'key'),
            message: `comes to ${lax.model.id}`,
          },
        ],
        help,
        pointer,
      });
    }
  },
};

/** The model that a tier comes to. */
interface First {
  readonly tier: string;
  readonly model: Model;
}

interface Contradiction {
  readonly strict: First;
  readonly lax: First;
}

const known = new WeakMap<
  Snapshot['tiers'],
  { models: Snapshot['models']; found: readonly Contradiction[] }
>();

/** The contradictions between the tiers of a project, for a call that asks for nothing. */
function bareContradictions(routable: Routable): readonly Contradiction[] {
  const ready = known.get(routable.tiers);
  if (ready?.models === routable.models) return ready.found;
  const firsts = Object.keys(routable.tiers).flatMap((tier): First[] => {
    const requirements = requirementsOf(routable, undefined, tier, { inputTokens: 0 });
    const [candidate] = planRoute(routable, requirements, alwaysAvailable).candidates;
    return candidate === undefined ? [] : [{ tier, model: candidate.model }];
  });
  const found = contradictions(firsts, routable.tiers);
  known.set(routable.tiers, { models: routable.models, found });
  return found;
}

/** Each pair of tiers whose stricter one comes to the cheaper model; only neighbours by tolerance are compared. */
function contradictions(firsts: readonly First[], tiers: Snapshot['tiers']): Contradiction[] {
  const toleranceOf = ({ tier }: First): number => tiers[tier]?.tolerance ?? 0;
  const ordered = firsts.toSorted((left, right) => toleranceOf(left) - toleranceOf(right));
  return ordered.slice(1).flatMap((lax, index) => {
    const strict = ordered[index];
    if (strict === undefined || toleranceOf(strict) === toleranceOf(lax)) return [];
    return isCheaper(strict.model, lax.model) ? [{ strict, lax }] : [];
  });
}

function isCheaper({ price: left }: Model, { price: right }: Model): boolean {
  if (left === undefined || right === undefined) return false;
  const isNowhereDearer = left.input <= right.input && left.output <= right.output;
  return isNowhereDearer && (left.input < right.input || left.output < right.output);
}

function messageOn(strict: First, lax: First): string {
  return `The tier ${strict.tier} is stricter than ${lax.tier}, but comes to the cheaper model: ${strict.model.id} costs less than ${lax.model.id}.`;
}
