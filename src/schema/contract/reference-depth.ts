// How deep a schema is when its references are followed. Definitions that name one another in a long row are as deep as one
// schema inside another, and whatever walks them, the compiler of validators first of all, goes as deep as they do.

import { definitionName } from '../dereference.ts';
import { componentsOf } from '../graph.ts';
import { appendPointer } from '../json-pointer.ts';
import { isRecord } from '../json-schema.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { SchemaProblem } from '../schema-problem.ts';
import { subschemasOf } from '../subschemas.ts';

/** Steps into a part, or through a reference. */
const referenceDepthMax = 128;

/** One schema that references can lead to, or the root, which is the first of all. */
interface Unit {
  readonly pointer: string;
  readonly depth: number;
  readonly references: readonly string[];
}

/** The first definition, from the innermost outwards, that is too deep; or the root. */
export function checkReferenceDepth(root: JsonSchema): SchemaProblem[] {
  const { $defs } = root;
  if (!isRecord($defs)) return [];
  const definitions = Object.entries($defs);
  const units = [
    unitOf(root, ''),
    ...definitions.map(([name, schema]) => unitOf(schema as JsonSchema, appendPointer('', '$defs', name))),
  ];
  const numbers = new Map(definitions.map(([name], index) => [name, index + 1]));
  const next = (number: number): number[] =>
    (units[number]?.references ?? []).flatMap((name) => numbers.get(name) ?? []);
  const { of, count } = componentsOf(units.length, next);
  const members = Map.groupBy(units.keys(), (number) => of[number] ?? 0);
  const depths: number[] = [];
  for (let component = 0; component < count; component += 1) {
    // What refers to itself may be walked through all of its members.
    const inside = members.get(component) ?? [];
    const own = inside.reduce((sum, number) => sum + 1 + (units[number]?.depth ?? 0), 0);
    const below = inside.flatMap(next).map((number) => depths[of[number] ?? 0] ?? 0);
    const depth = own + below.reduce((most, each) => Math.max(most, each), 0);
    const [first = 0] = inside;
    if (depth > referenceDepthMax) return [tooDeep(units[first]?.pointer ?? '')];
    depths[component] = depth;
  }
  return [];
}

function unitOf(schema: JsonSchema, pointer: string): Unit {
  const references: string[] = [];
  let deepest = 0;
  const waiting = [{ schema, depth: 0 }];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { depth } = node;
    deepest = Math.max(deepest, depth);
    const name = definitionName(node.schema['$ref']);
    if (name !== undefined) references.push(name);
    for (const { tokens, schema: inner } of subschemasOf(node.schema)) {
      if (tokens[0] !== '$defs') waiting.push({ schema: inner, depth: depth + 1 });
    }
  }
  return { pointer, depth: deepest, references };
}

function tooDeep(pointer: string): SchemaProblem {
  return {
    pointer,
    at: 'key',
    code: 'schema/too-deep',
    message: `With the definitions that it refers to, this is more than ${referenceDepthMax} deep.`,
    help: 'let definitions refer to one another in shorter rows',
  };
}
