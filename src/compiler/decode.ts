// Phase 2: a syntax tree to a typed declaration. Ajv judges by schemas/*.schema.json; decode-problems.ts puts each of its
// verdicts into our words.

import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import acknowledgementsSchema from '../../schemas/acknowledgements.schema.json' with { type: 'json' };
import capabilitySchema from '../../schemas/capability.schema.json' with { type: 'json' };
import projectSchema from '../../schemas/project.schema.json' with { type: 'json' };
import type { Report } from '../diagnostics/diagnostic.ts';
import type {
  AcknowledgementsDeclaration,
  CapabilityDeclaration,
  ProjectDeclaration,
} from './declaration.gen.ts';
import { createDecodeProblems } from './decode-problems.ts';
import type { DeclarationKind } from './decode/fields.ts';
import { chooseBranch } from './choose-branch.ts';
import { isAtOrBelow } from './json-pointer.ts';
import type { SyntaxTree } from './syntax-tree.ts';

// The package is CommonJS; which of the two shapes arrives depends on who loads it.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: true, messages: false });
addFormats(ajv, ['date']);
// What only editors read.
ajv.addVocabulary(['markdownDescription', 'enumDescriptions', 'defaultSnippets']);
ajv.addSchema(capabilitySchema);
ajv.addSchema(projectSchema);
ajv.addSchema(acknowledgementsSchema);

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
  const verdicts = judge(schemaId, tree.value, '');
  problems.reportVerdicts(verdicts);
  return verdicts.length === 0;
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
  const unions = outermost(errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf'));
  const others = errors.filter(
    (error) => !unions.some((union) => isAtOrBelow(error.instancePath, union.instancePath)),
  );
  return withoutRepetitions([
    ...others.map((error) => verdictOf(error, base)),
    ...unions.flatMap((union) => judgeUnion(union, root, base)),
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

function outermost(unions: readonly ErrorObject[]): ErrorObject[] {
  return unions.filter(
    (union) =>
      !unions.some(
        (other) =>
          other.instancePath !== union.instancePath && isAtOrBelow(union.instancePath, other.instancePath),
      ),
  );
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

function validatorOf(uri: string): ValidateFunction {
  const validate = ajv.getSchema(uri);
  if (validate === undefined) throw new Error(`Capstan has a bug: schemas/ has no ${uri}`);
  return validate;
}

function validatorSchema(uri: string): Record<string, unknown> {
  return validatorOf(uri).schema as Record<string, unknown>;
}
