// Roles that the prompt does not have: they are written in the capability, so no input can change them.

import { listWords } from '../../../diagnostics/words.ts';
import type { ContractRule } from '../rule.ts';
import { declaredAssertions } from './declared-tests.ts';

export const impossibleRoles: ContractRule = {
  code: 'test/impossible-roles',
  severity: 'error',
  check({ unit, report }) {
    const roles = unit.prompt.flatMap((part) => (part.kind === 'message' ? [part.role] : []));
    for (const { test, assertion, place } of declaredAssertions(unit)) {
      if (test.level !== 'render' || assertion.type !== 'roles') continue;
      if (assertion.value.join(' ') === roles.join(' ')) continue;
      report({
        message: `These roles never come about: the prompt has ${listWords(roles)}.`,
        span: unit.tree.spanOf(`${place}/value`),
        labels: [{ span: unit.tree.spanOf('/prompt', 'key'), message: 'the messages' }],
        help: [`write [${roles.join(', ')}]`],
        pointer: `${place}/value`,
      });
    }
  },
};
