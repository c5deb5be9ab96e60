// Two tests with one name: a failure would not say which of them it is.

import { duplicateNames } from '../example/duplicate-names.ts';
import type { ContractRule } from '../rule.ts';

export const duplicateTest: ContractRule = {
  code: 'test/duplicate-name',
  severity: 'error',
  check({ unit, report }) {
    duplicateNames(unit, 'tests', 'test').forEach(report);
  },
};
