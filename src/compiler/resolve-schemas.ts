// The schema part of phase 3: the input and output of a capability, and shared schema files. A schema is read keyword by
// keyword, its references are followed, and then it is looked at as a whole. What is wrong in a shared file is said once,
// in that file; a capability that uses it is only left out.

import type { Diagnostic, Report } from '../diagnostics/diagnostic.ts';
import type { JsonSchema } from '../registry/snapshot.ts';
import { closeObjects } from '../schema/close-objects.ts';
import { checkContract } from '../schema/contract/check-contract.ts';
import { checkReferenceDepth } from '../schema/contract/reference-depth.ts';
import { readPointer } from '../schema/json-pointer.ts';
import { resolveSchema } from '../schema/resolve-schema.ts';
import type { ResolvedSchema, SchemaOrigin, SharedSchema } from '../schema/resolve-schema.ts';
import type { SchemaProblem } from '../schema/schema-problem.ts';
import { readSchema } from '../schema/subset/read-schema.ts';
import type { SchemaReading } from '../schema/subset/read-schema.ts';
import { isAtOrBelow, parentPointer, pointerKeys, pointerTo } from './json-pointer.ts';
import type { Dependencies, LibraryView } from './library.ts';
import { areCurrent, openLibrary } from './library.ts';
import type { ContractSchema, DefinitionOrigin, Library, SchemaFile } from './program.ts';
import { reportSchemaProblems } from './schema-problems.ts';
import type { ForeignPlace } from './schema-problems.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** Reports what is wrong with a schema in a capability; undefined when it has an error, here or in a file that it uses. */
export function resolveContract(
  tree: SyntaxTree,
  schema: unknown,
  base: '/input' | '/output',
  library: LibraryView,
  report: Report,
): ContractSchema | undefined {
  const looked = lookAt(schema, library);
  const { resolved } = looked;
  const origins = originsOf(resolved, library);
  reportSchemaProblems(looked.problems, tree, base, report, foreignPlaces(origins));
  const isSound =
    resolved.isComplete &&
    !looked.problems.some(isError) &&
    !looked.hasForeignErrors &&
    !usesBroken(resolved, library);
  return isSound ? { schema: closeObjects(resolved.schema), ...origins } : undefined;
}

/** The schema at `/input` or `/output` with everything it names, as far as it can be followed; nothing is reported. */
export function readContract(schema: unknown, library: LibraryView): JsonSchema {
  return closeObjects(resolveSchema(schema, (reference) => lookUp(reference, library)).schema);
}

interface Look {
  readonly resolved: ResolvedSchema;
  /** Of this schema, in the order in which they are found. */
  readonly problems: readonly SchemaProblem[];
  /** Whether a definition from a shared file is contradictory or the like. */
  readonly hasForeignErrors: boolean;
}

function lookAt(schema: unknown, library: LibraryView): Look {
  const { problems, sound } = readSchema(schema);
  const resolved = resolveSchema(
    sound,
    (reference) => lookUp(reference, library),
    (name) => library.nearSchemas(name),
  );
  const meaning = [...checkReferenceDepth(resolved.schema), ...checkContract(resolved.schema)];
  const own = meaning.filter(({ pointer }) => isOwn(pointer, sound));
  return {
    resolved,
    problems: [...problems, ...resolved.problems, ...own],
    hasForeignErrors: meaning.some((problem) => isError(problem) && !own.includes(problem)),
  };
}

/** Whether a place of the resolved schema stands in the schema that was given, not in a definition brought in. */
function isOwn(pointer: string, schema: JsonSchema): boolean {
  return readPointer(schema, parentPointer(pointer)) !== undefined;
}

/** `schema:NAME` is the file NAME, as far as it is understood. */
function lookUp(reference: string, library: LibraryView): SharedSchema | undefined {
  const file = library.schema(reference.replace(/^schema:/, ''));
  if (file === undefined) return undefined;
  if (file.tree === undefined) return { name: file.name, isBroken: true };
  const { sound, problems } = readingOf(file.tree);
  return { name: file.name, schema: sound, isBroken: problems.some(isError) };
}

const readings = new WeakMap<SyntaxTree, SchemaReading>();

function readingOf(tree: SyntaxTree): SchemaReading {
  const reading = readings.get(tree) ?? readSchema(tree.value);
  readings.set(tree, reading);
  return reading;
}

/** Whether a definition that was brought in has an error in its own file. */
function usesBroken({ imports, rootOrigin }: ResolvedSchema, library: LibraryView): boolean {
  const origins = [...imports.values(), ...(rootOrigin ? [rootOrigin] : [])];
  return origins.some(({ document, pointer }) => {
    const tree = library.schema(document.replace(/^schema:/, ''))?.tree;
    if (tree === undefined) return true;
    const { problems } = readingOf(tree);
    return problems.some((problem) => isError(problem) && isAtOrBelow(problem.pointer, pointer));
  });
}

function originsOf(
  { imports, rootOrigin }: ResolvedSchema,
  library: LibraryView,
): Pick<ContractSchema, 'origins' | 'rootOrigin'> {
  const originOf = ({ document, pointer }: SchemaOrigin): DefinitionOrigin[] => {
    const file = library.schema(document.replace(/^schema:/, ''));
    return file === undefined ? [] : [{ file, pointer }];
  };
  const [root] = rootOrigin === undefined ? [] : originOf(rootOrigin);
  return {
    origins: new Map([...imports].flatMap(([name, origin]) => originOf(origin).map((each) => [name, each]))),
    ...(root && { rootOrigin: root }),
  };
}

function foreignPlaces({ origins }: Pick<ContractSchema, 'origins'>): ForeignPlace {
  return (pointer) => {
    const [word, name = '', ...below] = pointerKeys(pointer);
    const origin = word === '$defs' ? origins.get(name) : undefined;
    const tree = origin?.file.tree;
    return tree && { tree, pointer: pointerTo(origin?.pointer ?? '', ...below) };
  };
}

function isError({ severity }: SchemaProblem): boolean {
  return severity === undefined || severity === 'error';
}

// -- shared files

interface CheckedFile {
  readonly diagnostics: readonly Diagnostic[];
  readonly dependencies: Dependencies;
}

const checkedFiles = new WeakMap<SchemaFile, CheckedFile>();

/** A shared schema file by itself; looked at again only when it, or a file that it refers to, has changed. */
export function checkSchemaFile(file: SchemaFile, library: Library, report: Report): void {
  const { tree } = file;
  if (tree === undefined) return;
  const known = checkedFiles.get(file);
  const checked = known && areCurrent(known.dependencies, library) ? known : checkAnew(tree, library);
  checkedFiles.set(file, checked);
  checked.diagnostics.forEach(report);
}

function checkAnew(tree: SyntaxTree, library: Library): CheckedFile {
  const { view, dependencies } = openLibrary(library);
  const diagnostics: Diagnostic[] = [];
  const { problems, resolved } = lookAt(tree.value, view);
  const places = foreignPlaces(originsOf(resolved, view));
  reportSchemaProblems(problems, tree, '', (each) => diagnostics.push(each), places);
  return { diagnostics, dependencies: dependencies() };
}
