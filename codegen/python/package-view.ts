// Everything that is printed of a Python package, as plain data. All decisions about names and types are made here.

import type { Capability, Snapshot } from '../../src/registry/snapshot.ts';
import { describeDeprecation } from '../describe-deprecation.ts';
import { pascalCase, takeName } from '../identifier.ts';
import { nameDefinitions } from '../name-definitions.ts';
import type { NamedDefinition, RootSchema } from '../name-definitions.ts';
import { nameMethods } from '../name-methods.ts';
import { declareType } from './declare-types.ts';
import type { ValueForm } from './declare-types.ts';
import { linesOf } from './describe-python.ts';
import { pythonNames, reservedTypeNames, snakeCase } from './python-names.ts';

export interface PackageView {
  readonly project: string;
  readonly methods: readonly MethodView[];
  /** Declarations in the order in which they stand. */
  readonly declarations: readonly string[];
  /** Names of all types, for `__all__`. */
  readonly typeNames: readonly string[];
}

export interface MethodView {
  readonly method: string;
  readonly key: string;
  readonly outputKind: 'text' | 'json';
  readonly inputType: string;
  readonly outputType: string;
  readonly partialType: string;
  readonly tierType: string;
  readonly comment: readonly string[];
}

export function viewPackage(snapshot: Snapshot): PackageView {
  const named = nameCapabilities(snapshot);
  const roots = named.flatMap(({ input, output }) => [input, output]);
  const taken = new Set([...reservedTypeNames, ...named.flatMap(({ typeNames }) => typeNames)]);
  const names = createNames(roots, taken);
  const declare = (name: string, { schema, root }: NamedDefinition, form: ValueForm, remark: readonly string[] = []) =>
    declareType(name, schema, form, { root: root.schema, taken, nameOf: (reference, there) => names.nameOf(root, reference, there) }, remark); // prettier-ignore
  const declareRoot = (name: string, root: RootSchema, partial: boolean, remark: readonly string[] = []) =>
    declare(name, { ...root, root }, { defaults: root.form, partial }, remark);

  const own = named.flatMap(({ input, output, tierType, partialType, capability, deprecation }) => [
    declareRoot(input.typeName, input, false, deprecation),
    declareRoot(output.typeName, output, false, deprecation),
    declareRoot(partialType, output, true),
    `${tierType}: TypeAlias = Literal[${tiersOf(capability)
      .map((tier) => JSON.stringify(tier))
      .join(', ')}]\n`,
  ]);
  const shared = names.definitions.map((definition) =>
    declare(names.called(definition.typeName), definition, { defaults: definition.form, partial: false }),
  );
  // One partial may need another, so that the list grows while it is walked.
  const partials: string[] = [];
  for (let index = 0; index < names.wanted.length; index += 1) {
    const definition = names.wanted[index];
    if (definition === undefined) continue;
    partials.push(
      declare(names.partialOf(definition.typeName), definition, { defaults: definition.form, partial: true }),
    );
  }
  const declarations = [...own, ...shared, ...partials];
  return {
    project: snapshot.project.name,
    methods: named.map(({ capability, method, input, output, partialType, tierType, comment }) => ({
      ...{ method, key: capability.key, outputKind: capability.outputKind, comment, partialType, tierType },
      inputType: input.typeName,
      outputType: output.typeName,
    })),
    declarations,
    typeNames: declarations.flatMap(namesDeclaredIn),
  };
}

function namesDeclaredIn(text: string): readonly string[] {
  return [
    ...text.matchAll(
      /^(?:class )?([\p{ID_Start}_][\p{ID_Continue}]*)(?:\(TypedDict|: TypeAlias| = TypedDict)/gmu,
    ),
  ].map(([, name = '']) => name);
}

interface Names {
  readonly definitions: readonly NamedDefinition[];
  /** Definitions of which a partial is referred to, in the order in which that was found. */
  readonly wanted: readonly NamedDefinition[];
  readonly nameOf: (root: RootSchema, reference: string, form: ValueForm) => string;
  readonly called: (typeName: string) => string;
  readonly partialOf: (typeName: string) => string;
}

function createNames(roots: readonly RootSchema[], taken: Set<string>): Names {
  const { definitions, typeNameOf } = nameDefinitions(roots, taken);
  const changed = pythonNames(
    definitions.map(({ typeName }) => typeName),
    taken,
  );
  const called = (typeName: string): string => changed.get(typeName) ?? typeName;
  const byName = new Map(definitions.map((definition) => [definition.typeName, definition]));
  const partials = new Map<string, string>();
  const wanted: NamedDefinition[] = [];
  const partialOf = (typeName: string): string => {
    const known = partials.get(typeName);
    const definition = byName.get(typeName);
    if (known !== undefined || definition === undefined) return known ?? 'object';
    const name = takeName(`${called(typeName)}Partial`, taken);
    partials.set(typeName, name);
    wanted.push(definition);
    return name;
  };
  return {
    definitions,
    wanted,
    called,
    partialOf,
    nameOf(root, reference, { defaults, partial }) {
      const typeName = typeNameOf(root, reference, defaults);
      if (!byName.has(typeName)) return 'object';
      return partial ? partialOf(typeName) : called(typeName);
    },
  };
}

interface NamedCapability {
  readonly capability: Capability;
  readonly method: string;
  readonly input: RootSchema;
  readonly output: RootSchema;
  readonly partialType: string;
  readonly tierType: string;
  readonly typeNames: readonly string[];
  readonly comment: readonly string[];
  readonly deprecation: readonly string[];
}

function nameCapabilities({ capabilities, latest }: Snapshot): readonly NamedCapability[] {
  const listed = Object.values(capabilities);
  const methods = nameMethods(listed);
  const snakes = new Set<string>();
  const methodOf = new Map(
    listed.map(({ key }, index) => [key, takeName(snakeCase(methods[index] ?? key), snakes)]),
  );
  return listed.map((capability, index) => {
    const stem = pascalCase(methods[index] ?? capability.name);
    const [input, output, tierType] = [`${stem}Input`, `${stem}Output`, `${stem}Tier`];
    const partialType = `${output}Partial`;
    const deprecation = deprecationOf(capability, (name) => methodOf.get(latest[name] ?? name));
    return {
      capability,
      method: methodOf.get(capability.key) ?? capability.name,
      input: { schema: capability.input, form: 'given', typeName: input, capability: capability.name },
      output: { schema: capability.output, form: 'filled', typeName: output, capability: capability.name },
      partialType,
      tierType,
      typeNames: [input, output, partialType, tierType],
      comment: [...describeCapability(capability), ...deprecation],
      deprecation,
    };
  });
}

function tiersOf({ tiers }: Capability): readonly string[] {
  const offered = Object.keys(tiers.offer);
  return offered.length === 0 ? [tiers.default] : offered;
}

function describeCapability({ key, version, lifecycle, owner, description }: Capability): readonly string[] {
  return [...linesOf(description), `\`${key}\`, version ${version}, ${lifecycle}, owned by ${owner}.`];
}

function deprecationOf(
  { lifecycle, deprecation }: Capability,
  methodOf: (reference: string) => string | undefined,
): readonly string[] {
  if (deprecation === undefined) return lifecycle === 'deprecated' ? ['Deprecated.'] : [];
  return [`Deprecated ${describeDeprecation(deprecation, methodOf)}`];
}
