// A fence that is asserted around something that is not in the input.

import { pointerKeys } from '../../json-pointer.ts';
import { nearName } from '../near-name.ts';
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
      const isName = !source.startsWith('/');
      const { help, fixes } = nearName(keys[lost.at] ?? '', lost.names, 'properties', span);
      report({
        message: `The input has no ${isName ? `"${source}"` : source}.`,
        span,
        label: 'not in the input',
        help,
        ...(isName && fixes && { fixes }),
        pointer: `${place}/source`,
      });
    }
  },
};
