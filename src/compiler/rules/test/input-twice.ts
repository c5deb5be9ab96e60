// A test with an input of its own and an example's as well.

import type { ContractRule } from '../rule.ts';
import { declaredTests } from './declared-tests.ts';

export const inputTwice: ContractRule = {
  code: 'test/input-twice',
  severity: 'error',
  check({ unit, report }) {
    for (const { test, pointer } of declaredTests(unit)) {
      if (test.input === undefined || test.use === undefined) continue;
      report({
        message: 'This test has an input, and uses that of an example.',
        span: unit.tree.spanOf(`${pointer}/use`, 'key'),
        labels: [{ span: unit.tree.spanOf(`${pointer}/input`, 'key'), message: 'its own input' }],
        help: ['remove one of the two'],
        pointer: `${pointer}/use`,
      });
    }
  },
};
