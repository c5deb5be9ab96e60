// Gives each `$defs` entry one TypeScript name. Entries that say the same, with all they refer to, share one
// declaration, whichever capability they came with; an entry with defaults has a second one for its filled form.

import type { JsonSchema } from '../src/registry/snapshot.ts';
import { definitionName, findDefinition } from '../src/schema/dereference.ts';
import { pascalCase, takeName } from './identifier.ts';
import { hasTwoForms, referenceTo, subschemasInForm } from './schema-form.ts';
import type { SchemaForm } from './schema-form.ts';

/** A whole input or output schema, and the type it becomes. */
export interface RootSchema {
  readonly schema: JsonSchema;
  readonly form: SchemaForm;
  readonly typeName: string;
  readonly capability: string;
}

export interface DefinitionNames {
  /** By type name. */
  readonly definitions: readonly NamedDefinition[];
  /** The type name of a reference, `#/$defs/NAME`, found inside `root` where `form` holds. */
  readonly typeNameOf: (root: RootSchema, reference: string, form: SchemaForm) => string;
}

export interface NamedDefinition {
  readonly typeName: string;
  readonly schema: JsonSchema;
  readonly form: SchemaForm;
  /** Where the definition was first met; its own references are read there. */
  readonly root: RootSchema;
}

export function nameDefinitions(roots: readonly RootSchema[], taken: Set<string>): DefinitionNames {
  const meanings = new Map(roots.map((root) => [root, meaningsOf(root)]));
  const definitions = collectDefinitions(meanings);
  const typeNames = nameByUse(definitions, taken);
  return {
    definitions: definitions
      .map(({ use, meaning, root }) => ({
        typeName: typeNames.get(meaning) ?? use.name,
        schema: definitionIn(root, use),
        form: use.form,
        root,
      }))
      .toSorted((left, right) => (left.typeName < right.typeName ? -1 : 1)),
    typeNameOf(root, reference, form) {
      const name = definitionName(reference);
      const meaning =
        name === undefined ? undefined : meanings.get(root)?.get(keyOf(useOf(root, name, form)));
      return (meaning === undefined ? undefined : typeNames.get(meaning.text)) ?? 'unknown';
    },
  };
}

/** A definition in one of its forms; `given` where both are the same. */
interface Use {
  readonly name: string;
  readonly form: SchemaForm;
}

/** `text` is the definition's own text and that of all it refers to. */
interface Meaning {
  readonly use: Use;
  readonly text: string;
}

interface Definition {
  readonly use: Use;
  readonly meaning: string;
  readonly root: RootSchema;
  readonly uses: number;
}

function collectDefinitions(
  meanings: ReadonlyMap<RootSchema, ReadonlyMap<string, Meaning>>,
): readonly Definition[] {
  const found = new Map<string, Definition>();
  for (const [root, byKey] of meanings) {
    for (const { use, text } of byKey.values()) {
      const known = found.get(text) ?? { use, meaning: text, root, uses: 0 };
      found.set(text, { ...known, uses: known.uses + 1 });
    }
  }
  return [...found.values()];
}

/** Of several that share a name, the one used most keeps it: a newcomer must not rename what others import. */
function nameByUse(definitions: readonly Definition[], taken: Set<string>): ReadonlyMap<string, string> {
  const typeNames = new Map<string, string>();
  for (const { use, meaning, root } of definitions.toSorted((left, right) => right.uses - left.uses)) {
    const bare = pascalCase(use.name) + (use.form === 'filled' ? 'Filled' : '');
    typeNames.set(meaning, takeName(taken.has(bare) ? pascalCase(root.capability) + bare : bare, taken));
  }
  return typeNames;
}

/** The definitions that the root refers to, directly or not, by `keyOf`. */
function meaningsOf(root: RootSchema): ReadonlyMap<string, Meaning> {
  const uses = usesIn(root, root.schema, root.form);
  return new Map(uses.map((use) => [keyOf(use), { use, text: meaningOf(root, use) }]));
}

function meaningOf(root: RootSchema, use: Use): string {
  const referred = usesIn(root, definitionIn(root, use), use.form)
    .toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1))
    .map((other) => [other, definitionIn(root, other)]);
  return JSON.stringify([use, definitionIn(root, use), referred]);
}

/** What a schema refers to, directly or not, in the order in which it is met. */
function usesIn(root: RootSchema, start: JsonSchema, startForm: SchemaForm): readonly Use[] {
  const found = new Map<string, Use>();
  const visit = (schema: JsonSchema, form: SchemaForm): void => {
    const name = definitionName(schema['$ref']);
    const use = name === undefined ? undefined : useOf(root, name, form);
    if (use !== undefined && !found.has(keyOf(use)) && hasDefinition(root, use)) {
      found.set(keyOf(use), use);
      visit(definitionIn(root, use), use.form);
    }
    for (const inner of subschemasInForm(schema, root.schema, form)) visit(inner.schema, inner.form);
  };
  visit(start, startForm);
  return [...found.values()];
}

function useOf(root: RootSchema, name: string, form: SchemaForm): Use {
  return { name, form: form === 'filled' && hasTwoForms(name, root.schema) ? 'filled' : 'given' };
}

function keyOf({ name, form }: Use): string {
  return `${form} ${name}`;
}

function hasDefinition(root: RootSchema, { name }: Use): boolean {
  return findDefinition(root.schema, referenceTo(name)) !== undefined;
}

function definitionIn(root: RootSchema, { name }: Use): JsonSchema {
  return findDefinition(root.schema, referenceTo(name)) ?? {};
}
