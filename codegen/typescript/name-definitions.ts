// Gives each `$defs` entry one TypeScript name. Entries that say the same, with all they refer to, share one
// declaration, whichever capability they came with.

import type { JsonSchema } from '../../src/registry/snapshot.ts';
import { pascalCase, takeName } from './identifier.ts';

/** A whole input or output schema, and the type it becomes. */
export interface RootSchema {
  readonly schema: JsonSchema;
  readonly typeName: string;
  readonly capability: string;
}

export interface DefinitionNames {
  /** By type name. */
  readonly definitions: readonly NamedDefinition[];
  /** The type name of a reference, `#` or `#/$defs/NAME`, found inside `root`. */
  readonly typeNameOf: (root: RootSchema, reference: string) => string;
}

export interface NamedDefinition {
  readonly typeName: string;
  readonly schema: unknown;
  /** Where the definition was first met; its own references are read there. */
  readonly root: RootSchema;
}

export function nameDefinitions(roots: readonly RootSchema[], taken: Set<string>): DefinitionNames {
  const meanings = new Map(roots.map((root) => [root, meaningsOf(root)]));
  const definitions = collectDefinitions(meanings);
  const typeNames = nameByUse(definitions, taken);
  return {
    definitions: definitions
      .map(({ name, meaning, root }) => ({
        typeName: typeNames.get(meaning) ?? name,
        schema: definitionsOf(root)[name],
        root,
      }))
      .toSorted((left, right) => (left.typeName < right.typeName ? -1 : 1)),
    typeNameOf: (root, reference) => {
      if (reference === '#') return root.typeName;
      const meaning = meanings.get(root)?.get(definitionNameOf(reference) ?? '');
      return (meaning === undefined ? undefined : typeNames.get(meaning)) ?? 'unknown';
    },
  };
}

/** `meaning` is the definition's text and that of all it refers to. */
interface Definition {
  readonly name: string;
  readonly meaning: string;
  readonly root: RootSchema;
  readonly uses: number;
}

function collectDefinitions(meanings: ReadonlyMap<RootSchema, ReadonlyMap<string, string>>): Definition[] {
  const found = new Map<string, Definition>();
  for (const [root, byName] of meanings) {
    for (const [name, meaning] of byName) {
      const known = found.get(meaning) ?? { name, meaning, root, uses: 0 };
      found.set(meaning, { ...known, uses: known.uses + 1 });
    }
  }
  return [...found.values()];
}

/** Of several that share a name, the one used most keeps it: a newcomer must not rename what others import. */
function nameByUse(definitions: readonly Definition[], taken: Set<string>): ReadonlyMap<string, string> {
  const typeNames = new Map<string, string>();
  for (const { name, meaning, root } of definitions.toSorted((left, right) => right.uses - left.uses)) {
    const bare = pascalCase(name);
    typeNames.set(meaning, takeName(taken.has(bare) ? pascalCase(root.capability) + bare : bare, taken));
  }
  return typeNames;
}

/** The definitions that the root refers to, directly or not: name → meaning. */
function meaningsOf(root: RootSchema): ReadonlyMap<string, string> {
  const { $defs: _, ...body } = root.schema;
  const names = reachableNames(root, body);
  return new Map(names.map((name) => [name, meaningOf(root, name)]));
}

function meaningOf(root: RootSchema, name: string): string {
  const definitions = definitionsOf(root);
  const others = reachableNames(root, definitions[name]).toSorted();
  const referred = others.map((other) => [other, definitions[other]]);
  const text = JSON.stringify([name, definitions[name], referred]);
  return text.includes('"$ref":"#"') ? `${root.typeName} ${text}` : text;
}

function reachableNames(root: RootSchema, start: unknown): string[] {
  const definitions = definitionsOf(root);
  const reached = new Set<string>();
  const visit = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const inner of Object.values(schema)) visit(inner);
    const name = '$ref' in schema ? definitionNameOf(schema.$ref) : undefined;
    if (name === undefined || reached.has(name) || !Object.hasOwn(definitions, name)) return;
    reached.add(name);
    visit(definitions[name]);
  };
  visit(start);
  return [...reached];
}

/** `#/$defs/a~1b` → `a/b`. */
function definitionNameOf(reference: unknown): string | undefined {
  if (typeof reference !== 'string') return undefined;
  const encoded = /^#\/\$defs\/(?<name>[^/]+)$/.exec(reference)?.groups?.['name'];
  return encoded?.replaceAll('~1', '/').replaceAll('~0', '~');
}

function definitionsOf({ schema }: RootSchema): Readonly<Record<string, unknown>> {
  const definitions = schema['$defs'];
  return typeof definitions === 'object' && definitions !== null ? { ...definitions } : {};
}
