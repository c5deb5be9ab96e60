// Defaults stand wherever a property is absent and its parent is there, whatever leads to it.
import { expect, test } from 'vitest';
import { fillDefaults } from '../../src/schema/fill-defaults.ts';
import type { JsonSchema } from '../../src/schema/json-schema.ts';

const withUnit: JsonSchema = {
  type: 'object',
  properties: { amount: { type: 'number' }, unit: { type: 'string', default: 'kg' } },
};
const reference: JsonSchema = { $ref: '#/$defs/Weight' };

test.each<{ what: string; schema: JsonSchema; value: unknown; filled: unknown }>([
  { what: 'directly', schema: withUnit, value: { amount: 1 }, filled: { amount: 1, unit: 'kg' } },
  { what: 'in a property', schema: of(withUnit), value: { at: {} }, filled: { at: { unit: 'kg' } } },
  { what: 'behind a reference', schema: of(reference), value: { at: {} }, filled: { at: { unit: 'kg' } } },
  {
    what: 'in a list of references',
    schema: of({ type: 'array', items: reference }),
    value: { at: [{}, { unit: 'g' }] },
    filled: { at: [{ unit: 'kg' }, { unit: 'g' }] },
  },
  {
    what: 'in a branch of references',
    schema: of({ anyOf: [reference, { type: 'null' }] }),
    value: { at: {} },
    filled: { at: { unit: 'kg' } },
  },
  {
    what: 'in properties without names',
    schema: { ...of({ type: 'object', additionalProperties: reference }) },
    value: { at: { any: {} } },
    filled: { at: { any: { unit: 'kg' } } },
  },
  { what: 'and nowhere else', schema: of({ type: 'object' }), value: { at: {} }, filled: { at: {} } },
  { what: 'and not without their parent', schema: of(withUnit), value: {}, filled: {} },
])('defaults are filled in $what', ({ schema, value, filled }) => {
  // Twice: what was found of a schema is kept.
  for (const copy of [structuredClone(value), structuredClone(value)]) {
    fillDefaults(schema, copy);
    expect(copy).toEqual(filled);
  }
});

function of(property: JsonSchema): JsonSchema {
  return { type: 'object', properties: { at: property }, $defs: { Weight: withUnit } };
}
