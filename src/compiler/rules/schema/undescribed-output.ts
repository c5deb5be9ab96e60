// Properties of the output that the model gets no word about but their name.

import type { JsonSchema } from '../../../registry/snapshot.ts';
import { dereference } from '../../../schema/dereference.ts';
import type { ContractRule } from '../rule.ts';
import { placedSchemas, spanOfSchema } from './contract-places.ts';
import type { PlacedSchema } from './contract-places.ts';

export const undescribedOutput: ContractRule = {
  code: 'schema/undescribed-output',
  severity: 'warning',
  check({ unit, report }) {
    for (const placed of placedSchemas(unit, 'output')) {
      if (placed.owner === undefined || isTag(placed.schema) || isDescribed(placed)) continue;
      report({
        message: `${placed.subject} has no description: the model has only its name to go by.`,
        span: spanOfSchema(placed),
        help: ['one sentence on what belongs there'],
        pointer: placed.place.pointer,
      });
    }
  },
};

/** A value that cannot be another one needs no words. */
function isTag(schema: JsonSchema): boolean {
  return schema['const'] !== undefined;
}

function isDescribed({ schema, root }: PlacedSchema): boolean {
  const { description } = dereference(schema, root);
  return typeof description === 'string' && description.trim() !== '';
}
