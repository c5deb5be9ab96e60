// A test that asserts nothing.

import type { ContractRule } from '../rule.ts';
import { declaredTests } from './declared-tests.ts';

export const noAssertion: ContractRule = {
  code: 'test/no-assertion',
  severity: 'warning',
  check({ unit, report }) {
    for (const { test, pointer } of declaredTests(unit)) {
      if (test.expect.length > 0) continue;
      report({
        message: 'This test passes whatever happens.',
        span: unit.tree.spanOf(`${pointer}/expect`),
        label: 'nothing is expected',
        help: ['say what must hold: `capstan test --help` lists the assertions'],
        pointer: `${pointer}/expect`,
      });
    }
  },
};
