// A free text of the input that its author declared trusted: whoever may call the capability may write instructions.

import { ownKeywordPointer, placedSchemas } from '../../schema-places.ts';
import type { ContractRule } from '../rule.ts';
import { nameOf } from './personal-properties.ts';

export const trustedInput: ContractRule = {
  code: 'trust/trusted-input',
  severity: 'warning',
  check({ unit, report }) {
    const told = new Set<string>();
    for (const placed of placedSchemas(unit, 'input')) {
      const { schema } = placed;
      const isFixed = schema['enum'] !== undefined || schema['const'] !== undefined;
      if (schema['x-trust'] !== 'trusted' || isFixed) continue;
      const pointer = ownKeywordPointer(unit, placed, 'x-trust');
      if (told.has(pointer)) continue;
      told.add(pointer);
      report({
        message: `Every caller can write \`${nameOf(placed.path, 'input')}\`, and the prompt trusts it.`,
        span: unit.tree.spanOf(pointer),
        label: 'trusted',
        help: [
          'list the values in an `enum`, or print it in a fence and leave `x-trust` out',
          'where callers are trusted, say why: `# capstan-ignore-next-line trust/trusted-input: REASON`',
        ],
        pointer,
      });
    }
  },
};
