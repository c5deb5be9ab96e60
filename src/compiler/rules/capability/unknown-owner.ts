// Owners that are not among the project's: nobody would be called.

import { quoteValue } from '../../words.ts';
import { nearName } from '../near-name.ts';
import type { ProjectRule } from '../rule.ts';

export const unknownOwner: ProjectRule = {
  code: 'capability/unknown-owner',
  severity: 'warning',
  check({ unit, project, report }) {
    const { owners } = project.declaration;
    const { owner } = unit.declaration.metadata;
    if (owners === undefined || owners.includes(owner)) return;
    const span = unit.tree.spanOf('/metadata/owner');
    const near = nearName(owner, owners, 'owners', span);
    report({
      message: `The owner ${quoteValue(owner)} is not among the owners in capstan.yaml.`,
      span,
      ...near,
      ...(near.help.length === 0 && { help: ['add it to `owners` in capstan.yaml'] }),
      pointer: '/metadata/owner',
    });
  },
};
