// Texts in the input that callers may make as long as they like.

import { formatNamed } from '../../../schema/formats.ts';
import { lookAtPattern } from '../../../schema/pattern/known-patterns.ts';
import { lengthsOfMatches } from '../../../schema/pattern/pattern-length.ts';
import type { JsonSchema } from '../../../registry/snapshot.ts';
import { typesOf } from '../../../schema/select-branch.ts';
import type { ContractRule } from '../rule.ts';
import { atStart, placedSchemas, spanOfSchema } from './contract-places.ts';

export const unboundedText: ContractRule = {
  code: 'schema/unbounded-text',
  severity: 'deny',
  check({ unit, report }) {
    for (const placed of placedSchemas(unit, 'input')) {
      const { schema, subject, isTrusted, place } = placed;
      if (isTrusted || !isText(schema) || isBounded(schema)) continue;
      report({
        message: `${atStart(subject)} has no \`maxLength\`: one call could exceed every model's context.`,
        span: spanOfSchema(placed),
        help: ['add `maxLength`; who may send more than that?'],
        pointer: place.pointer,
      });
    }
  },
};

function isText(schema: JsonSchema): boolean {
  return (
    schema['enum'] === undefined && schema['const'] === undefined && typesOf(schema)?.has('string') === true
  );
}

function isBounded({ maxLength, format, pattern }: JsonSchema): boolean {
  if (maxLength !== undefined || formatNamed(format) !== undefined) return true;
  if (typeof pattern !== 'string') return false;
  const known = lookAtPattern(pattern);
  return known.kind === 'pattern' && lengthsOfMatches(known.root).max !== Infinity;
}
