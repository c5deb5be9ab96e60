// References: every `$ref` of a schema, to its own definitions or into shared schemas, becomes `#/$defs/NAME` of one schema
// that stands alone. Recursion stays; nothing outside the project is ever read.

import { definitionName, dereference, findDefinition } from './dereference.ts';
import { appendPointer } from './json-pointer.ts';
import { isRecord, ownProperty } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { referenceProblem } from './reference-problems.ts';
import type { SchemaProblem } from './schema-problem.ts';
import { mapSubschemas, subschemasOf } from './subschemas.ts';
import { createSuggester } from './suggester.ts';
import type { Suggester } from './suggester.ts';

/** Finds a shared schema: `schema:NAME` → the whole document and its name. A definition in it, `#/$defs/X`, is found here. */
export type SchemaResolver = (reference: string) => SharedSchema | undefined;

export interface SharedSchema {
  readonly name: string;
  /** Absent when the file could not be read. */
  readonly schema?: unknown;
  /** Mistakes in it are told already; what it seems to lack may only be misspelt there. */
  readonly isBroken?: boolean;
}

export interface ResolvedSchema {
  readonly schema: JsonSchema;
  /** At the `$ref`s of the given schema; those inside shared schemas are mistakes of the other file. */
  readonly problems: readonly SchemaProblem[];
  /** False when a reference, wherever it stands, could not be followed. */
  readonly isComplete: boolean;
  /** Definitions that came from shared schemas, by their name here. */
  readonly imports: ReadonlyMap<string, SchemaOrigin>;
  /** Where the keywords of the root came from, when the given schema is only a reference. */
  readonly rootOrigin?: SchemaOrigin;
}

/** A place in a shared schema, such as `schema:common` and `/$defs/Locale`. */
export interface SchemaOrigin {
  readonly document: string;
  readonly pointer: string;
}

/**
 * Resolves all references. A schema that is a reference as a whole gets the keywords of its target, so that its root always
 * says what it is. Where a reference fails, a schema that admits anything stands in its place and the problem is reported.
 * `nearDocuments` names shared schemas whose names are near to one that does not exist.
 */
export function resolveSchema(
  schema: unknown,
  resolver: SchemaResolver,
  nearDocuments: (name: string) => readonly string[] = () => [],
): ResolvedSchema {
  const root = isRecord(schema) ? schema : {};
  const context: Context = {
    root,
    resolver,
    nearDocuments,
    problems: [],
    failures: 0,
    nearest: createSuggester(),
    names: new Map(),
    definitions: new Map(),
  };
  for (const name of Object.keys(ownDefinitions(root))) context.definitions.set(name, {});
  const resolved = resolveNode(root, { document: '', pointer: '' }, context);
  const own = ownDefinitions(resolved);
  const whole = inlineRoot(withDefinitions(resolved, { ...own, ...imports(context) }));
  const used = reachable(whole, Object.keys(own));
  const definitions = Object.entries(ownDefinitions(whole)).filter(([name]) => used.has(name));
  return {
    schema: withDefinitions(whole, Object.fromEntries(definitions)),
    problems: context.problems,
    isComplete: context.failures === 0,
    imports: new Map(originsOf(context)),
    ...rootOriginOf(root, context),
  };
}

/** Every definition that was brought here, those included that only the root stands for. */
function originsOf({ names }: Context): (readonly [string, SchemaOrigin])[] {
  return [...names].map(([absolute, name]) => {
    const hash = absolute.indexOf('#');
    return [name, { document: absolute.slice(0, hash), pointer: absolute.slice(hash + 1) }];
  });
}

function rootOriginOf({ $ref }: JsonSchema, context: Context): { readonly rootOrigin?: SchemaOrigin } {
  const target = typeof $ref === 'string' ? parseReference($ref, '') : undefined;
  const name = target === undefined ? undefined : context.names.get(target.absolute);
  const origin = originsOf(context).find(([each]) => each === name)?.[1];
  return origin === undefined ? {} : { rootOrigin: origin };
}

interface Context {
  readonly root: JsonSchema;
  readonly resolver: SchemaResolver;
  readonly nearDocuments: (name: string) => readonly string[];
  readonly problems: SchemaProblem[];
  failures: number;
  readonly nearest: Suggester;
  /** Absolute reference → name of its definition here. */
  readonly names: Map<string, string>;
  /** Names that are taken, with what they stand for; the own ones are empty until they are resolved in place. */
  readonly definitions: Map<string, JsonSchema>;
}

/** Where a node stands: in the given schema (`document` is empty) or in a shared one such as `schema:common`. */
interface Place {
  readonly document: string;
  /** Pointer into the given schema; for a node of a shared schema, that of the `$ref` that led there. */
  readonly pointer: string;
}

function resolveNode(node: JsonSchema, place: Place, context: Context): JsonSchema {
  const mapped = mapSubschemas(node, (inner, tokens) =>
    resolveNode(inner, innerPlace(place, tokens), context),
  );
  if (node['$ref'] === undefined) return mapped;
  const name = resolveReference(node['$ref'], place, context);
  if (name !== undefined) return { ...mapped, $ref: appendPointer('#', '$defs', name) };
  const { $ref: _, ...rest } = mapped;
  return rest;
}

function innerPlace(place: Place, tokens: readonly (string | number)[]): Place {
  return place.document === '' ? { ...place, pointer: appendPointer(place.pointer, ...tokens) } : place;
}

/** The local name of what a reference leads to, after its definition is brought here. */
function resolveReference(reference: unknown, place: Place, context: Context): string | undefined {
  const target = typeof reference === 'string' ? parseReference(reference, place.document) : undefined;
  if (target === undefined) return fail(reference, place, context);
  const known = context.names.get(target.absolute);
  if (known !== undefined) return known;
  const found = documentNamed(target.document, context);
  const definition = isRecord(found?.schema) ? definitionAt(found.schema, target) : undefined;
  if (definition === undefined) return fail(reference, place, context, found);
  if (target.document === '') return definitionName(target.absolute);
  const wanted = definitionName(`#${target.fragment}`) ?? found?.name ?? '';
  return bringHere({ definition, wanted, target, place, context });
}

function documentNamed(document: string, context: Context): SharedSchema | undefined {
  return document === '' ? { schema: context.root, name: '' } : context.resolver(document);
}

/** Reports a reference of the given schema, unless its target is in a file whose own mistakes explain it. */
function fail(
  reference: unknown,
  { document, pointer }: Place,
  context: Context,
  found?: SharedSchema,
): undefined {
  context.failures += 1;
  if (document !== '' || found?.isBroken === true) return;
  const schemaOf = (name: string): JsonSchema | undefined => {
    const shared = documentNamed(name, context);
    return isRecord(shared?.schema) ? shared.schema : undefined;
  };
  const { nearDocuments, nearest } = context;
  const surroundings = { document, schemaOf, nearDocuments, nearest };
  context.problems.push(referenceProblem(reference, appendPointer(pointer, '$ref'), surroundings));
}

function definitionAt(document: JsonSchema, { document: name, fragment }: Target): JsonSchema | undefined {
  if (fragment !== '') return findDefinition(document, `#${fragment}`);
  return name === '' ? undefined : withoutDefinitions(document);
}

interface Import {
  readonly definition: JsonSchema;
  readonly wanted: string;
  readonly target: Target;
  readonly place: Place;
  readonly context: Context;
}

function bringHere({ definition, wanted, target, place, context }: Import): string {
  const name = freeName(wanted, target.document, context);
  context.names.set(target.absolute, name);
  context.definitions.set(name, {});
  const pointer = place.document === '' ? appendPointer(place.pointer, '$ref') : place.pointer;
  context.definitions.set(name, resolveNode(definition, { document: target.document, pointer }, context));
  return name;
}

/** A reference in its parts; `document` is empty for the given schema, else such as `schema:common`. */
interface Target {
  readonly document: string;
  readonly fragment: string;
  readonly absolute: string;
}

const sharedReference = /^(?<document>schema:[^#\s]+)(?:#(?<fragment>[^\s]*))?$/;

/** A reference seen from a document; `undefined` when it leads out of the project. */
function parseReference(reference: string, from: string): Target | undefined {
  const groups = reference.startsWith('#')
    ? { document: from, fragment: reference.slice(1) }
    : sharedReference.exec(reference)?.groups;
  if (groups?.['document'] === undefined) return undefined;
  const { document, fragment = '' } = groups;
  return { document, fragment, absolute: `${document}#${fragment}` };
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
function withoutDefinitions(schema: JsonSchema): JsonSchema {
  const { $defs: _definitions, $schema: _dialect, $id: _id, ...rest } = schema;
  return rest;
}
