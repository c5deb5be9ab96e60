// Where in a declaration a field of a name may stand, read off the schema: for keys that stand in the wrong place.

import acknowledgementsSchema from '../../../schemas/acknowledgements.schema.json' with { type: 'json' };
import capabilitySchema from '../../../schemas/capability.schema.json' with { type: 'json' };
import projectSchema from '../../../schemas/project.schema.json' with { type: 'json' };

/** What a file declares; the word stands in its `kind`. */
export type DeclarationKind = 'Capability' | 'Project' | 'Acknowledgements';

interface FieldSchema {
  readonly description?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

interface RootSchema extends FieldSchema {
  readonly $defs: Readonly<Record<string, FieldSchema>>;
}

const roots: Readonly<Record<DeclarationKind, RootSchema>> = {
  Capability: capabilitySchema,
  Project: projectSchema,
  Acknowledgements: acknowledgementsSchema,
};

const places: Partial<Record<DeclarationKind, ReadonlyMap<string, readonly string[]>>> = {};

/** The maps (by dotted path; empty for the root) that have a field of this name. Lists are not looked into. */
export function placesOfField(kind: DeclarationKind, name: string): readonly string[] {
  const known = (places[kind] ??= collect(roots[kind]));
  return known.get(name) ?? [];
}

function collect(root: RootSchema): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const visit = (schema: FieldSchema, path: string): void => {
    const target = schema.$ref === undefined ? schema : root.$defs[schema.$ref.replace('#/$defs/', '')];
    for (const [name, field] of Object.entries(target?.properties ?? {})) {
      found.set(name, [...(found.get(name) ?? []), path]);
      visit(field, path === '' ? name : `${path}.${name}`);
    }
  };
  visit(root, '');
  return found;
}
