// Two files that declare one major version of one name: callers could mean either.

import type { Heading } from '../../program.ts';
import { quoteValue } from '../../words.ts';
import type { ProgramRule } from '../rule.ts';

export const duplicateName: ProgramRule = {
  code: 'capability/duplicate-name',
  severity: 'error',
  check({ headings, report }) {
    const firsts = new Map<string, Heading>();
    for (const heading of headings) {
      const { tree, key, name } = heading;
      const first = firsts.get(key);
      if (first === undefined) {
        firsts.set(key, heading);
        continue;
      }
      report({
        message: `${quoteValue(key)} is also declared in ${first.tree.source.path}.`,
        span: tree.spanOf('/metadata/name'),
        labels: [{ span: first.tree.spanOf('/metadata/name'), message: 'declared here first' }],
        help: ['rename one of the two, or raise the major version of the newer'],
        capability: name,
        pointer: '/metadata/name',
      });
    }
  },
};
