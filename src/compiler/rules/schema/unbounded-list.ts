// Lists in the input that callers may make as long as they like: bounded items do not help when there is no end of them.

import { typesOf } from '../../../schema/select-branch.ts';
import type { ContractRule } from '../rule.ts';
import { atStart, placedSchemas, spanOfSchema } from './contract-places.ts';

export const unboundedList: ContractRule = {
  code: 'schema/unbounded-list',
  severity: 'warning',
  check({ unit, report }) {
    for (const placed of placedSchemas(unit, 'input')) {
      const { schema, subject, isTrusted, place } = placed;
      if (isTrusted || schema['maxItems'] !== undefined || schema['enum'] !== undefined) continue;
      if (schema['const'] !== undefined || typesOf(schema)?.has('array') !== true) continue;
      report({
        message: `${atStart(subject)} has no \`maxItems\`: one call could exceed every model's context.`,
        span: spanOfSchema(placed),
        help: ['add `maxItems`'],
        pointer: place.pointer,
      });
    }
  },
};
