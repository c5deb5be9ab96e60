// A regular expression that is none.

import type { ContractRule } from '../rule.ts';
import { declaredAssertions } from './declared-tests.ts';

export const badPattern: ContractRule = {
  code: 'test/bad-pattern',
  severity: 'error',
  check({ unit, report }) {
    for (const { assertion, place } of declaredAssertions(unit)) {
      if (assertion.type !== 'matches') continue;
      const fault = faultOf(assertion.value);
      if (fault === undefined) continue;
      report({
        message: `This is no regular expression: ${fault}.`,
        span: unit.tree.spanOf(`${place}/value`),
        help: [
          'patterns are those of JavaScript, read with the flag `u`; `\\` takes their meaning from characters',
        ],
        pointer: `${place}/value`,
      });
    }
  },
};

/** The engine's own words without the pattern, which stands above them anyway. */
function faultOf(pattern: string): string | undefined {
  try {
    void new RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return words.slice(words.lastIndexOf(': ') + 2).toLowerCase();
  }
}
