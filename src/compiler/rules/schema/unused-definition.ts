// Definitions that nothing refers to: those of a contract, and those of shared files.

import { definitionName } from '../../../schema/dereference.ts';
import { appendPointer } from '../../../schema/json-pointer.ts';
import type { SchemaFile } from '../../program.ts';
import { valueAt } from '../../json-pointer.ts';
import type { SyntaxTree } from '../../syntax-tree.ts';
import type { ContractRule, Finding, ProgramRule } from '../rule.ts';

const code = 'schema/unused-definition';
const severity = 'warning';

/** Definitions of an input or output that it does not use itself; nobody else can. */
export const unusedOwnDefinition: ContractRule = {
  code,
  severity,
  check({ unit: { tree }, report }) {
    for (const base of ['/input', '/output']) {
      const used = ownReferences(valueAt(tree.value, base));
      for (const name of definitionsAt(tree, base)) {
        if (!used.has(name)) report(unused(tree, base, name, `#/$defs/${name}`));
      }
    }
  },
};

/** Definitions of shared files that no capability and no other shared file uses; not while a capability cannot be read. */
export const unusedSharedDefinition: ProgramRule = {
  code,
  severity,
  check({ library, units, isWhole, report }) {
    if (!isWhole) return;
    const files = [...library.schemas.values()];
    const used = new Set(units.flatMap(({ tree }) => [...referencesOf(tree, '')]));
    for (const { name, tree } of files)
      if (tree) for (const each of referencesOf(tree, `schema:${name}`)) used.add(each);
    for (const file of files) reportUnused(file, used, report);
  },
};

function reportUnused(file: SchemaFile, used: ReadonlySet<string>, report: (finding: Finding) => void): void {
  const { tree } = file;
  if (tree === undefined) return;
  for (const name of definitionsAt(tree, '')) {
    const reference = `schema:${file.name}#/$defs/${name}`;
    if (!used.has(reference)) report(unused(tree, '', name, reference));
  }
}

function unused(tree: SyntaxTree, base: string, name: string, reference: string): Finding {
  const pointer = appendPointer(base, '$defs', name);
  return {
    message: `Nothing uses ${reference}.`,
    span: tree.spanOf(pointer, 'key'),
    help: ['delete it'],
    pointer,
  };
}

function definitionsAt(tree: SyntaxTree, base: string): string[] {
  const definitions = valueAt(tree.value, `${base}/$defs`);
  return typeof definitions === 'object' && definitions !== null && !Array.isArray(definitions)
    ? Object.keys(definitions)
    : [];
}

function ownReferences(schema: unknown): ReadonlySet<string> {
  return new Set(
    referencesIn(schema, '').flatMap(({ reference, from }) => {
      const name = definitionName(reference);
      return name === undefined || from === name ? [] : [name];
    }),
  );
}

const known = new WeakMap<SyntaxTree, ReadonlySet<string>>();

/** Every reference of a capability, or of a shared file: those to itself with its name in front. */
function referencesOf(tree: SyntaxTree, document: string): ReadonlySet<string> {
  const before = known.get(tree);
  if (before !== undefined) return before;
  const { input, output } = tree.value as { readonly [key: string]: unknown };
  const schemas = document === '' ? [input, output] : tree.value;
  const found = referencesIn(schemas, '').flatMap(({ reference, from }) => {
    if (!reference.startsWith('#')) return [reference];
    return document === '' || definitionName(reference) === from ? [] : [`${document}${reference}`];
  });
  const made = new Set(found);
  known.set(tree, made);
  return made;
}

interface Reference {
  readonly reference: string;
  /** The definition that it stands in: one that only refers to itself is not used. */
  readonly from: string;
}

function referencesIn(value: unknown, from: string): Reference[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === '$ref' && typeof inner === 'string') return [{ reference: inner, from }];
    if (key !== '$defs' || typeof inner !== 'object' || inner === null) return referencesIn(inner, from);
    return Object.entries(inner).flatMap(([name, each]) => referencesIn(each, name));
  });
}
