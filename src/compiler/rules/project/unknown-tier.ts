// A default tier that the project does not define.

import { quoteValue } from '../../words.ts';
import { nearName } from '../near-name.ts';
import type { ProgramRule } from '../rule.ts';

export const unknownTier: ProgramRule = {
  code: 'project/unknown-tier',
  severity: 'error',
  check({ project, report }) {
    const tier = project?.declaration.defaults?.tier;
    if (project === undefined || tier === undefined || Object.hasOwn(project.tiers, tier)) return;
    const pointer = '/defaults/tier';
    const span = project.tree.spanOf(pointer);
    report({
      message: `There is no tier ${quoteValue(tier)}.`,
      span,
      ...nearName(tier, Object.keys(project.tiers), 'tiers', span),
      pointer,
    });
  },
};
