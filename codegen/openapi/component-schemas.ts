// The schemas of all capabilities under names that are unique in the document. What several share stands there once.

import type { JsonSchema } from '../../src/registry/snapshot.ts';
import { isRecord } from '../../src/schema/json-schema.ts';
import { mapSubschemas } from '../../src/schema/subschemas.ts';
import { takeName } from '../identifier.ts';
import { nameDefinitions } from '../name-definitions.ts';
import type { RootSchema } from '../name-definitions.ts';
import type { NamedOperation } from './describe-operation.ts';

export interface ComponentSchemas {
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** A reference to the input or output of an operation. */
  readonly schemaOf: (operation: NamedOperation, side: 'input' | 'output') => JsonSchema;
}

export function nameComponents(
  operations: readonly NamedOperation[],
  fixedNames: readonly string[],
): ComponentSchemas {
  const roots = operations.flatMap(({ capability, stem }): RootSchema[] => [
    // One form for both: a schema says of its defaults what there is to say.
    { schema: capability.input, form: 'given', typeName: `${stem}Input`, capability: capability.name },
    { schema: capability.output, form: 'given', typeName: `${stem}Output`, capability: capability.name },
  ]);
  const taken = new Set([
    ...fixedNames,
    ...roots.map(({ typeName }) => typeName),
    ...operations.flatMap(({ stem }) => [`${stem}Request`, `${stem}Result`]),
  ]);
  const { definitions, typeNameOf } = nameDefinitions(roots, taken);
  const names = componentNames(
    definitions.map(({ typeName }) => typeName),
    taken,
  );
  const referTo = (typeName: string): JsonSchema => ({
    $ref: `#/components/schemas/${names.get(typeName) ?? typeName}`,
  });
  const relocate = (root: RootSchema, schema: JsonSchema): JsonSchema => {
    const { $defs: _, ...own } = declareRequired(schema);
    const mapped = mapSubschemas(own, (inner) => relocate(root, inner));
    const reference = schema['$ref'];
    if (typeof reference !== 'string') return mapped;
    return { ...mapped, ...referTo(typeNameOf(root, reference, 'given')) };
  };
  return {
    schemas: Object.fromEntries([
      ...roots.map((root) => [root.typeName, relocate(root, root.schema)] as const),
      ...definitions.map(
        ({ typeName, schema, root }) => [names.get(typeName) ?? typeName, relocate(root, schema)] as const,
      ),
    ]),
    schemaOf: ({ stem }, side) => referTo(`${stem}${side === 'input' ? 'Input' : 'Output'}`),
  };
}

/** What is required and not declared is declared as what it is: any additional property. Linters ask for that. */
function declareRequired(schema: JsonSchema): JsonSchema {
  const { properties, required, additionalProperties: additional = true } = schema;
  if (!Array.isArray(required) || additional === false) return schema;
  const declared = isRecord(properties) ? properties : {};
  const undeclared = required.filter(
    (name): name is string => typeof name === 'string' && !Object.hasOwn(declared, name),
  );
  if (undeclared.length === 0) return schema;
  const shape = isRecord(additional) ? additional : {};
  return {
    ...schema,
    properties: { ...declared, ...Object.fromEntries(undeclared.map((name) => [name, shape])) },
  };
}

/** Names of types may hold letters of every script; those of components are ASCII. */
function componentNames(
  typeNames: readonly string[],
  taken: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const used = new Set(taken);
  const isPlain = (name: string): boolean => /^[\w.-]+$/.test(name);
  return new Map(
    typeNames
      .filter((name) => !isPlain(name))
      .map((name) => [
        name,
        takeName(
          name.replaceAll(/[^\w.-]/gu, (letter) => `_${letter.codePointAt(0)?.toString(16)}`),
          used,
        ),
      ]),
  );
}
