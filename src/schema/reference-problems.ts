// What is said of a `$ref` that leads nowhere: what kind of reference it is, what was probably meant, and what there is.

import { didYouMean } from '../diagnostics/words.ts';
import { definitionName } from './dereference.ts';
import { appendPointer } from './json-pointer.ts';
import { isRecord } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import type { SchemaFix, SchemaProblem } from './schema-problem.ts';
import type { Suggester } from './suggester.ts';

/** So many definitions are listed in a message. */
const listedMax = 10;

/** What a reference can be looked up in. */
export interface ReferenceSurroundings {
  /** The document that holds the reference: empty for the given schema, else such as `schema:common`. */
  readonly document: string;
  readonly schemaOf: (document: string) => JsonSchema | undefined;
  readonly nearDocuments: (name: string) => readonly string[];
  readonly nearest: Suggester;
}

type ReferenceProblem = Pick<SchemaProblem, 'code' | 'message' | 'help'> & {
  /** What was meant, when that exists. */
  readonly replacement?: string;
};

/** The problem with a reference that could not be followed. */
export function referenceProblem(
  reference: unknown,
  pointer: string,
  surroundings: ReferenceSurroundings,
): SchemaProblem {
  const { replacement, ...problem } = describe(reference, surroundings);
  const fix: SchemaFix | undefined =
    replacement === undefined
      ? undefined
      : {
          message: `Write \`${replacement}\`.`,
          safety: 'safe',
          edits: [{ kind: 'replace-value', pointer, value: replacement }],
        };
  return { pointer, ...problem, ...(fix && { fixes: [fix] }) };
}

function describe(reference: unknown, surroundings: ReferenceSurroundings): ReferenceProblem {
  if (typeof reference !== 'string') {
    const message = 'A $ref is text, such as "#/$defs/Locale" or "schema:common#/$defs/Locale".';
    return { code: 'schema/unresolved-ref', message, help: 'write the reference in quotes' };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\/|^\/\/|^(?:urn|data|javascript|file):/i.test(reference))
    return remote(reference);
  const hash = reference.includes('#') ? reference.indexOf('#') : reference.length;
  const [document, fragment] = [reference.slice(0, hash), reference.slice(hash + 1)];
  if (document === '') return inDocument(reference, fragment, surroundings.document, surroundings);
  if (document.startsWith('schema:')) {
    return surroundings.schemaOf(document) === undefined
      ? noDocument(document, fragment, surroundings)
      : inDocument(reference, fragment, document, surroundings);
  }
  return /[/\\]|\.(?:ya?ml|json)$/i.test(document)
    ? path(document, fragment, surroundings)
    : bareName(reference, document, fragment, surroundings);
}

function remote(reference: string): ReferenceProblem {
  return {
    code: 'schema/remote-ref',
    message: `"${reference}" leads out of the project; references may not.`,
    help: 'copy the schema into schemas/ and refer to it as schema:NAME or schema:NAME#/$defs/X',
  };
}

// -- the document is there, the definition is not

function inDocument(
  reference: string,
  fragment: string,
  document: string,
  surroundings: ReferenceSurroundings,
): ReferenceProblem {
  const schema = surroundings.schemaOf(document) ?? {};
  const names = definitionNames(schema);
  const written = document === surroundings.document ? '' : document;
  const meant = definitionMeant(fragment, names);
  const wanted = definitionName(`#${fragment}`);
  if (wanted === undefined && meant !== undefined) {
    const replacement = referenceTo(written, meant);
    const message = `"${reference}" does not lead to a definition; references have the form #/$defs/NAME.`;
    return { code: 'schema/unresolved-ref', message, help: `write \`${replacement}\``, replacement };
  }
  if (wanted === undefined) return otherPointer(reference, fragment, written, names);
  const near = surroundings.nearest(wanted, names.list);
  const [only, ...others] = near;
  return {
    code: 'schema/unresolved-ref',
    message: `${written === '' ? 'This schema' : written} has no #${fragment}.`,
    help: didYouMean(near) ?? definitionsInWords(written, names),
    ...(only !== undefined && others.length === 0 && { replacement: referenceTo(written, only) }),
  };
}

function otherPointer(
  reference: string,
  fragment: string,
  written: string,
  names: DefinitionNames,
): ReferenceProblem {
  const isRoot = fragment === '' || fragment === '/';
  return {
    code: 'schema/unresolved-ref',
    message: isRoot
      ? 'The root of a schema has no name to refer to.'
      : `"${reference}" does not lead to a definition; references have the form #/$defs/NAME.`,
    help:
      isRoot || fragment.startsWith('/properties/')
        ? 'move what is used twice under `$defs`, and refer to it from both places'
        : definitionsInWords(written, names),
  };
}

/** `Locale` for `#Locale`, `#/Locale`, `#/definitions/Locale` and `#/components/schemas/Locale`, when it is defined. */
function definitionMeant(fragment: string, names: DefinitionNames): string | undefined {
  if (fragment.startsWith('/properties/')) return undefined;
  const last = fragment.slice(fragment.lastIndexOf('/') + 1);
  return names.has(last) ? last : undefined;
}

// -- the document is not there

function noDocument(
  document: string,
  fragment: string,
  surroundings: ReferenceSurroundings,
): ReferenceProblem {
  const name = document.replace('schema:', '');
  const stem = stemOf(name);
  if (surroundings.schemaOf(`schema:${stem}`) !== undefined) {
    const replacement = replacementFor(`schema:${stem}`, fragment, surroundings);
    const message = `Shared schemas go by their name alone; "${name}" is more than that.`;
    return { code: 'schema/unresolved-ref', message, ...wayTo(replacement, `schema:${stem}`) };
  }
  const near = surroundings.nearDocuments(name).map((each) => `schema:${each}`);
  const [only, ...others] = near;
  const replacement =
    only !== undefined && others.length === 0 ? replacementFor(only, fragment, surroundings) : undefined;
  return {
    code: 'schema/unresolved-ref',
    message: `There is no shared schema "${name}".`,
    help: didYouMean(near) ?? `a shared schema is a file of that name: schemas/${name}.schema.yaml`,
    ...(replacement !== undefined && { replacement }),
  };
}

function path(document: string, fragment: string, surroundings: ReferenceSurroundings): ReferenceProblem {
  const name = `schema:${stemOf(document)}`;
  const isKnown = surroundings.schemaOf(name) !== undefined;
  const replacement = isKnown ? replacementFor(name, fragment, surroundings) : undefined;
  return {
    code: 'schema/path-ref',
    message: `"${document}" is a path; shared schemas go by their name.`,
    ...(isKnown
      ? wayTo(replacement, name)
      : { help: 'copy the schema into schemas/ and refer to it as schema:NAME or schema:NAME#/$defs/X' }),
  };
}

/** `Locale` alone, or `common#/$defs/Locale` without its `schema:`. */
function bareName(
  reference: string,
  document: string,
  fragment: string,
  surroundings: ReferenceSurroundings,
): ReferenceProblem {
  const problem = { code: 'schema/unresolved-ref', message: `"${reference}" is no reference.` };
  const own = definitionNames(surroundings.schemaOf(surroundings.document) ?? {});
  if (!reference.includes('#') && own.has(reference)) {
    return { ...problem, ...wayTo(referenceTo('', reference), '') };
  }
  const name = `schema:${stemOf(document)}`;
  if (surroundings.schemaOf(name) === undefined) {
    return { ...problem, help: 'write #/$defs/NAME, or schema:FILE#/$defs/NAME for a shared schema' };
  }
  return { ...problem, ...wayTo(replacementFor(name, fragment, surroundings), name) };
}

function wayTo(
  replacement: string | undefined,
  document: string,
): { readonly help: string; readonly replacement?: string } {
  return replacement === undefined
    ? { help: `write \`${document}#/$defs/NAME\`` }
    : { help: `write \`${replacement}\``, replacement };
}

function replacementFor(
  document: string,
  fragment: string,
  { schemaOf }: ReferenceSurroundings,
): string | undefined {
  if (fragment === '') return document;
  const meant = definitionMeant(fragment, definitionNames(schemaOf(document) ?? {}));
  return meant === undefined ? undefined : referenceTo(document, meant);
}

/** `common` for `../schemas/common.schema.yaml`. */
function stemOf(path: string): string {
  return path
    .slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
    .replace(/\.(?:ya?ml|json)$/i, '')
    .replace(/\.schema$/, '');
}

// -- words

function referenceTo(document: string, name: string): string {
  return `${document}${appendPointer('#', '$defs', name)}`;
}

interface DefinitionNames {
  readonly list: readonly string[];
  readonly has: (name: string) => boolean;
}

const namesBySchema = new WeakMap<JsonSchema, DefinitionNames>();

/** Listed once for each schema: a long one may have many references that lead nowhere. */
function definitionNames(schema: JsonSchema): DefinitionNames {
  const known = namesBySchema.get(schema);
  if (known !== undefined) return known;
  const list = isRecord(schema['$defs']) ? Object.keys(schema['$defs']) : [];
  const set = new Set(list);
  const names = { list, has: (name: string) => set.has(name) };
  namesBySchema.set(schema, names);
  return names;
}

function definitionsInWords(document: string, { list: names }: DefinitionNames): string {
  if (names.length === 0) return 'write it under $defs, at the root of the schema';
  const listed = names.slice(0, listedMax).join(', ');
  const owner = document === '' ? 'this schema' : document;
  return `${owner} defines ${listed}${names.length > listedMax ? ', …' : ''}`;
}
