// A stable capability without the tests that show that it is.

import { listWords } from '../../../diagnostics/words.ts';
import type { ContractRule } from '../rule.ts';

const levels = ['render', 'contract'] as const;

export const missingTests: ContractRule = {
  code: 'test/missing',
  severity: 'warning',
  check({ unit: { tree, declaration }, report }) {
    if (declaration.metadata.lifecycle !== 'stable') return;
    const tests = declaration.tests ?? [];
    const missing = levels.filter((level) => !tests.some((test) => test.level === level));
    if (missing.length === 0) return;
    report({
      message:
        tests.length === 0
          ? 'This capability is stable, but has no tests.'
          : `This capability is stable, but has no ${listWords(missing, 'or')} test.`,
      span: tree.spanOf('/metadata/lifecycle'),
      help: [
        'a render test shows what the model is told, a contract test what becomes of its reply; neither needs a model',
      ],
      pointer: '/metadata/lifecycle',
    });
  },
};
