// Places in the output where the model may write what it likes: callers get no type, and no provider enforces anything.

import type { SourceSpan } from '../../../diagnostics/diagnostic.ts';
import type { JsonSchema } from '../../../registry/snapshot.ts';
import { typesOf } from '../../../schema/select-branch.ts';
import type { ContractRule, Finding } from '../rule.ts';
import { atStart, placedSchemas, spanOfSchema } from './contract-places.ts';
import type { PlacedSchema } from './contract-places.ts';

export const freeFormOutput: ContractRule = {
  code: 'schema/free-form-output',
  severity: 'warning',
  check({ unit, report }) {
    for (const placed of placedSchemas(unit, 'output')) {
      const finding = describe(placed);
      if (finding !== undefined) report({ ...finding, pointer: placed.place.pointer });
    }
  },
};

function describe(placed: PlacedSchema): Pick<Finding, 'message' | 'span' | 'help' | 'notes'> | undefined {
  const { schema, subject } = placed;
  if (admitsAnything(schema)) {
    return {
      message: `${atStart(subject)} may be anything: the model chooses its shape.`,
      span: spanOfSchema(placed),
      help: ['say what it is: a `type`, and `properties` for an object'],
    };
  }
  const rest = schema['additionalProperties'];
  if (rest === undefined || rest === false) return undefined;
  return {
    message:
      rest === true
        ? `${atStart(subject)} may have properties that nobody has declared.`
        : `${atStart(subject)} is a map: the model chooses its keys.`,
    span: keySpan(placed),
    notes: ['no provider can enforce it while a model writes'],
    help: [
      rest === true
        ? 'declare the properties'
        : 'declare the properties, or use a list of objects that carry the key as a property',
    ],
  };
}

function admitsAnything(schema: JsonSchema): boolean {
  return typesOf(schema) === undefined && !['$ref', 'anyOf', 'oneOf'].some((keyword) => keyword in schema);
}

function keySpan({ place: { tree, pointer } }: PlacedSchema): SourceSpan {
  return tree.spanOf(`${pointer}/additionalProperties`, 'key');
}
