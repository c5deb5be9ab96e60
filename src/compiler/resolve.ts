// Phase 3: a declaration with its names followed: `$ref`s to shared schemas, partials, and the templates themselves.

import type { Report } from '../diagnostics/diagnostic.ts';
import type { JsonSchema } from '../registry/snapshot.ts';
import { checkSchemaSubset } from '../schema/check-schema-subset.ts';
import { closeObjects } from '../schema/close-objects.ts';
import { dereference } from '../schema/dereference.ts';
import { resolveSchema } from '../schema/resolve-schema.ts';
import { parseTemplate } from '../template/parse-template.ts';
import type { ParseOptions } from '../template/parse-template.ts';
import { sectionKinds } from '../template/section-kind.ts';
import type { Template } from '../template/template.ts';
import type { CapabilityDeclaration } from './declaration.gen.ts';
import { valueAt } from './json-pointer.ts';
import type { LibraryView } from './library.ts';
import { partialCalls } from './partial-calls.ts';
import type { CapabilityUnit, PartialFile, ResolvedPart, SchemaFile } from './program.ts';
import { reportSchemaProblem } from './schema-problems.ts';
import type { SyntaxTree } from './syntax-tree.ts';
import { reportTemplateProblem } from './template-problems.ts';
import type { PlaceOf } from './template-problems.ts';
import { didYouMean, quoteValue } from './words.ts';

/** Follows everything that one capability names. What cannot be followed is reported and left out. */
export function resolve(
  tree: SyntaxTree,
  declaration: CapabilityDeclaration,
  library: LibraryView,
  report: Report,
): CapabilityUnit {
  const { name, version } = declaration.metadata;
  const major = Number.parseInt(version, 10);
  const input = resolveContract(tree, declaration.input, '/input', library, report);
  const output = resolveContract(tree, declaration.output, '/output', library, report);
  const isInputObject = input !== undefined && isObjectSchema(input);
  if (input !== undefined && !isInputObject) reportInputNotObject(tree, input, report);
  const prompt = resolvePrompt(tree, declaration, input, report);
  const partials = resolvePartials(tree, prompt, library, report);
  return {
    tree,
    declaration,
    key: `${name}@${major}`,
    major,
    ...(input && isInputObject && { input }),
    ...(output && { output }),
    prompt,
    partials,
  };
}

// -- schemas

function resolveContract(
  tree: SyntaxTree,
  schema: unknown,
  base: '/input' | '/output',
  library: LibraryView,
  report: Report,
): JsonSchema | undefined {
  const problems = checkSchemaSubset(schema);
  for (const problem of problems) reportSchemaProblem(problem, tree, base, report);
  const resolved = resolveSchema(schema, (ref) => lookUp(ref, library));
  for (const problem of resolved.problems) reportSchemaProblem(problem, tree, base, report);
  if (problems.some(isError) || resolved.problems.length > 0) return undefined;
  return closeObjects(resolved.schema);
}

/** `schema:NAME` and `schema:NAME#/…` both mean the file NAME. */
function lookUp(ref: string, library: LibraryView): { schema: unknown; name: string } | undefined {
  const name = /^schema:(?<name>[^#]+)/.exec(ref)?.groups?.['name'];
  const file = name === undefined ? undefined : library.schema(name);
  return file?.tree && { schema: file.tree.value, name: file.name };
}

function isError(problem: { readonly severity?: string }): boolean {
  return problem.severity === undefined || problem.severity === 'error';
}

function isObjectSchema(schema: JsonSchema): boolean {
  return dereference(schema, schema)['type'] === 'object';
}

function reportInputNotObject(tree: SyntaxTree, input: JsonSchema, report: Report): void {
  const type = dereference(input, input)['type'];
  const hasType = valueAt(tree.value, '/input/type') !== undefined;
  report({
    code: 'schema/input-not-an-object',
    severity: 'error',
    message:
      typeof type === 'string'
        ? `The input is a map of named values; this schema says ${quoteValue(type)}.`
        : 'The input is a map of named values; this schema does not say so.',
    span: hasType ? tree.spanOf('/input/type') : tree.spanOf('/input', 'key'),
    help: ['write `type: object` and one property for each value'],
    pointer: '/input',
  });
}

/** A shared schema file on its own: what is wrong in it is said once, there. */
export function checkSchemaFile(file: SchemaFile, library: LibraryView, report: Report): void {
  const { tree } = file;
  if (tree === undefined) return;
  for (const problem of checkSchemaSubset(tree.value)) reportSchemaProblem(problem, tree, '', report);
  const resolved = resolveSchema(tree.value, (ref) => lookUp(ref, library));
  for (const problem of resolved.problems) reportSchemaProblem(problem, tree, '', report);
}

// -- prompt

function resolvePrompt(
  tree: SyntaxTree,
  declaration: CapabilityDeclaration,
  input: JsonSchema | undefined,
  report: Report,
): ResolvedPart[] {
  const sectionKind = input && sectionKinds(input);
  return declaration.prompt.map((part, index): ResolvedPart => {
    if ('slot' in part) return { kind: 'slot', slot: 'history' };
    const pointer = `/prompt/${index}/content`;
    const placeOf: PlaceOf = (start, end) => tree.spanInText(pointer, start, end);
    const template = readTemplate(part.content, placeOf, report, sectionKind);
    return { kind: 'message', role: part.role, pointer, ...(template && { template }) };
  });
}

function readTemplate(
  text: string,
  placeOf: PlaceOf,
  report: Report,
  sectionKind: ParseOptions['sectionKind'],
): Template | undefined {
  const parsed = parseTemplate(text, { ...(sectionKind && { sectionKind }) });
  if ('template' in parsed) {
    for (const remark of parsed.template.remarks) reportTemplateProblem(remark, placeOf, report);
    return parsed.template;
  }
  for (const problem of parsed.problems) reportTemplateProblem(problem, placeOf, report);
  return undefined;
}

/** All partials that the prompt reaches. A name without a file is reported where it is used. */
function resolvePartials(
  tree: SyntaxTree,
  prompt: readonly ResolvedPart[],
  library: LibraryView,
  report: Report,
): ReadonlyMap<string, PartialFile> {
  const reached = new Map<string, PartialFile>();
  const waiting: { template: Template; placeOf: PlaceOf }[] = prompt.flatMap((part) =>
    part.kind === 'message' && part.template
      ? [
          {
            template: part.template,
            placeOf: (start: number, end: number) => tree.spanInText(part.pointer, start, end),
          },
        ]
      : [],
  );
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const call of partialCalls(next.template)) {
      if (reached.has(call.name)) continue;
      const file = library.partial(call.name);
      if (file === undefined) {
        const near = library.nearPartials(call.name);
        report({
          code: 'template/unknown-partial',
          severity: 'error',
          message: `There is no partial ${quoteValue(call.name)}.`,
          span: next.placeOf(call.namePlace.start, call.namePlace.end),
          label: 'unknown partial',
          help: [didYouMean(near) ?? `write it as partials/${call.name}.hbs`],
        });
        continue;
      }
      reached.set(call.name, file);
      if (file.template) waiting.push({ template: file.template, placeOf: file.placeOf });
    }
  }
  return new Map([...reached].sort(([left], [right]) => (left < right ? -1 : 1)));
}
