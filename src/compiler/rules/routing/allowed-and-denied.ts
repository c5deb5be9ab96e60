// A provider or model that a capability allows and denies at once. The deny wins, and the allow is a promise that nobody
// keeps.

import type { ContractRule } from '../rule.ts';
import { contradictionsOf } from './contradictions.ts';

export const allowedAndDenied: ContractRule = {
  code: 'routing/allowed-and-denied',
  severity: 'error',
  check({ unit, report }) {
    for (const { kind, name, allowed, denied } of contradictionsOf(unit.declaration)) {
      report({
        message: `The ${kind} "${name}" is both allowed and denied.`,
        span: unit.tree.spanOf(allowed),
        label: 'allowed here',
        labels: [{ span: unit.tree.spanOf(denied), message: 'denied here' }],
        help: ['remove one of the two; as it stands, the deny wins'],
        pointer: allowed,
      });
    }
  },
};
