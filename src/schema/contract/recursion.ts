// Definitions that contain themselves without end: no finite value fits them. A definition is finite when a value can be
// built from definitions that are; what is left over when nothing more can be added is not. And definitions that are a
// branch of themselves: a validator would go round and round before it has looked at anything.

import { countFiniteValues } from './count-values.ts';
import { definitionName } from '../dereference.ts';
import { appendPointer } from '../json-pointer.ts';
import { isRecord, ownProperty } from '../json-schema.ts';
import { componentsOf } from '../graph.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { SchemaProblem } from '../schema-problem.ts';

/** One problem for every circle. */
export function findEndlessDefinitions(root: JsonSchema): SchemaProblem[] {
  const definitions = isRecord(root['$defs']) ? root['$defs'] : {};
  const endless = endlessNames(root, definitions);
  const links = new Map(
    [...endless].map((name) => [
      name,
      endlessLink(ownProperty(definitions, name), appendPointer('', '$defs', name), endless),
    ]),
  );
  const circles = circlesOf(links).map((circle) => endlessProblem(circle));
  return [...circles, ...findOwnBranches(definitions, endless)];
}

// -- a branch of itself

function findOwnBranches(
  definitions: { readonly [name: string]: unknown },
  endless: ReadonlySet<string>,
): SchemaProblem[] {
  const names = Object.keys(definitions);
  const indexes = new Map(names.map((name, index) => [name, index]));
  const links = names.map((name) => branchLinks(definitions[name], appendPointer('', '$defs', name)));
  const next = (index: number): number[] => (links[index] ?? []).flatMap(({ to }) => indexes.get(to) ?? []);
  const components = componentsOf(names.length, next);
  const told = new Set<number>();
  return names.flatMap((name, index): SchemaProblem[] => {
    const component = components.of[index] ?? 0;
    const link = links[index]?.find(({ to }) => components.of[indexes.get(to) ?? -1] === component);
    if (link === undefined || endless.has(name) || told.has(component)) return [];
    told.add(component);
    return [
      {
        pointer: link.pointer,
        code: 'schema/endless-recursion',
        message: `\`${name}\` is a branch of itself.`,
        notes: ['it says nothing more about a value, and a validator would never come to an end'],
        help: 'take this branch out',
      },
    ];
  });
}

/** The references that say what a value is, not what is inside it. */
function branchLinks(schema: unknown, pointer: string): Link[] {
  if (!isRecord(schema)) return [];
  const name = definitionName(schema['$ref']);
  if (name !== undefined) return [{ pointer: appendPointer(pointer, '$ref'), to: name }];
  return ['anyOf', 'oneOf'].flatMap((keyword) => {
    const union = schema[keyword];
    if (!Array.isArray(union)) return [];
    return union.flatMap((branch, index) => branchLinks(branch, appendPointer(pointer, keyword, index)));
  });
}

// -- without end

/** Starts with all, and takes out those that can be built, until that changes nothing. */
function endlessNames(
  root: JsonSchema,
  definitions: { readonly [name: string]: unknown },
): ReadonlySet<string> {
  const links = new Map(Object.keys(definitions).map((name) => [name, undefined] as const));
  const endless = new Set<string>(links.keys());
  const dependents = new Map<string, Set<string>>();
  const waiting = [...endless];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (!endless.has(name)) continue;
    const asked = new Set<string>();
    const isEndless = (other: string): boolean => {
      asked.add(other);
      return endless.has(other);
    };
    if (canBeBuilt(ownProperty(definitions, name), { root, isEndless })) {
      endless.delete(name);
      waiting.push(...(dependents.get(name) ?? []));
      continue;
    }
    for (const other of asked) dependents.set(other, (dependents.get(other) ?? new Set()).add(name));
  }
  return endless;
}

interface Building {
  readonly root: JsonSchema;
  readonly isEndless: (definition: string) => boolean;
}

function canBeBuilt(schema: unknown, building: Building): boolean {
  if (!isRecord(schema)) return true;
  const name = definitionName(schema['$ref']);
  if (name !== undefined) return !building.isEndless(name);
  const union = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(union)) return union.some((branch) => canBeBuilt(branch, building));
  return (
    partsNeeded(schema).every(([, part]) => canBeBuilt(part, building)) && hasPartsEnough(schema, building)
  );
}

type Part = readonly [tokens: readonly string[], schema: unknown];

/** The one type whose values have parts that they cannot do without. */
function builtType(schema: JsonSchema): unknown {
  const { type, enum: listed, const: constant } = schema;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return listed !== undefined || constant !== undefined || types.length > 1 ? undefined : types[0];
}

/** The schemas inside that every value has a part of. */
function partsNeeded(schema: JsonSchema): Part[] {
  const { properties, items, minItems, additionalProperties } = schema;
  switch (builtType(schema)) {
    case 'array':
      return typeof minItems === 'number' && minItems > 0 ? [[['items'], items]] : [];
    case 'object':
      return requiredOf(schema).map((name) =>
        isRecord(properties) && Object.hasOwn(properties, name)
          ? [['properties', name], properties[name]]
          : [['additionalProperties'], additionalProperties],
      );
    default:
      return [];
  }
}

/** The schemas inside of which some part is needed when nothing else is left. */
function partsOffered(schema: JsonSchema): Part[] {
  const { properties, items, additionalProperties } = schema;
  switch (builtType(schema)) {
    case 'array':
      return [[['items'], items]];
    case 'object':
      return [
        ...Object.entries(isRecord(properties) ? properties : {}).map(([name, property]): Part => [
          ['properties', name],
          property,
        ]),
        [['additionalProperties'], additionalProperties],
      ];
    default:
      return [];
  }
}

/** Whether `minProperties` and `minItems` of different items can be reached with parts that can be built. */
function hasPartsEnough(schema: JsonSchema, building: Building): boolean {
  switch (builtType(schema)) {
    case 'array': {
      const { minItems, uniqueItems, items } = schema;
      if (uniqueItems !== true || typeof minItems !== 'number' || minItems < 2 || !isRecord(items))
        return true;
      return countFiniteValues(items, building.root, building.isEndless) >= minItems;
    }
    case 'object':
      return hasPropertiesEnough(schema, building);
    default:
      return true;
  }
}

function hasPropertiesEnough(schema: JsonSchema, building: Building): boolean {
  const { minProperties, additionalProperties, properties } = schema;
  const required = requiredOf(schema);
  if (typeof minProperties !== 'number' || required.length >= minProperties) return true;
  if (additionalProperties !== false && canBeBuilt(additionalProperties, building)) return true;
  const others = Object.entries(isRecord(properties) ? properties : {}).filter(
    ([name, property]) =>
      !required.includes(name) && (hasDefault(property) || canBeBuilt(property, building)),
  );
  return required.length + others.length >= minProperties;
}

/** A default is there though nothing is built. */
function hasDefault(property: unknown): boolean {
  return isRecord(property) && property['default'] !== undefined;
}

function requiredOf({ required }: JsonSchema): readonly string[] {
  return Array.isArray(required) ? [...new Set(required.map(String))] : [];
}

interface Link {
  /** Pointer to the `$ref`. */
  readonly pointer: string;
  readonly to: string;
}

/** The circles of a graph in which each definition has one link: each definition is walked over once. */
function circlesOf(links: ReadonlyMap<string, Link | undefined>): Link[][] {
  const walks = new Map<string, number>();
  const circles: Link[][] = [];
  let walk = 0;
  for (const start of links.keys()) {
    walk += 1;
    const path: string[] = [];
    let name: string | undefined = start;
    while (name !== undefined && !walks.has(name)) {
      walks.set(name, walk);
      path.push(name);
      name = links.get(name)?.to;
    }
    if (name === undefined || walks.get(name) !== walk) continue;
    circles.push(path.slice(path.indexOf(name)).flatMap((each) => links.get(each) ?? []));
  }
  return circles;
}

function endlessLink(schema: unknown, pointer: string, endless: ReadonlySet<string>): Link | undefined {
  if (!isRecord(schema)) return undefined;
  const name = definitionName(schema['$ref']);
  if (name !== undefined)
    return endless.has(name) ? { pointer: appendPointer(pointer, '$ref'), to: name } : undefined;
  const keyword = schema['anyOf'] === undefined ? 'oneOf' : 'anyOf';
  const union = schema[keyword];
  // Of a union without end every branch is one; what is offered is asked for when what is needed has an end.
  const parts: Part[] = Array.isArray(union)
    ? union.map((branch, index) => [[keyword, String(index)], branch])
    : [...partsNeeded(schema), ...partsOffered(schema)];
  for (const [tokens, part] of parts) {
    const link = endlessLink(part, appendPointer(pointer, ...tokens), endless);
    if (link !== undefined) return link;
  }
  return undefined;
}

function endlessProblem(circle: readonly Link[]): SchemaProblem {
  const [first, ...others] = circle;
  const name = circle.at(-1)?.to ?? '';
  const way = circle.map(({ to }) => `\`${to}\``).join(', which contains ');
  return {
    pointer: first?.pointer ?? '',
    code: 'schema/endless-recursion',
    message:
      others.length === 0
        ? `\`${name}\` always contains another \`${name}\`: no value ever ends.`
        : `\`${name}\` always contains ${way}: no value ever ends.`,
    help: 'make the link nullable, take it out of `required`, or lower `minItems` or `minProperties`',
    ...(others.length > 0 && {
      related: others.map(({ pointer, to }) => ({ pointer, message: `and here \`${to}\`` })),
    }),
  };
}
