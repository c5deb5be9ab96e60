// The number of a message that the prompt does not have.

import type { ContractRule } from '../rule.ts';
import { declaredAssertions } from './declared-tests.ts';

export const messageOutOfRange: ContractRule = {
  code: 'test/message-out-of-range',
  severity: 'error',
  check({ unit, report }) {
    const count = unit.prompt.filter(({ kind }) => kind === 'message').length;
    for (const { test, assertion, place } of declaredAssertions(unit)) {
      if (test.level !== 'render' || !('message' in assertion)) continue;
      const { message } = assertion;
      if (message === undefined || message < count) continue;
      report({
        message: `There is no message ${message}: the prompt has ${count === 1 ? 'one message' : `${count} messages`}.`,
        span: unit.tree.spanOf(`${place}/message`),
        help: [
          count === 1
            ? 'messages are counted from 0; write 0'
            : `messages are counted from 0; the last is ${count - 1}`,
        ],
        pointer: `${place}/message`,
      });
    }
  },
};
