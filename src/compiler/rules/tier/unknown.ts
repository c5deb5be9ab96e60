// A tier that the project does not have: offered by a capability, made its default, raised to by a rule, or asked for by a test.

import type { SourceSpan } from '../../../diagnostics/diagnostic.ts';
import type { Tier } from '../../../registry/snapshot.ts';
import { nearName } from '../near-name.ts';
import type { Finding, ProgramRule, ProjectRule } from '../rule.ts';

const code = 'tier/unknown';
const severity = 'error';

export const unknownTier: ProjectRule = {
  code,
  severity,
  check({ unit, snapshot, report }) {
    const { tree, declaration } = unit;
    const { tiers, tests = [] } = declaration;
    const offered = Object.keys(tiers?.offer ?? {});
    const isKnown = (tier: string): boolean => Object.hasOwn(snapshot.tiers, tier);
    for (const tier of offered) {
      const pointer = `/tiers/offer/${tier}`;
      if (!isKnown(tier)) report(findingOn(tier, tree.spanOf(pointer, 'key'), pointer, snapshot.tiers));
    }
    const uses = [
      ...(tiers?.default === undefined ? [] : [{ tier: tiers.default, pointer: '/tiers/default' }]),
      ...(declaration.routing?.when ?? []).map(({ tier }, index) => ({
        tier,
        pointer: `/routing/when/${index}/tier`,
      })),
      ...tests.flatMap((test, index) =>
        test.level !== 'eval'
          ? []
          : (test.tiers ?? []).map((tier, at) => ({ tier, pointer: `/tests/${index}/tiers/${at}` })),
      ),
    ];
    for (const { tier, pointer } of uses) {
      // An offered one is reported where it is offered.
      if (!isKnown(tier) && !offered.includes(tier))
        report(findingOn(tier, tree.spanOf(pointer), pointer, snapshot.tiers));
    }
  },
};

export const unknownDefaultTier: ProgramRule = {
  code,
  severity,
  check({ project, report }) {
    const tier = project?.declaration.defaults?.tier;
    if (project === undefined || tier === undefined || Object.hasOwn(project.tiers, tier)) return;
    report(findingOn(tier, project.tree.spanOf('/defaults/tier'), '/defaults/tier', project.tiers));
  },
};

function findingOn(
  tier: string,
  span: SourceSpan,
  pointer: string,
  tiers: { readonly [name: string]: Tier },
): Finding {
  return {
    message: `The project has no tier "${tier}".`,
    span,
    label: 'unknown tier',
    ...nearName(tier, Object.keys(tiers), 'tiers', span),
    pointer,
  };
}
