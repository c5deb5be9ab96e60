// Targets of `generate` that nothing can generate.

import { pointerTo } from '../../json-pointer.ts';
import { quoteValue } from '../../words.ts';
import { nearName } from '../near-name.ts';
import type { ProgramRule } from '../rule.ts';

export const unknownTarget: ProgramRule = {
  code: 'project/unknown-target',
  severity: 'error',
  check({ project, targets, report }) {
    if (project === undefined || targets === undefined) return;
    for (const [index, { target }] of project.generate.entries()) {
      if (targets.includes(target)) continue;
      const pointer = pointerTo('/generate', index, 'target');
      const span = project.tree.spanOf(pointer);
      report({
        message: `There is no target ${quoteValue(target)}.`,
        span,
        ...nearName(target, targets, 'targets', span),
        pointer,
      });
    }
  },
};
