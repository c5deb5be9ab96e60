// A test that takes its input from an example that is not there.

import { nearName } from '../near-name.ts';
import type { ContractRule } from '../rule.ts';
import { declaredTests } from './declared-tests.ts';

export const unknownExample: ContractRule = {
  code: 'test/unknown-example',
  severity: 'error',
  check({ unit, report }) {
    const names = (unit.declaration.examples ?? []).map(({ name }) => name);
    for (const { test, pointer } of declaredTests(unit)) {
      if (test.use === undefined || names.includes(test.use)) continue;
      const span = unit.tree.spanOf(`${pointer}/use`);
      report({
        message: `There is no example "${test.use}".`,
        span,
        label: 'unknown example',
        ...nearName(test.use, names, 'examples', span),
        pointer: `${pointer}/use`,
      });
    }
  },
};
