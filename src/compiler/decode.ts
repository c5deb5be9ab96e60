// Phase 2: a syntax tree to a typed declaration. Ajv judges by schemas/*.schema.json; decode-problems.ts puts each of its
// verdicts into our words.

import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import acknowledgementsSchema from '../../schemas/acknowledgements.schema.json' with { type: 'json' };
import capabilitySchema from '../../schemas/capability.schema.json' with { type: 'json' };
import projectSchema from '../../schemas/project.schema.json' with { type: 'json' };
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Json } from '../registry/snapshot.ts';
import type {
  AcknowledgementsDeclaration,
  CapabilityDeclaration,
  ProjectDeclaration,
} from './declaration.gen.ts';
import { createDecodeProblems } from './decode-problems.ts';
import type { DeclarationKind } from './decode/fields.ts';
import { chooseBranch } from './choose-branch.ts';
import { parentPointer } from './json-pointer.ts';
import type { SyntaxTree } from './syntax-tree.ts';

// The package is CommonJS; which of the two shapes arrives depends on who loads it.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

const schemas = [capabilitySchema, projectSchema, acknowledgementsSchema];
/** What only editors read. */
const editorKeywords = ['markdownDescription', 'enumDescriptions', 'defaultSnippets'];

/** Stops at the first mistake: whether there is one is all that most files are asked. */
const soon = once(() => createAjv(false));
/** For a file in which there is one. */
const thorough = once(() => createAjv(true));

/** That our own schemas are schemas is for a test to say; asking costs more than compiling them. */
function createAjv(allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors,
    verbose: true,
    strict: true,
    messages: false,
    validateSchema: false,
    // The few validators that there are run too seldom to earn it back.
    code: { optimize: false },
  });
  addFormats(ajv, ['date']);
  ajv.addVocabulary(editorKeywords);
  ajv.addSchema(schemas);
  return ajv;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Reads a capability file. Undefined when anything in it does not fit the schema; all of that was reported. */
export function decodeCapability(tree: SyntaxTree, report: Report): CapabilityDeclaration | undefined {
  const fits = decode(tree, capabilitySchema.$id, 'Capability', report);
  return fits ? (tree.value as unknown as CapabilityDeclaration) : undefined;
}

/** Reads the project file. Undefined when anything in it does not fit the schema; all of that was reported. */
export function decodeProject(tree: SyntaxTree, report: Report): ProjectDeclaration | undefined {
  const fits = decode(tree, projectSchema.$id, 'Project', report);
  return fits ? (tree.value as unknown as ProjectDeclaration) : undefined;
}

/** Reads capstan.ack.yaml. Undefined when anything in it does not fit the schema; all of that was reported. */
export function decodeAcknowledgements(
  tree: SyntaxTree,
  report: Report,
): AcknowledgementsDeclaration | undefined {
  const fits = decode(tree, acknowledgementsSchema.$id, 'Acknowledgements', report);
  return fits ? (tree.value as unknown as AcknowledgementsDeclaration) : undefined;
}

function decode(tree: SyntaxTree, schemaId: string, kind: DeclarationKind, report: Report): boolean {
  const problems = createDecodeProblems(tree, kind, report);
  if (!problems.checkEnvelope()) return false;
  if (validatorOf(schemaId, soon)(tree.value)) return true;
  const verdicts = judge(schemaId, withShortLists(tree.value), '');
  // What is wrong may stand where nothing was looked at.
  problems.reportVerdicts(verdicts.length > 0 ? verdicts : firstVerdicts(schemaId, tree.value));
  return false;
}

/** Longer lists are longer than any schema allows that is about lists of things; more verdicts than these are not worded. */
const listLengthMax = 1_001;

/** A value with no more of each list than is worth judging: what is wrong with thousands of items nobody reads. */
function withShortLists(value: Json): Json {
  if (Array.isArray(value)) return value.slice(0, listLengthMax).map(withShortLists);
  if (typeof value !== 'object' || value === null) return value;
  const shorter: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(value)) shorter[key] = withShortLists(inner);
  return shorter;
}

/** The first mistake and what it comes to in the unions around it. */
function firstVerdicts(schemaId: string, value: Json): Verdict[] {
  const validate = validatorOf(schemaId, soon);
  return validate(value) ? [] : (validate.errors ?? []).slice(0, 1).map((error) => verdictOf(error, ''));
}

/** One thing that Ajv holds against a value; `pointer` counts from the root of the file. */
export interface Verdict {
  readonly pointer: string;
  readonly keyword: string;
  readonly params: Record<string, unknown>;
  readonly data: unknown;
  /** The `#/$defs/…` path of the schema that refused. */
  readonly schemaPath: string;
  readonly schema: Record<string, unknown>;
}

/**
 * All verdicts on a value. Of a union only the branch that was plainly meant is judged: the verdicts of the others say
 * what nobody asked.
 */
function judge(schemaUri: string, value: unknown, base: string): Verdict[] {
  const validate = validatorOf(schemaUri);
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  const root = schemaUri.replace(/#.*$/, '');
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const places = new Set(unions.map(({ instancePath }) => instancePath));
  const outermost = unions.filter(({ instancePath }) => !isAnyAbove(places, instancePath));
  const others = errors.filter(
    ({ instancePath }) => !places.has(instancePath) && !isAnyAbove(places, instancePath),
  );
  return withoutRepetitions([
    ...others.map((error) => verdictOf(error, base)),
    ...outermost.flatMap((union) => judgeUnion(union, root, base)),
  ]);
}

function judgeUnion(union: ErrorObject, root: string, base: string): Verdict[] {
  const branches = (union.schema as { readonly $ref: string }[]).map(({ $ref }) => ({
    uri: `${root}${$ref}`,
    schema: validatorSchema(`${root}${$ref}`),
  }));
  const choice = chooseBranch(
    union.data,
    branches.map(({ schema }) => schema),
  );
  const pointer = `${base}${union.instancePath}`;
  if (choice.kind === 'verdict') {
    return [{ pointer: `${pointer}${choice.below}`, schemaPath: union.schemaPath, ...choice.verdict }];
  }
  const branch = branches[choice.index];
  return branch === undefined ? [] : judge(branch.uri, union.data, pointer);
}

/** Whether one of the places holds the one at `pointer`. */
function isAnyAbove(places: ReadonlySet<string>, pointer: string): boolean {
  let at = pointer;
  while (at !== '') {
    at = parentPointer(at);
    if (places.has(at)) return true;
  }
  return false;
}

function verdictOf(error: ErrorObject, base: string): Verdict {
  return {
    pointer: `${base}${error.instancePath}`,
    keyword: error.keyword,
    params: {
      ...(error.params as Record<string, unknown>),
      ...(error.propertyName !== undefined && { propertyName: error.propertyName }),
    },
    data: error.data,
    schemaPath: error.schemaPath,
    schema: error.parentSchema ?? {},
  };
}

/** Of several verdicts on one value the first that names its type or form is enough. */
function withoutRepetitions(verdicts: readonly Verdict[]): Verdict[] {
  const seen = new Set<string>();
  return verdicts.filter((verdict) => {
    if (verdict.keyword === 'propertyNames') return false;
    const isAboutChild = verdict.keyword === 'required' || verdict.keyword === 'additionalProperties';
    const detail = isAboutChild
      ? JSON.stringify(verdict.params)
      : String(verdict.params['propertyName'] ?? '');
    const key = `${verdict.pointer} ${isAboutChild ? verdict.keyword : 'value'} ${detail}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function validatorOf(uri: string, ajv = thorough): ValidateFunction {
  const validate = ajv().getSchema(uri);
  if (validate === undefined) throw new Error(`Capstan has a bug: schemas/ has no ${uri}`);
  return validate;
}

function validatorSchema(uri: string): Record<string, unknown> {
  return validatorOf(uri).schema as Record<string, unknown>;
}
