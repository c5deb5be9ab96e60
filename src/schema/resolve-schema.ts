// References: every `$ref` of a schema, to its own definitions or into shared schemas, becomes `#/$defs/NAME` of one schema
// that stands alone. Recursion stays; nothing outside the project is ever read.

import { suggest } from '../diagnostics/suggest.ts';
import { definitionName, dereference, findDefinition } from './dereference.ts';
import { appendPointer } from './json-pointer.ts';
import { isRecord, ownProperty } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { mapSubschemas, subschemasOf } from './subschemas.ts';

/** Finds `schema:NAME` or `schema:NAME#/$defs/X`; `name` is what the definition would like to be called. */
export type SchemaResolver = (
  reference: string,
) => { readonly schema: unknown; readonly name: string } | undefined;

export interface ReferenceProblem {
  /** The place of the `$ref`, in the schema as it was given. */
  readonly pointer: string;
  readonly code: 'schema/unresolved-ref' | 'schema/remote-ref';
  readonly message: string;
  readonly help?: string;
  /** The shared schema that holds the `$ref`, when it is not the given one; `pointer` then leads into that schema. */
  readonly document?: string;
}

export interface ResolvedSchema {
  readonly schema: JsonSchema;
  readonly problems: readonly ReferenceProblem[];
  /** Definitions that came from shared schemas: their mistakes are those of the other file. */
  readonly imported: readonly string[];
}

/**
 * Resolves all references. A schema that is a reference as a whole gets the keywords of its target, so that its root always
 * says what it is. Where a reference fails, a schema that admits anything stands in its place and the problem is reported.
 * `known` are the references that would resolve, for suggestions.
 */
export function resolveSchema(
  schema: unknown,
  resolver: SchemaResolver,
  known: readonly string[] = [],
): ResolvedSchema {
  const root = isRecord(schema) ? schema : {};
  const context: Context = { root, resolver, known, problems: [], names: new Map(), definitions: new Map() };
  for (const name of Object.keys(ownDefinitions(root))) context.definitions.set(name, {});
  const resolved = resolveNode(root, { document: '', pointer: '' }, context);
  const own = ownDefinitions(resolved);
  const whole = inlineRoot(withDefinitions(resolved, { ...own, ...imports(context) }));
  const used = reachable(whole, Object.keys(own));
  const definitions = Object.entries(ownDefinitions(whole)).filter(([name]) => used.has(name));
  return {
    schema: withDefinitions(whole, Object.fromEntries(definitions)),
    problems: context.problems,
    imported: definitions.map(([name]) => name).filter((name) => !Object.hasOwn(own, name)),
  };
}

/** A resolver over shared schemas by name, and the references that it knows. */
export function resolverOf(documents: ReadonlyMap<string, unknown>): {
  readonly resolver: SchemaResolver;
  readonly known: readonly string[];
} {
  const targets = new Map<string, { schema: unknown; name: string }>();
  for (const [document, schema] of documents) {
    targets.set(`schema:${document}`, { schema: withoutDefinitions(schema), name: typeName(document) });
    const definitions = isRecord(schema) ? ownDefinitions(schema) : {};
    for (const [name, definition] of Object.entries(definitions)) {
      targets.set(appendPointer(`schema:${document}#`, '$defs', name), { schema: definition, name });
    }
  }
  return { resolver: (reference) => targets.get(reference), known: [...targets.keys()] };
}

interface Context {
  readonly root: JsonSchema;
  readonly resolver: SchemaResolver;
  readonly known: readonly string[];
  readonly problems: ReferenceProblem[];
  /** Absolute reference → name of its definition here. */
  readonly names: Map<string, string>;
  /** Names that are taken, with what they stand for; the own ones are empty until they are resolved in place. */
  readonly definitions: Map<string, JsonSchema>;
}

/** Where a node stands: in the given schema (`document` is empty) or in a shared one such as `schema:common`. */
interface Place {
  readonly document: string;
  readonly pointer: string;
}

function resolveNode(node: JsonSchema, place: Place, context: Context): JsonSchema {
  const mapped = mapSubschemas(node, (inner, tokens) =>
    resolveNode(inner, { ...place, pointer: appendPointer(place.pointer, ...tokens) }, context),
  );
  if (node['$ref'] === undefined) return mapped;
  const name = resolveReference(node['$ref'], place, context);
  if (name !== undefined) return { ...mapped, $ref: appendPointer('#', '$defs', name) };
  const { $ref: _, ...rest } = mapped;
  return rest;
}

/** The local name of what a reference leads to, after its definition is brought here. */
function resolveReference(reference: unknown, place: Place, context: Context): string | undefined {
  const target = typeof reference === 'string' ? parseReference(reference, place.document) : undefined;
  if (target === undefined) return reportRemote(reference, place, context);
  if (target.document === '') {
    const name = definitionName(target.absolute);
    if (name !== undefined && findDefinition(context.root, target.absolute) !== undefined) return name;
    return reportUnresolved(String(reference), target.absolute, place, context);
  }
  const known = context.names.get(target.absolute);
  if (known !== undefined) return known;
  const found = context.resolver(target.absolute);
  if (found === undefined || !isRecord(found.schema)) {
    return reportUnresolved(String(reference), target.absolute, place, context);
  }
  const name = freeName(found.name, target.document, context);
  context.names.set(target.absolute, name);
  context.definitions.set(name, {});
  const inner = { document: target.document, pointer: target.fragment };
  context.definitions.set(name, resolveNode(found.schema, inner, context));
  return name;
}

const sharedReference = /^(?<document>schema:[^#\s/]+)(?:#(?<fragment>[^\s]*))?$/;

/** A reference seen from a document; `undefined` when it leads out of the project. */
function parseReference(
  reference: string,
  document: string,
): { document: string; fragment: string; absolute: string } | undefined {
  if (reference.startsWith('#')) {
    const fragment = reference.slice(1);
    const absolute = document === '' ? reference : fragment === '' ? document : `${document}#${fragment}`;
    return { document, fragment, absolute };
  }
  const groups = sharedReference.exec(reference)?.groups;
  if (groups?.['document'] === undefined) return undefined;
  const fragment = groups['fragment'] ?? '';
  const absolute = fragment === '' ? groups['document'] : `${groups['document']}#${fragment}`;
  return { document: groups['document'], fragment, absolute };
}

function reportRemote(reference: unknown, place: Place, context: Context): undefined {
  const message =
    typeof reference === 'string'
      ? `"${reference}" leads out of the project; references may not.`
      : 'A $ref is text, such as "#/$defs/Locale" or "schema:common#/$defs/Locale".';
  const help =
    typeof reference === 'string'
      ? 'copy the schema into schemas/ and refer to it as schema:NAME or schema:NAME#/$defs/X'
      : 'write the reference in quotes';
  report({ code: 'schema/remote-ref', message, help }, place, context);
}

function reportUnresolved(reference: string, absolute: string, place: Place, context: Context): undefined {
  const [document = '', fragment = ''] = absolute.split('#');
  const own = Object.keys(ownDefinitions(context.root)).map((name) => appendPointer('#', '$defs', name));
  const candidates = document === '' ? own : context.known;
  const message = unresolvedMessage(reference, document, fragment, candidates);
  const near = suggest(absolute, candidates);
  const siblings = candidates.filter((each) => each.startsWith(`${document}#`));
  const nearest = near.length > 0 ? near : nearByName(absolute, siblings);
  const help =
    nearest.length > 0
      ? `did you mean ${nearest.join(' or ')}?`
      : siblings.length > 0
        ? `it has ${siblings.slice(0, 10).join(', ')}`
        : undefined;
  report({ code: 'schema/unresolved-ref', message, ...(help === undefined ? {} : { help }) }, place, context);
}

function unresolvedMessage(
  reference: string,
  document: string,
  fragment: string,
  candidates: readonly string[],
): string {
  if (fragment !== '' && !/^\/\$defs\/[^/]+$/.test(fragment)) {
    return `"${reference}" does not lead to a definition; references lead to #/$defs/NAME.`;
  }
  if (document === '' && fragment === '')
    return 'A schema cannot refer to itself as a whole; name it in $defs.';
  const hasDocument = document === '' || candidates.some((each) => each.split('#')[0] === document);
  if (!hasDocument) return `There is no shared schema "${document.replace('schema:', '')}".`;
  return `${document === '' ? 'This schema' : document} has no #${fragment}.`;
}

/** Names are compared without their long common front, which would make any two of them near. */
function nearByName(absolute: string, siblings: readonly string[]): string[] {
  const lastToken = (reference: string) => reference.slice(reference.lastIndexOf('/') + 1);
  const near = suggest(lastToken(absolute), siblings.map(lastToken));
  return siblings.filter((sibling) => near.includes(lastToken(sibling)));
}

function report(
  problem: Pick<ReferenceProblem, 'code' | 'message' | 'help'>,
  place: Place,
  context: Context,
): undefined {
  const pointer = appendPointer(place.pointer, '$ref');
  const document = place.document === '' ? {} : { document: place.document.replace('schema:', '') };
  context.problems.push({ pointer, ...problem, ...document });
}

/** `Locale`, else `CommonLocale`, else `CommonLocale2`, …: the first name that is not taken. */
function freeName(wanted: string, document: string, { definitions }: Context): string {
  const plain = typeName(wanted);
  if (!definitions.has(plain)) return plain;
  const long = typeName(document.replace('schema:', '')) + plain;
  let name = long;
  for (let number = 2; definitions.has(name); number += 1) name = `${long}${number}`;
  return name;
}

/** `invoice-line` → `InvoiceLine`; a name that is an identifier already stays as it is. */
function typeName(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9_]*$/.test(name) && /^[A-Z]/.test(name)) return name;
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return joined === '' ? 'Definition' : joined;
}

function imports({ definitions, names }: Context): { [name: string]: JsonSchema } {
  return Object.fromEntries([...names.values()].map((name) => [name, definitions.get(name) ?? {}]));
}

function inlineRoot(schema: JsonSchema): JsonSchema {
  if (schema['$ref'] === undefined) return schema;
  const { $defs, ...rest } = schema;
  return { ...dereference(rest, schema), ...($defs === undefined ? {} : { $defs }) };
}

/** The definitions that a schema uses, those in `keep` and what they use. */
function reachable(schema: JsonSchema, keep: readonly string[]): ReadonlySet<string> {
  const used = new Set<string>(keep);
  const { $defs: _, ...rest } = schema;
  const definitions = ownDefinitions(schema);
  const waiting: unknown[] = [rest, ...keep.map((name) => definitions[name])];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!isRecord(node)) continue;
    waiting.push(...subschemasOf(node).map((inner) => inner.schema));
    const name = definitionName(node['$ref']);
    if (name === undefined || used.has(name)) continue;
    used.add(name);
    waiting.push(ownProperty(definitions, name));
  }
  return used;
}

function ownDefinitions(schema: JsonSchema): { readonly [name: string]: unknown } {
  return isRecord(schema['$defs']) ? schema['$defs'] : {};
}

function withDefinitions(schema: JsonSchema, definitions: { readonly [name: string]: unknown }): JsonSchema {
  const { $defs: _, ...rest } = schema;
  return Object.keys(definitions).length === 0 ? rest : { ...rest, $defs: definitions };
}

/** A shared schema as a whole, without what only its file needs. */
function withoutDefinitions(schema: unknown): unknown {
  if (!isRecord(schema)) return schema;
  const { $defs: _definitions, $schema: _dialect, $id: _id, ...rest } = schema;
  return rest;
}
