// A test that takes its input from an example that is not there.

import { suggest } from '../../../diagnostics/suggest.ts';
import { didYouMean, listWords } from '../../words.ts';
import type { ContractRule } from '../rule.ts';
import { declaredTests } from './declared-tests.ts';

export const unknownExample: ContractRule = {
  code: 'test/unknown-example',
  severity: 'error',
  check({ unit, report }) {
    const names = (unit.declaration.examples ?? []).map(({ name }) => name);
    for (const { test, pointer } of declaredTests(unit)) {
      if (test.use === undefined || names.includes(test.use)) continue;
      const span = unit.tree.spanOf(`${pointer}/use`);
      const near = suggest(test.use, names);
      const [only, ...others] = near;
      report({
        message: `There is no example "${test.use}".`,
        span,
        label: 'unknown example',
        help: [
          didYouMean(near) ??
            (names.length === 0 ? 'the capability has no examples' : `the examples are ${listWords(names)}`),
        ],
        ...(only !== undefined &&
          others.length === 0 && {
            fixes: [{ message: `Replace by \`${only}\`.`, safety: 'safe', edits: [{ span, text: only }] }],
          }),
        pointer: `${pointer}/use`,
      });
    }
  },
};
