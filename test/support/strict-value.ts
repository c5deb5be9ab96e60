// A value as a model writes it that keeps to the strict form of its contract.
import { isRecord } from '../../src/schema/json-schema.ts';
import type { Json, JsonSchema } from '../../src/schema/json-schema.ts';
import { alternativesOf, selectBranches, typesOf } from '../../src/schema/select-branch.ts';
import { toContractForm } from '../../src/schema/strict-form.ts';

/** Written independently of the way back. */
export function strictValue(schema: JsonSchema, value: Json): Json {
  const encoded = encodeValue(schema, value, schema);
  return schema['type'] === 'object' ? encoded : { [toContractForm(schema).wrapper ?? '']: encoded };
}

function encodeValue(schema: JsonSchema, value: Json, root: JsonSchema): Json {
  const [branch] = selectBranches(alternativesOf(schema, root), value);
  if (Array.isArray(value))
    return value.map((item: Json) => encodeValue(branch?.['items'] as JsonSchema, item, root));
  if (!isRecord(value)) return value;
  const properties = Object.entries((branch?.['properties'] ?? {}) as Record<string, JsonSchema>);
  const required = (branch?.['required'] ?? []) as readonly string[];
  return Object.fromEntries(
    [...properties].map(([name, property]): [string, Json] => {
      if (!Object.hasOwn(value, name)) return [name, null];
      const encoded = encodeValue(property, value[name] as Json, root);
      const mayBeNull = alternativesOf(property, root).some((each) => typesOf(each)?.has('null') === true);
      return [name, !required.includes(name) && mayBeNull ? { value: encoded } : encoded];
    }),
  );
}
