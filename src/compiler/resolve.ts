// Phase 3: a declaration with its names followed: `$ref`s to shared schemas, partials, and the templates themselves.

import type { Report } from '../diagnostics/diagnostic.ts';
import type { JsonSchema } from '../registry/snapshot.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { dereference } from '../schema/dereference.ts';
import { parseTemplate } from '../template/parse-template.ts';
import type { ParseOptions } from '../template/parse-template.ts';
import { sectionKinds } from '../template/section-kind.ts';
import type { Template } from '../template/template.ts';
import type { CapabilityDeclaration } from './declaration.gen.ts';
import { valueAt } from './json-pointer.ts';
import type { LibraryView } from './library.ts';
import { partialCalls } from './partial-calls.ts';
import type { CapabilityUnit, PartialFile, ResolvedPart } from './program.ts';
import { resolveContract } from './resolve-schemas.ts';
import type { SyntaxTree } from './syntax-tree.ts';
import { reportTemplateProblem } from './template-problems.ts';
import type { PlaceOf } from './template-problems.ts';
import { didYouMean, listWords } from '../diagnostics/words.ts';
import { quoteValue } from './words.ts';

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
  const isInputSound = input !== undefined && checkInputRoot(tree, input.schema, report);
  if (isInputSound) checkTextProperty(tree, input.schema, report);
  const prompt = resolvePrompt(tree, declaration, input?.schema, report);
  const partials = resolvePartials(tree, prompt, library, report);
  return {
    tree,
    declaration,
    key: `${name}@${major}`,
    major,
    ...(isInputSound && { input: input.schema }),
    ...(output && { output: output.schema }),
    contracts: { ...(isInputSound && { input }), ...(output && { output }) },
    prompt,
    partials,
  };
}

// -- input

/** Whether the root is what callers send: a closed map of named values. */
function checkInputRoot(tree: SyntaxTree, input: JsonSchema, report: Report): boolean {
  const { type, additionalProperties } = dereference(input, input);
  if (type !== 'object') {
    reportInputNotObject(tree, type, report);
    return false;
  }
  if (additionalProperties === false) return true;
  report({
    code: 'schema/open-input',
    severity: 'error',
    message: 'The input is open: callers may send values that nobody has declared.',
    span: tree.spanOf('/input/additionalProperties', 'key'),
    notes: ['no message could use them, and generated clients could not name them'],
    help: ['leave `additionalProperties` out, and put free entries into a property of their own'],
    pointer: '/input/additionalProperties',
  });
  return false;
}

function reportInputNotObject(tree: SyntaxTree, type: unknown, report: Report): void {
  const hasType = valueAt(tree.value, '/input/type') !== undefined;
  report({
    code: 'schema/input-not-an-object',
    severity: 'error',
    message:
      typeof type === 'string'
        ? `The input is a map of named values; this schema says ${quoteValue(type)}.`
        : Array.isArray(type)
          ? 'The input is always a map of named values, never null.'
          : 'The input is a map of named values; this schema does not say so.',
    span: hasType ? tree.spanOf('/input/type') : tree.spanOf('/input', 'key'),
    help: ['write `type: object` and one property for each value'],
    pointer: '/input',
  });
}

/** `x-text` names the property that plain text fills. */
function checkTextProperty(tree: SyntaxTree, input: JsonSchema, report: Report): void {
  const name = input['x-text'];
  if (typeof name !== 'string') return;
  const properties = (input['properties'] ?? {}) as Record<string, JsonSchema>;
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (property !== undefined && dereference(property, input)['type'] === 'string') return;
  const texts = Object.keys(properties).filter(
    (each) => dereference(properties[each] ?? {}, input)['type'] === 'string',
  );
  const near = suggest(name, texts);
  report({
    code: 'schema/bad-text-property',
    severity: 'error',
    message:
      property === undefined
        ? `The input has no property ${quoteValue(name)}.`
        : `${quoteValue(name)} is not text, so plain text cannot fill it.`,
    span: tree.spanOf('/input/x-text'),
    help: [
      didYouMean(near) ??
        (texts.length === 0 ? 'name a property of `type: string`' : `the texts are ${listWords(texts)}`),
    ],
    pointer: '/input/x-text',
  });
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
        const span = next.placeOf(call.namePlace.start, call.namePlace.end);
        const [only, ...others] = near;
        report({
          code: 'template/unknown-partial',
          severity: 'error',
          message: `There is no partial ${quoteValue(call.name)}.`,
          span,
          label: 'unknown partial',
          help: [didYouMean(near) ?? `write it as partials/${call.name}.hbs`],
          ...(only !== undefined &&
            others.length === 0 && {
              fixes: [{ message: `write ${only}`, safety: 'maybe', edits: [{ span, text: only }] }],
            }),
        });
        continue;
      }
      reached.set(call.name, file);
      if (file.template) waiting.push({ template: file.template, placeOf: file.placeOf });
    }
  }
  return new Map([...reached].sort(([left], [right]) => (left < right ? -1 : 1)));
}
