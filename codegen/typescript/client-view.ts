// Everything that is printed, as plain data: which methods there are, what they are called, what types they take and
// give. All decisions about the generated client are made here.

import type { Capability, Snapshot } from '../../src/registry/snapshot.ts';
import type { GenerateCache } from '../generate-cache.ts';
import { describeDeprecation } from '../describe-deprecation.ts';
import { pascalCase } from '../identifier.ts';
import { escapeComment } from './describe-schema.ts';
import { nameDefinitions, type NamedDefinition, type RootSchema } from '../name-definitions.ts';
import { nameMethods } from '../name-methods.ts';
import { printDeclaration } from './print-declaration.ts';
import { reservedMethodNames, reservedTypeNames } from './reserved-names.ts';
import { toTypeSchema, type TypeSchema } from './type-schema.ts';

export interface ClientView {
  readonly project: string;
  readonly methods: readonly MethodView[];
  /** Declarations of shared `$defs`, by name. */
  readonly definitions: readonly string[];
}

export interface MethodView {
  /** `NAME@MAJOR`: what is called. */
  readonly key: string;
  readonly method: string;
  readonly outputKind: 'text' | 'json';
  readonly inputType: string;
  readonly outputType: string;
  readonly tierType: string;
  readonly tiers: readonly string[];
  readonly comment: readonly string[];
  readonly inputDeclaration: string;
  readonly outputDeclaration: string;
}

export async function viewClient(snapshot: Snapshot, cache?: GenerateCache): Promise<ClientView> {
  const named = nameCapabilities(snapshot);
  const roots = named.flatMap(({ input, output }) => [input, output]);
  const taken = new Set([...reservedTypeNames, ...named.flatMap(({ typeNames }) => typeNames)]);
  const { definitions, typeNameOf } = nameDefinitions(roots, taken);

  const declare = ({ typeName, schema, form, root }: NamedDefinition, remark?: string) => {
    const type = toTypeSchema(schema, {
      root: root.schema,
      form,
      typeNameOf: (reference, formThere) => typeNameOf(root, reference, formThere),
    });
    return printDeclaration(typeName, remark === undefined ? type : withRemark(type, remark), cache);
  };
  const declareRoot = (root: RootSchema, remark?: string) => declare({ ...root, root }, remark);
  return {
    project: snapshot.project.name,
    methods: await Promise.all(
      named.map(async ({ capability, method, input, output, tierType, deprecation }) => ({
        key: capability.key,
        method,
        outputKind: capability.outputKind,
        comment: describeCapability(capability, deprecation),
        inputType: input.typeName,
        outputType: output.typeName,
        tierType,
        tiers: tiersOf(capability),
        inputDeclaration: await declareRoot(input, deprecation),
        outputDeclaration: await declareRoot(output, deprecation),
      })),
    ),
    definitions: await Promise.all(definitions.map((definition) => declare(definition))),
  };
}

function withRemark(type: TypeSchema, remark: string): TypeSchema {
  const { description, ...shape } = type;
  return { description: typeof description === 'string' ? `${description}\n${remark}` : remark, ...shape };
}

interface NamedCapability {
  readonly capability: Capability;
  readonly method: string;
  readonly input: RootSchema;
  readonly output: RootSchema;
  readonly tierType: string;
  /** The three of them. */
  readonly typeNames: readonly string[];
  /** The tag that says so, when it is deprecated. */
  readonly deprecation: string | undefined;
}

function nameCapabilities({ capabilities, latest }: Snapshot): readonly NamedCapability[] {
  const listed = Object.values(capabilities);
  const methods = nameMethods(listed, reservedMethodNames);
  const methodOf = new Map(listed.map(({ key }, index) => [key, methods[index] ?? key]));
  return listed.map((capability) => {
    const method = methodOf.get(capability.key) ?? capability.name;
    const stem = pascalCase(method);
    const [input, output, tierType] = [`${stem}Input`, `${stem}Output`, `${stem}Tier`];
    return {
      capability,
      method,
      input: { schema: capability.input, form: 'given', typeName: input, capability: capability.name },
      output: { schema: capability.output, form: 'filled', typeName: output, capability: capability.name },
      tierType,
      typeNames: [input, output, tierType],
      deprecation: deprecationTag(capability, (name) => methodOf.get(latest[name] ?? name)),
    };
  });
}

function tiersOf({ tiers }: Capability): readonly string[] {
  const offered = Object.keys(tiers.offer);
  return offered.length === 0 ? [tiers.default] : offered;
}

function describeCapability(capability: Capability, deprecation: string | undefined): readonly string[] {
  const { key, version, lifecycle, owner, title, description } = capability;
  const paragraphs = [
    title === undefined || title === description ? '' : title,
    description,
    `\`${key}\`, version ${version}, ${lifecycle}, owned by ${owner}.`,
  ];
  const text = paragraphs.map(escapeComment).filter((paragraph) => paragraph !== '');
  return [...text.join('\n\n').split('\n'), ...(deprecation === undefined ? [] : [deprecation])];
}

function deprecationTag(
  { lifecycle, deprecation }: Capability,
  methodOf: (reference: string) => string | undefined,
): string | undefined {
  if (deprecation === undefined) return lifecycle === 'deprecated' ? '@deprecated' : undefined;
  return `@deprecated S${describeDeprecation(deprecation, methodOf).slice(1)}`;
}
