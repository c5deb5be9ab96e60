// Two examples with one name: whoever uses it gets the first.

import type { ContractRule } from '../rule.ts';
import { duplicateNames } from './duplicate-names.ts';

export const duplicateExample: ContractRule = {
  code: 'example/duplicate-name',
  severity: 'error',
  check({ unit, report }) {
    duplicateNames(unit, 'examples', 'example').forEach(report);
  },
};
