// A test whose input does not fit, though the test does not expect that.

import type { CapabilityUnit } from '../../program.ts';
import { keywordPlace, placedRoot } from '../../schema-places.ts';
import type { WrittenPlace } from '../../schema-places.ts';
import { valueFindings } from '../../value-findings.ts';
import type { ContractRule } from '../rule.ts';
import { declaredTests } from './declared-tests.ts';

export const testInput: ContractRule = {
  code: 'test/invalid-input',
  severity: 'error',
  check({ unit, report }) {
    for (const { test, pointer } of declaredTests(unit)) {
      const expectsRefusal = test.expect.some(
        ({ type, ...rest }) => type === 'error' && 'value' in rest && rest.value === 'input_invalid',
      );
      if (expectsRefusal || test.use !== undefined) continue;
      if (test.input !== undefined) {
        valueFindings(unit, 'input', `${pointer}/input`, 'The input of this test').forEach(report);
      } else if (unit.input !== undefined && needsInput(unit.input)) {
        const place = requiredPlace(unit);
        report({
          message: 'This test has no input, and the schema requires one.',
          span: unit.tree.spanOf(`${pointer}/name`),
          ...(place && { labels: [{ span: place.tree.spanOf(place.pointer), message: 'required here' }] }),
          help: ['add `input:`, or `use:` with the name of an example'],
          pointer,
        });
      }
    }
  },
};

function requiredPlace(unit: CapabilityUnit): WrittenPlace | undefined {
  const root = placedRoot(unit, 'input');
  return root && keywordPlace(root, 'required');
}

function needsInput({ required }: { readonly [keyword: string]: unknown }): boolean {
  return Array.isArray(required) && required.length > 0;
}
