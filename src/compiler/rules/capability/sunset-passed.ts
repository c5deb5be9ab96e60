// Capabilities that should be gone by today.

import type { ProgramRule } from '../rule.ts';

export const sunsetPassed: ProgramRule = {
  code: 'capability/sunset-passed',
  severity: 'warning',
  check({ units, today, report }) {
    if (today === undefined) return;
    for (const { tree, declaration } of units) {
      const { name, deprecation } = declaration.metadata;
      if (deprecation === undefined || deprecation.sunset >= today) continue;
      report({
        message: `The sunset date ${deprecation.sunset} has passed.`,
        span: tree.spanOf('/metadata/deprecation/sunset'),
        help: ['remove the capability, or move the date'],
        capability: name,
        pointer: '/metadata/deprecation/sunset',
      });
    }
  },
};
