// In which order the keys of a declaration stand: that of `properties` in the schema which describes the place.

import { isRecord } from '../schema/json-schema.ts';

type SchemaNode = Readonly<Record<string, unknown>>;

/** What schemas/*.schema.json say of one place; several nodes where the schema has a union. */
export interface SchemaPosition {
  readonly root: SchemaNode;
  readonly nodes: readonly SchemaNode[];
}

export function rootPosition(schema: object): SchemaPosition {
  const root = schema as SchemaNode;
  return { root, nodes: expand(root, root) };
}

/** The place below `key` of `value`, a map or a list at `position`. */
export function childPosition(position: SchemaPosition, key: string, value: object): SchemaPosition {
  const { root } = position;
  const isList = Array.isArray(value);
  const nodes = fitting(position, value).flatMap((node) => {
    const properties = isRecord(node['properties']) ? node['properties'] : {};
    const child = isList
      ? node['items']
      : Object.hasOwn(properties, key)
        ? properties[key]
        : node['additionalProperties'];
    return isRecord(child) ? expand(child, root) : [];
  });
  return { root, nodes };
}

/** The keys that a map at `position` may have, in their order; empty where they are free. */
export function keyOrder(position: SchemaPosition, value: object): readonly string[] {
  const names = fitting(position, value).flatMap((node) =>
    isRecord(node['properties']) ? Object.keys(node['properties']) : [],
  );
  return [...new Set(names)];
}

/** Of a union the branch that was plainly meant; all of them where none was. */
function fitting({ nodes }: SchemaPosition, value: object): readonly SchemaNode[] {
  const meant = nodes.find((node) => fits(node, value));
  return meant === undefined ? nodes : [meant];
}

function fits({ properties }: SchemaNode, value: object): boolean {
  if (!isRecord(properties)) return false;
  return Object.entries(value).every(([key, inner]) => {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!isRecord(property)) return false;
    return property['const'] === undefined || property['const'] === inner;
  });
}

function expand(node: SchemaNode, root: SchemaNode): readonly SchemaNode[] {
  const reference = node['$ref'];
  const target =
    typeof reference === 'string' && reference.startsWith('#/$defs/') && isRecord(root['$defs'])
      ? root['$defs'][reference.slice('#/$defs/'.length)]
      : undefined;
  if (isRecord(target)) return expand(target, root);
  const branches = node['oneOf'] ?? node['anyOf'];
  return Array.isArray(branches)
    ? branches.filter(isRecord).flatMap((branch) => expand(branch, root))
    : [node];
}
