// What the keywords of a resolved schema mean together: whether any value can fit, whether branches can be told apart,
// whether defaults and examples fit. Every keyword is sound by itself here, and every reference leads somewhere.

import { closeObjects } from '../close-objects.ts';
import { dereference } from '../dereference.ts';
import { appendPointer } from '../json-pointer.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { SchemaProblem } from '../schema-problem.ts';
import { subschemasOf } from '../subschemas.ts';
import { checkBesideRef } from './check-beside-ref.ts';
import { checkBesideUnion, checkUnion } from './check-unions.ts';
import { checkContradictions } from './contradictions.ts';
import { checkPresets } from './presets.ts';
import { withoutSlowPatterns } from './slow-patterns.ts';
import { findEndlessDefinitions } from './recursion.ts';

/** One schema inside a contract, with where it stands. */
export interface ContractNode {
  /** As it stands; a reference is not followed. */
  readonly schema: JsonSchema;
  /** What it stands for: itself without `$ref`. */
  readonly resolved: JsonSchema;
  readonly pointer: string;
  readonly position: NodePosition;
  readonly root: JsonSchema;
  /** The root as values may be tried against it: without patterns that could take long. */
  readonly safeRoot: JsonSchema;
}

export type NodePosition =
  | { readonly kind: 'root' }
  | { readonly kind: 'property'; readonly name: string; readonly owner: JsonSchema }
  | { readonly kind: 'definition'; readonly name: string }
  | { readonly kind: 'item' | 'branch' | 'additional' | 'name' };

type ContractCheck = (node: ContractNode) => readonly SchemaProblem[];

const checks: readonly ContractCheck[] = [
  checkBesideRef,
  checkBesideUnion,
  checkUnion,
  checkContradictions,
  checkPresets,
];

/** Everything that is wrong with the meaning of a resolved schema. Pointers are those of the schema that was resolved. */
export function checkContract(schema: JsonSchema): SchemaProblem[] {
  const root = closeObjects(schema);
  const endless = findEndlessDefinitions(root);
  // A definition that is a branch of itself overlaps with itself as well, which is no news.
  const others = endless.length === 0 ? checks : checks.filter((check) => check !== checkUnion);
  return [...endless, ...[...nodesOf(root)].flatMap((node) => others.flatMap((check) => check(node)))];
}

/** Every schema inside a closed contract, its definitions included, in the order in which they are written. */
export function* nodesOf(root: JsonSchema): Generator<ContractNode> {
  const safeRoot = withoutSlowPatterns(root);
  const roots = { root, safeRoot };
  const waiting: ContractNode[] = [
    { schema: root, resolved: dereference(root, root), pointer: '', position: { kind: 'root' }, ...roots },
  ];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    const { schema, pointer } = node;
    const inner = subschemasOf(schema).map(({ tokens, schema: each }): ContractNode => ({
      schema: each,
      resolved: dereference(each, root),
      pointer: appendPointer(pointer, ...tokens),
      position: positionOf(tokens, schema),
      ...roots,
    }));
    waiting.push(...inner.toReversed());
  }
}

function positionOf([keyword, name]: readonly (string | number)[], owner: JsonSchema): NodePosition {
  switch (keyword) {
    case 'properties':
      return { kind: 'property', name: String(name), owner };
    case '$defs':
      return { kind: 'definition', name: String(name) };
    case 'items':
      return { kind: 'item' };
    case 'additionalProperties':
      return { kind: 'additional' };
    case 'propertyNames':
      return { kind: 'name' };
    default:
      return { kind: 'branch' };
  }
}
