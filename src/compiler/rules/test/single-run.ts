// A live test that runs once, or without a rate: models answer differently each time, so it proves little or fails at random.

import type { Test } from '../../declaration.gen.ts';
import type { ContractRule } from '../rule.ts';
import { declaredTests } from './declared-tests.ts';

export const singleRun: ContractRule = {
  code: 'test/single-run',
  severity: 'warning',
  check({ unit, report }) {
    for (const { test, pointer } of declaredTests(unit)) {
      if (test.level !== 'eval' || test.expect.length === 0) continue;
      const isOnce = (test.runs ?? 1) === 1;
      if (!isOnce && hasRate(test)) continue;
      const place = test.runs === undefined || !isOnce ? `${pointer}/name` : `${pointer}/runs`;
      report({
        message: isOnce
          ? 'One live run proves little: models answer differently each time.'
          : 'Every run has to pass: one answer that is a little different fails the test.',
        span: unit.tree.spanOf(place),
        help: [
          isOnce
            ? 'add `runs: 5` or more, and `minPassRate` to the assertions'
            : 'add `minPassRate` to the assertions, 1 where all of them must pass',
        ],
        pointer: place,
      });
    }
  },
};

function hasRate({ expect }: Test): boolean {
  return expect.some((assertion) => 'minPassRate' in assertion && assertion.minPassRate !== undefined);
}
