// An example whose input callers could not send.

import { valueFindings } from '../../value-findings.ts';
import type { ContractRule } from '../rule.ts';

export const exampleInput: ContractRule = {
  code: 'example/invalid-input',
  severity: 'error',
  check({ unit, report }) {
    for (const index of (unit.declaration.examples ?? []).keys())
      valueFindings(unit, 'input', `/examples/${index}/input`, 'The input of this example').forEach(report);
  },
};
