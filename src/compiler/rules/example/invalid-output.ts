// An example whose output the capability could never give.

import { valueFindings } from '../../value-findings.ts';
import type { ContractRule } from '../rule.ts';

export const exampleOutput: ContractRule = {
  code: 'example/invalid-output',
  severity: 'error',
  check({ unit, report }) {
    for (const [index, { output }] of (unit.declaration.examples ?? []).entries()) {
      if (output === undefined) continue;
      valueFindings(unit, 'output', `/examples/${index}/output`, 'The output of this example').forEach(
        report,
      );
    }
  },
};
