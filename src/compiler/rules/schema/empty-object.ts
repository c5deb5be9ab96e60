// Objects without properties. Objects are closed, so nothing but `{}` fits; who writes one usually means any object.

import type { ContractRule } from '../rule.ts';
import { atStart, placedSchemas, spanOfSchema } from './contract-places.ts';

export const emptyObject: ContractRule = {
  code: 'schema/empty-object',
  severity: 'warning',
  check({ unit, report }) {
    for (const direction of ['input', 'output'] as const) {
      for (const placed of placedSchemas(unit, direction)) {
        const { schema, subject, place } = placed;
        const isBare = schema['type'] === 'object' && schema['properties'] === undefined;
        if (!isBare || schema['additionalProperties'] !== false || schema['enum'] !== undefined) continue;
        report({
          message: `${atStart(subject)} has no properties, so only \`{}\` fits: objects are closed.`,
          span: spanOfSchema(placed),
          help: ['declare its properties; `properties: {}` says that there are none'],
          pointer: place.pointer,
        });
      }
    }
  },
};
