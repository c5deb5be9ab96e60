// A tier of the project that a capability does not offer, but makes its default, raises calls to, or tests.

import { listWords } from '../../../diagnostics/words.ts';
import type { ProjectRule } from '../rule.ts';

export const notOffered: ProjectRule = {
  code: 'tier/not-offered',
  severity: 'error',
  check({ unit, capability, snapshot, report }) {
    const { tree, declaration } = unit;
    const offer = declaration.tiers?.offer;
    if (offer === undefined) return;
    const offered = Object.keys(offer);
    const isMissing = (tier: string): boolean =>
      Object.hasOwn(snapshot.tiers, tier) && !Object.hasOwn(offer, tier);
    const help = [`it offers ${listWords(offered)}`];
    const standard = capability.tiers.default;
    if (isMissing(standard)) {
      const isOwn = declaration.tiers?.default !== undefined;
      const [first = ''] = offered;
      report({
        message: isOwn
          ? `The default tier, ${standard}, is not offered.`
          : `Calls that name no tier get the project's default, ${standard}, which is not offered.`,
        span: isOwn ? tree.spanOf('/tiers/default') : tree.spanOf('/tiers/offer', 'key'),
        help: isOwn ? help : [`add \`default: ${first}\` to tiers, or offer ${standard}`],
        pointer: isOwn ? '/tiers/default' : '/tiers/offer',
      });
    }
    for (const [index, { tier }] of (declaration.routing?.when ?? []).entries()) {
      if (!isMissing(tier)) continue;
      const pointer = `/routing/when/${index}/tier`;
      report({
        message: `This rule raises calls to the tier ${tier}, which is not offered.`,
        span: tree.spanOf(pointer),
        help,
        pointer,
      });
    }
    for (const [index, test] of (declaration.tests ?? []).entries()) {
      if (test.level !== 'eval') continue;
      for (const [at, tier] of (test.tiers ?? []).entries()) {
        if (!isMissing(tier)) continue;
        const pointer = `/tests/${index}/tiers/${at}`;
        report({
          message: `This test asks for the tier ${tier}, which is not offered.`,
          span: tree.spanOf(pointer),
          help,
          pointer,
        });
      }
    }
  },
};
