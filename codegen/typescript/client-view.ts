// Everything that is printed, as plain data: which methods there are, what they are called, what types they take and
// give. All decisions about the generated client are made here.

import type { Capability, Snapshot } from '../../src/registry/snapshot.ts';
import type { GenerateCache } from '../generate-cache.ts';
import { camelCase, pascalCase, takeName } from './identifier.ts';
import { nameDefinitions, type RootSchema } from './name-definitions.ts';
import { printDeclaration } from './print-declaration.ts';
import { toTypeSchema } from './type-schema.ts';

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

/** Names that generated code uses itself, in either mode: no type of a capability may be called so. */
export const reservedTypeNames: readonly string[] = [
  ...['AbortController', 'AbortSignal', 'Array', 'AsyncIterable', 'CallOptions', 'CapabilityMethod'],
  ...['CapabilityResult', 'CapabilityStream', 'CapstanError', 'Client', 'ClientOptions', 'Connection'],
  ...[
    'DeepPartial',
    'Error',
    'ErrorCode',
    'Headers',
    'Infinity',
    'Invocation',
    'JSON',
    'Math',
    'Number',
    'Object',
  ],
  ...['Promise', 'Readonly', 'ReadableStreamDefaultReader', 'Record', 'RegExp', 'RequestInit', 'Response'],
  ...['ReturnType', 'String', 'Symbol', 'TextDecoder', 'Uint8Array', 'Violation'],
];

/** A client with such a method would be taken for a promise, or would not print. */
const reservedMethodNames: readonly string[] = ['then', 'constructor', 'toString', 'valueOf', 'toJSON'];

export async function viewClient(snapshot: Snapshot, cache?: GenerateCache): Promise<ClientView> {
  const named = nameCapabilities(Object.values(snapshot.capabilities));
  const roots = named.flatMap(({ input, output }) => [input, output]);
  const taken = new Set([...reservedTypeNames, ...named.flatMap(({ typeNames }) => typeNames)]);
  const { definitions, typeNameOf } = nameDefinitions(roots, taken);

  const declare = (typeName: string, schema: unknown, root: RootSchema, defaultsPresent: boolean) => {
    const context = { typeNameOf: (reference: string) => typeNameOf(root, reference), defaultsPresent };
    return printDeclaration(typeName, toTypeSchema(schema, context), cache);
  };
  return {
    project: snapshot.project.name,
    methods: await Promise.all(
      named.map(async ({ capability, method, input, output, tierType }) => ({
        key: capability.key,
        method,
        outputKind: capability.outputKind,
        comment: describeCapability(capability),
        inputType: input.typeName,
        outputType: output.typeName,
        tierType,
        tiers: tiersOf(capability),
        inputDeclaration: await declare(input.typeName, input.schema, input, false),
        outputDeclaration: await declare(output.typeName, output.schema, output, true),
      })),
    ),
    definitions: await Promise.all(
      definitions.map(({ typeName, schema, root }) => declare(typeName, schema, root, false)),
    ),
  };
}

interface NamedCapability {
  readonly capability: Capability;
  readonly method: string;
  readonly input: RootSchema;
  readonly output: RootSchema;
  readonly tierType: string;
  /** The three of them. */
  readonly typeNames: readonly string[];
}

function nameCapabilities(capabilities: readonly Capability[]): readonly NamedCapability[] {
  const methods = nameMethods(capabilities);
  return capabilities.map((capability, index) => {
    const method = methods[index] ?? capability.name;
    const stem = pascalCase(method);
    const [input, output, tierType] = [`${stem}Input`, `${stem}Output`, `${stem}Tier`];
    return {
      capability,
      method,
      input: { schema: capability.input, typeName: input, capability: capability.name },
      output: { schema: capability.output, typeName: output, capability: capability.name },
      tierType,
      typeNames: [input, output, tierType],
    };
  });
}

/**
 * Majors up to 1 have the bare name, later ones `summarizeV2`, whether or not an earlier one is still there: what a
 * method means never changes under its callers.
 */
function nameMethods(capabilities: readonly Capability[]): readonly string[] {
  const names = new Set(capabilities.map(({ name, major }) => `${name}@${major}`));
  const taken = new Set(reservedMethodNames);
  return capabilities.map(({ name, major }) => {
    const isBare = major === 1 || (major === 0 && !names.has(`${name}@1`));
    return takeName(`${camelCase(name)}${isBare ? '' : `V${major}`}`, taken);
  });
}

function tiersOf({ tiers }: Capability): readonly string[] {
  const offered = Object.keys(tiers.offer);
  return offered.length === 0 ? [tiers.default] : offered;
}

function describeCapability(capability: Capability): readonly string[] {
  const { key, version, lifecycle, owner, title, description, deprecation } = capability;
  const paragraphs = [
    title === undefined || title === description ? '' : title,
    description,
    `\`${key}\`, version ${version}, ${lifecycle}, owned by ${owner}.`,
  ];
  const text = paragraphs.map((paragraph) => paragraph.trim()).filter((paragraph) => paragraph !== '');
  const lines = text.join('\n\n').split(/\r\n|\r|\n/);
  if (deprecation !== undefined) {
    const { since, replacement, sunset } = deprecation;
    lines.push(`@deprecated Since ${since}; use \`${replacement}\`. It ends on ${sunset}.`);
  } else if (lifecycle === 'deprecated') {
    lines.push('@deprecated');
  }
  return lines;
}
