// A resolved schema beside the files that declare it: walking both, so that every part of a contract has its place in the
// YAML. What comes from a shared schema has two: that of the `$ref` that leads there, and its own in the shared file.

import type { JsonSchema } from '../registry/snapshot.ts';
import { dereference } from '../schema/dereference.ts';
import { isRecord, ownProperty } from '../schema/json-schema.ts';
import { branchesOf, selectBranches } from '../schema/select-branch.ts';
import { pointerTo, valueAt } from './json-pointer.ts';
import type { CapabilityUnit } from './program.ts';
import type { SyntaxTree } from './syntax-tree.ts';

export type ContractSide = 'input' | 'output';

/** One schema of a contract. */
export interface PlacedSchema {
  /** Free of `$ref`: keywords beside a reference lie over those of its target. */
  readonly schema: JsonSchema;
  /** The resolved schema as it stands in its parent, the same object for the same place. */
  readonly node: JsonSchema;
  /**
   * Where it is written: first the place of use, then what each `$ref` leads to. Before what is written in another file
   * stands the `$ref` of the capability that leads there.
   */
  readonly places: readonly WrittenPlace[];
  /** The names that lead here from the root, `[]` for an item of a list and `*` for a further property. */
  readonly path: readonly string[];
}

/** A place in some file. */
export interface WrittenPlace {
  readonly tree: SyntaxTree;
  readonly pointer: string;
}

/** The root of a contract; undefined when its schema has errors. */
export function placedRoot(unit: CapabilityUnit, side: ContractSide): PlacedSchema | undefined {
  const root = unit[side];
  return root === undefined
    ? undefined
    : place(unit, side, root, { tree: unit.tree, pointer: `/${side}` }, []);
}

/** Where a keyword of a schema is written, in whichever file; that of the schema when it is written nowhere. */
export function keywordPlace({ places }: PlacedSchema, keyword: string): WrittenPlace | undefined {
  const written = places.map((place) => below(place, keyword)).find(isWritten);
  return written ?? places.at(-1);
}

/** The pointer to a keyword in the capability's own file: to the keyword, or to the `$ref` through which it comes. */
export function ownKeywordPointer(
  { tree }: CapabilityUnit,
  { places }: PlacedSchema,
  keyword: string,
): string {
  const own = places.filter((place) => place.tree === tree);
  const written = own.map((place) => below(place, keyword)).find(isWritten);
  return (written ?? own.at(-1))?.pointer ?? '';
}

function below({ tree, pointer }: WrittenPlace, ...tokens: readonly (string | number)[]): WrittenPlace {
  return { tree, pointer: pointerTo(pointer, ...tokens) };
}

function isWritten({ tree, pointer }: WrittenPlace): boolean {
  return valueAt(tree.value, pointer) !== undefined;
}

/** Every schema of a contract, each place once, outermost first; recursion is followed once. */
export function* placedSchemas(unit: CapabilityUnit, side: ContractSide): Generator<PlacedSchema> {
  const root = placedRoot(unit, side);
  if (root !== undefined) yield* walk(unit, side, root, new Set());
}

function* walk(
  unit: CapabilityUnit,
  side: ContractSide,
  placed: PlacedSchema,
  open: Set<JsonSchema>,
): Generator<PlacedSchema> {
  const target = targetOf(placed, unit, side);
  if (open.has(target)) return;
  yield placed;
  open.add(target);
  for (const child of childrenOf(unit, side, placed)) yield* walk(unit, side, child, open);
  open.delete(target);
}

/** The object that recursion comes back to: that of a definition, not of the reference to it. */
function targetOf({ node }: PlacedSchema, unit: CapabilityUnit, side: ContractSide): JsonSchema {
  const root = unit[side] ?? node;
  const definitions = ownProperty(root, '$defs');
  const name = typeof node['$ref'] === 'string' ? node['$ref'].replace('#/$defs/', '') : undefined;
  const target = name !== undefined && isRecord(definitions) ? ownProperty(definitions, name) : undefined;
  return isRecord(target) ? target : node;
}

function childrenOf(unit: CapabilityUnit, side: ContractSide, placed: PlacedSchema): PlacedSchema[] {
  const { schema } = placed;
  const properties = isRecord(schema['properties']) ? Object.keys(schema['properties']) : [];
  const children = [
    ...properties.map((name) => childAt(unit, side, placed, ['properties', name], [name])),
    childAt(unit, side, placed, ['items'], ['[]']),
    childAt(unit, side, placed, ['additionalProperties'], ['*']),
    ...branchPaths(schema).map((tokens) => childAt(unit, side, placed, tokens, [])),
  ];
  return children.filter((child) => child !== undefined);
}

function branchPaths(schema: JsonSchema): (string | number)[][] {
  return ['anyOf', 'oneOf'].flatMap((keyword) => {
    const branches = schema[keyword];
    return Array.isArray(branches) ? branches.map((_, index) => [keyword, index]) : [];
  });
}

/** The schema below a place, by the tokens that lead to it inside the schema. */
function childAt(
  unit: CapabilityUnit,
  side: ContractSide,
  { schema, places, path }: PlacedSchema,
  tokens: readonly (string | number)[],
  names: readonly string[],
): PlacedSchema | undefined {
  const node = tokens.reduce<unknown>(
    (value, token) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[token] : undefined,
    schema,
  );
  if (!isRecord(node)) return undefined;
  const written = places.map((each) => below(each, ...tokens)).find(isWritten) ?? places.at(-1);
  if (written === undefined) return undefined;
  const link = written.tree === unit.tree ? undefined : places.findLast(({ tree }) => tree === unit.tree);
  const child = place(unit, side, node, written, [...path, ...names]);
  return link === undefined ? child : { ...child, places: [link, ...child.places] };
}

function place(
  unit: CapabilityUnit,
  side: ContractSide,
  node: JsonSchema,
  start: WrittenPlace,
  path: readonly string[],
): PlacedSchema {
  const schema = dereference(node, unit[side] ?? node);
  return { schema, node, places: followReferences(unit, side, start), path };
}

/** A longer chain of references is a circle. */
const referenceChainMax = 16;

function followReferences(unit: CapabilityUnit, side: ContractSide, start: WrittenPlace): WrittenPlace[] {
  const places = [start];
  for (let step = 0; step < referenceChainMax; step += 1) {
    const last = places.at(-1) ?? start;
    const link = below(last, '$ref');
    const reference = valueAt(link.tree.value, link.pointer);
    const target = typeof reference === 'string' ? targetIn(unit, side, last, reference) : undefined;
    if (target === undefined) break;
    if (target.tree !== last.tree) places.push(link);
    places.push(target);
  }
  return places;
}

/** Where a `$ref` of a sound contract leads; what it names was brought into the contract. */
function targetIn(
  unit: CapabilityUnit,
  side: ContractSide,
  { tree }: WrittenPlace,
  reference: string,
): WrittenPlace | undefined {
  const [document = '', pointer = ''] = reference.split('#', 2);
  if (document === '') return { tree, pointer: tree === unit.tree ? `/${side}${pointer}` : pointer };
  const contract = unit.contracts[side];
  const origins = [
    ...(contract?.origins.values() ?? []),
    ...(contract?.rootOrigin ? [contract.rootOrigin] : []),
  ];
  const name = document.replace(/^schema:/, '');
  const shared = origins.find(({ file }) => file.name === name)?.file.tree;
  return shared && { tree: shared, pointer };
}

/** The schema that rules a part of a value, and whether it was found: else the nearest one above. */
export interface Governed {
  readonly placed: PlacedSchema;
  readonly isExact: boolean;
}

/**
 * Follows a value down to a place in it, and the schema with it. A union is decided by the value; where it does not decide,
 * the walk ends at the union.
 */
export function governing(
  unit: CapabilityUnit,
  side: ContractSide,
  value: unknown,
  keys: readonly string[],
): Governed | undefined {
  let placed = placedRoot(unit, side);
  if (placed === undefined) return undefined;
  let current = value;
  for (const key of keys) {
    placed = decided(unit, side, placed, current);
    const next = stepInto(unit, side, placed, key);
    if (next === undefined) return { placed, isExact: false };
    placed = next;
    current =
      typeof current === 'object' && current !== null ? valueAt(current, pointerTo('', key)) : undefined;
  }
  return { placed: decided(unit, side, placed, current), isExact: true };
}

/** The one branch of a union that a value means, or the schema itself. */
function decided(
  unit: CapabilityUnit,
  side: ContractSide,
  placed: PlacedSchema,
  value: unknown,
): PlacedSchema {
  const paths = branchPaths(placed.schema);
  if (paths.length === 0) return placed;
  const root = unit[side] ?? placed.schema;
  const branches = paths.flatMap((tokens) => childAt(unit, side, placed, tokens, []) ?? []);
  const meant = selectBranches(
    branchesOf(
      branches.map(({ schema }) => schema),
      root,
    ),
    value,
  );
  const [only, ...others] = branches.filter(({ schema }) => meant.includes(schema));
  return only === undefined || others.length > 0 ? placed : decided(unit, side, only, value);
}

function stepInto(
  unit: CapabilityUnit,
  side: ContractSide,
  placed: PlacedSchema,
  key: string,
): PlacedSchema | undefined {
  const { properties, items, additionalProperties } = placed.schema;
  if (isRecord(properties) && Object.hasOwn(properties, key))
    return childAt(unit, side, placed, ['properties', key], [key]);
  if (isRecord(items) && /^\d+$/.test(key)) return childAt(unit, side, placed, ['items'], ['[]']);
  return isRecord(additionalProperties)
    ? childAt(unit, side, placed, ['additionalProperties'], ['*'])
    : undefined;
}
