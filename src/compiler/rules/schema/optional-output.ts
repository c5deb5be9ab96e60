// Properties that the output may leave out. A model that is held to a schema writes every property; what may be missing
// is a null.

import type { Fix } from '../../../diagnostics/diagnostic.ts';
import { dereference } from '../../../schema/dereference.ts';
import { appendPointer } from '../../../schema/json-pointer.ts';
import type { SchemaEdit } from '../../../schema/schema-problem.ts';
import { branchesOf, typesOf } from '../../../schema/select-branch.ts';
import { valueAt } from '../../json-pointer.ts';
import { textEditsOf } from '../../schema-edits.ts';
import type { ContractRule } from '../rule.ts';
import { placedSchemas, spanOfSchema } from './contract-places.ts';
import type { PlacedSchema } from './contract-places.ts';

export const optionalOutput: ContractRule = {
  code: 'schema/optional-output',
  severity: 'deny',
  check({ unit, report }) {
    for (const placed of placedSchemas(unit, 'output')) {
      const { owner, schema, subject, place } = placed;
      if (owner === undefined || schema['default'] !== undefined) continue;
      const { required } = owner.schema;
      if (Array.isArray(required) && required.includes(owner.name)) continue;
      const isNullable = admitsNull(placed);
      const fix = requireFix(placed, isNullable);
      report({
        message: `The output may leave ${subject} out, but a model that is held to a schema writes every property.`,
        span: spanOfSchema(placed),
        help: [
          isNullable
            ? 'put it into `required`; it may be null'
            : 'put it into `required`, and let it be null',
        ],
        ...(fix && { fixes: [fix] }),
        pointer: place.pointer,
      });
    }
  },
};

function admitsNull({ schema, root }: PlacedSchema): boolean {
  const resolved = dereference(schema, root);
  const union = resolved['anyOf'] ?? resolved['oneOf'];
  const branches = union === undefined ? [resolved] : branchesOf(union, root);
  return branches.some((branch) => typesOf(branch)?.has('null') ?? true);
}

/** Only where the type is written out here; it changes what callers receive, so nobody applies it unasked. */
function requireFix({ schema, owner, place }: PlacedSchema, isNullable: boolean): Fix | undefined {
  if (owner === undefined) return undefined;
  const { tree, pointer } = owner.place;
  const edits: SchemaEdit[] = [];
  if (!isNullable) {
    const { type } = schema;
    if (typeof type !== 'string' || schema['enum'] !== undefined || schema['const'] !== undefined)
      return undefined;
    edits.push({ kind: 'replace-value', pointer: `${place.pointer}/type`, value: [type, 'null'] });
  }
  const list = appendPointer(pointer, 'required');
  edits.push(
    valueAt(tree.value, list) === undefined
      ? { kind: 'insert-key', pointer, name: 'required', value: [owner.name], before: 'properties' }
      : { kind: 'append-item', pointer: list, value: owner.name },
  );
  const made = textEditsOf(tree, '', edits);
  return made && { message: 'Require it, and let it be null.', safety: 'maybe', edits: made };
}
