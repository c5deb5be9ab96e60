// Defaults make two types of one schema: what a caller may give, with defaults left out, and what validation gives back,
// with defaults filled in.

import type { JsonSchema } from '../src/registry/snapshot.ts';
import { definitionName, findDefinition } from '../src/schema/dereference.ts';
import { isRecord } from '../src/schema/json-schema.ts';
import { branchesOf, discriminatorOf, typesOf } from '../src/schema/select-branch.ts';
import { subschemasOf } from '../src/schema/subschemas.ts';

/** `given`: properties with a default may be absent. `filled`: they are there, as validation leaves them. */
export type SchemaForm = 'given' | 'filled';

/** Schemas directly inside `schema`, each with the form it has there; `$defs` are not among them. */
export function subschemasInForm(
  schema: JsonSchema,
  root: JsonSchema,
  form: SchemaForm,
): readonly { readonly schema: JsonSchema; readonly form: SchemaForm }[] {
  return subschemasOf(schema)
    .filter(({ tokens }) => tokens[0] !== '$defs')
    .map(({ tokens: [keyword], schema: inner }) => ({
      schema: inner,
      form: isUnionKeyword(keyword) ? formOfBranches(schema[keyword], root, form) : form,
    }));
}

/** Validation fills the branch that a value has chosen, so only where the value makes that plain. */
export function formOfBranches(union: unknown, root: JsonSchema, form: SchemaForm): SchemaForm {
  const branches = branchesOf(union, root);
  const admitting = (type: 'object' | 'array') =>
    branches.filter((branch) => typesOf(branch)?.has(type) ?? true);
  const objects = admitting('object');
  const tags = [...(discriminatorOf(objects)?.branches.values() ?? [])];
  const isTagged = tags.length > 0 && tags.every((owners) => owners.length === 1);
  return admitting('array').length <= 1 && (objects.length <= 1 || isTagged) ? form : 'given';
}

/** Whether the two forms of a definition differ: some property in it, or in what it refers to, has a default. */
export function hasTwoForms(name: string, root: JsonSchema): boolean {
  const seen = new Set<string>();
  const visit = (schema: JsonSchema): boolean => {
    const referred = definitionName(schema['$ref']);
    const definition =
      referred === undefined || seen.has(referred) ? undefined : findDefinition(root, schema['$ref']);
    if (referred !== undefined) seen.add(referred);
    return (
      hasPropertyDefault(schema) ||
      (definition !== undefined && visit(definition)) ||
      subschemasOf(schema).some((inner) => visit(inner.schema))
    );
  };
  return visit({ $ref: referenceTo(name) });
}

/** `a/b` → `#/$defs/a~1b`. */
export function referenceTo(name: string): string {
  return `#/$defs/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function hasPropertyDefault({ properties }: JsonSchema): boolean {
  return (
    isRecord(properties) &&
    Object.values(properties).some((property) => isRecord(property) && property['default'] !== undefined)
  );
}

function isUnionKeyword(keyword: unknown): keyword is 'anyOf' | 'oneOf' {
  return keyword === 'anyOf' || keyword === 'oneOf';
}
