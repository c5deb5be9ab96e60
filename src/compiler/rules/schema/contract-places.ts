// The schemas of a capability as its input and output use them: every schema that is reached from the root, with its place
// in whichever file it is written. What several capabilities share is found by each of them, and told once, in its file.

import { unescapeToken } from '../../../schema/json-pointer.ts';
import type { SourceSpan } from '../../../diagnostics/diagnostic.ts';
import type { JsonSchema } from '../../../registry/snapshot.ts';
import { definitionName, findDefinition } from '../../../schema/dereference.ts';
import { appendPointer } from '../../../schema/json-pointer.ts';
import { subschemasOf } from '../../../schema/subschemas.ts';
import { valueAt } from '../../json-pointer.ts';
import type { CapabilityUnit, ContractSchema } from '../../program.ts';
import type { SyntaxTree } from '../../syntax-tree.ts';

export type Direction = 'input' | 'output';

/** One schema of a contract. */
export interface PlacedSchema {
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
  /** How people call it: `document`, an item of `points`. */
  readonly subject: string;
  /** The object that has this schema as a property. */
  readonly owner?: { readonly schema: JsonSchema; readonly place: SchemaPlace; readonly name: string };
  /** Whether it, or anything around it, says `x-trust: trusted`. */
  readonly isTrusted: boolean;
  readonly place: SchemaPlace;
}

/** Where a schema is written. */
export interface SchemaPlace {
  readonly tree: SyntaxTree;
  readonly pointer: string;
}

const known = new WeakMap<ContractSchema, readonly PlacedSchema[]>();

/** Every schema that the contract reaches, once; twice when it is reached with and without trust. */
export function placedSchemas(unit: CapabilityUnit, direction: Direction): readonly PlacedSchema[] {
  const contract = unit.contracts[direction];
  if (contract === undefined) return [];
  const placed = known.get(contract) ?? walk(contract, direction, placeFinder(unit, direction, contract));
  known.set(contract, placed);
  return placed;
}

type PlaceOf = (pointer: string) => SchemaPlace | undefined;

/** From pointers of the resolved schema to the files that it was made of. */
function placeFinder({ tree }: CapabilityUnit, direction: Direction, contract: ContractSchema): PlaceOf {
  const base = `/${direction}`;
  const { origins, rootOrigin } = contract;
  return (pointer) => {
    const [, word, name = ''] = pointer.split('/');
    const origin = word === '$defs' ? origins.get(unescapeToken(name)) : undefined;
    if (origin?.file.tree !== undefined) {
      const below = pointer.split('/').slice(3);
      return { tree: origin.file.tree, pointer: [origin.pointer, ...below].join('/') };
    }
    if (valueAt(tree.value, base + pointer) !== undefined) return { tree, pointer: base + pointer };
    const root = rootOrigin?.file.tree;
    return root === undefined ? undefined : { tree: root, pointer: `${rootOrigin?.pointer ?? ''}${pointer}` };
  };
}

interface Visit extends Omit<PlacedSchema, 'place' | 'root'> {
  readonly pointer: string;
}

function walk({ schema: root }: ContractSchema, direction: Direction, placeOf: PlaceOf): PlacedSchema[] {
  const placed: PlacedSchema[] = [];
  const seen = new Set<string>();
  const waiting: Visit[] = [{ schema: root, subject: `the ${direction}`, isTrusted: false, pointer: '' }];
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const isTrusted = visit.isTrusted || visit.schema['x-trust'] === 'trusted';
    const key = `${visit.pointer} ${isTrusted}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const place = placeOf(visit.pointer);
    if (place === undefined || place.tree.isDoubtful(place.pointer)) continue;
    placed.push({ ...visit, root, isTrusted, place });
    waiting.push(...innerOf({ ...visit, isTrusted }, place, root).toReversed());
  }
  return placed;
}

function innerOf(
  { schema, subject, isTrusted, pointer }: Visit,
  place: SchemaPlace,
  root: JsonSchema,
): Visit[] {
  const inner = subschemasOf(schema)
    .filter(({ tokens }) => tokens[0] !== '$defs' && tokens[0] !== 'propertyNames')
    .map(({ tokens, schema: each }): Visit => {
      const below = { schema: each, isTrusted, pointer: appendPointer(pointer, ...tokens) };
      const [keyword, name] = tokens;
      if (keyword !== 'properties') return { ...below, subject: subjectOf(keyword, subject) };
      return { ...below, subject: `\`${name}\``, owner: { schema, place, name: String(name) } };
    });
  const name = definitionName(schema['$ref']);
  const definition = findDefinition(root, schema['$ref']);
  if (name === undefined || definition === undefined) return inner;
  const target = { schema: definition, isTrusted, pointer: appendPointer('', '$defs', name) };
  return [...inner, { ...target, subject: `\`${name}\`` }];
}

function subjectOf(keyword: string | number | undefined, subject: string): string {
  if (keyword === 'items') return `an item of ${subject}`;
  return keyword === 'additionalProperties' ? `an entry of ${subject}` : subject;
}

/** The key of a property or definition; of any other schema, its type. */
export function spanOfSchema({ place }: PlacedSchema): SourceSpan {
  const { tree, pointer } = place;
  const isNamed = /\/(?:properties|\$defs)\/[^/]+$/.test(pointer);
  if (isNamed || pointer === '/input' || pointer === '/output') return tree.spanOf(pointer, 'key');
  const type = `${pointer}/type`;
  return valueAt(tree.value, type) === undefined ? tree.spanOf(pointer, 'key') : tree.spanOf(type);
}

/** `an item of …` at the beginning of a sentence. */
export function atStart(subject: string): string {
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}
