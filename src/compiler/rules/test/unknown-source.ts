// A fence that is asserted around something that is not in the input.

import { suggest } from '../../../diagnostics/suggest.ts';
import { pointerKeys } from '../../json-pointer.ts';
import { didYouMean, listWords } from '../../words.ts';
import type { ContractRule } from '../rule.ts';
import { declaredAssertions } from './declared-tests.ts';
import { findPath } from './find-path.ts';

export const unknownSource: ContractRule = {
  code: 'test/unknown-source',
  severity: 'error',
  check({ unit, report }) {
    const { tree, input } = unit;
    if (input === undefined) return;
    for (const { test, assertion, place } of declaredAssertions(unit)) {
      if (test.level !== 'render' || assertion.type !== 'fenced') continue;
      const { source } = assertion;
      const keys = source.startsWith('/') ? pointerKeys(source) : [source];
      const lost = findPath(input, keys);
      if (lost === undefined) continue;
      const span = tree.spanOf(`${place}/source`);
      const near = suggest(keys[lost.at] ?? '', lost.names);
      const [only, ...others] = near;
      const isName = !source.startsWith('/');
      report({
        message: `The input has no ${isName ? `"${source}"` : source}.`,
        span,
        label: 'not in the input',
        help: [
          didYouMean(near) ??
            (lost.names.length === 0 ? 'it has no such part' : `the properties are ${listWords(lost.names)}`),
        ],
        ...(isName &&
          only !== undefined &&
          others.length === 0 && {
            fixes: [{ message: `Replace by \`${only}\`.`, safety: 'safe', edits: [{ span, text: only }] }],
          }),
        pointer: `${place}/source`,
      });
    }
  },
};
