// Which defaults the validator fills for certain, so that a type may call the property present. The rules are those of
// fill-defaults.ts: one branch of a union has to be chosen, and a default that contains itself is not filled for ever.

import { canonicalJson } from '../schema/canonical-json.ts';
import { copyJson } from '../schema/copy-json.ts';
import { dereference } from '../schema/dereference.ts';
import { fillDefaults } from '../schema/fill-defaults.ts';
import { branchesOf, discriminatorOf, typesOf } from '../schema/select-branch.ts';
import { subschemasOf } from '../schema/subschemas.ts';
import type { JsonSchema } from './json.ts';

/** Whether every valid value of a union chooses exactly one branch, which is then filled. */
export function choosesOneBranch(union: unknown, root: JsonSchema): boolean {
  const branches = branchesOf(union, root);
  const admits = (type: 'object' | 'array'): JsonSchema[] =>
    branches.filter((branch) => typesOf(branch)?.has(type) ?? true);
  const objects = admits('object');
  return admits('array').length < 2 && (objects.length < 2 || areTold(objects));
}

function areTold(objects: readonly JsonSchema[]): boolean {
  const discriminator = discriminatorOf(objects);
  if (discriminator === undefined) return false;
  return [...discriminator.branches.values()].every((owners) => owners.length === 1);
}

/** Keywords that decide what is filled, and that replace those of the target when they stand beside `$ref`. */
const fillingKeywords = ['properties', 'additionalProperties', 'items', 'anyOf', 'oneOf'];

export function replacesTarget(schema: JsonSchema): boolean {
  return fillingKeywords.some((keyword) => schema[keyword] !== undefined);
}

/** Whether the default of a property, once filled, holds the same property again without its defaults. */
export function isCutShort(property: JsonSchema, root: JsonSchema): boolean {
  const value = property['default'];
  if (typeof value !== 'object' || value === null || !containsItself(property, root)) return false;
  const once = filled(property, value, root);
  return once === undefined || canonicalJson(once) !== canonicalJson(filled(property, once, root));
}

function filled(property: JsonSchema, value: unknown, root: JsonSchema): unknown {
  const copied = copyJson(value);
  if ('fault' in copied) return undefined;
  fillDefaults(property, copied.value, root);
  return copied.value;
}

function containsItself(schema: JsonSchema, root: JsonSchema): boolean {
  const seen = new Set<JsonSchema>();
  const waiting = inside(schema, root);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === schema) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...inside(next, root));
  }
  return false;
}

function inside(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  return subschemasOf(dereference(schema, root)).map((inner) => inner.schema);
}
