// Several shapes of one type on either side: branches of unions, matched by the property that tells them apart, else by
// what they ask for.

import type { Json } from '../json-schema.ts';
import { compareLimits } from './compare-limits.ts';
import { compareShape, fullText } from './compare-cores.ts';
import { below } from './compare-schemas.ts';
import type { Walk } from './compare-schemas.ts';
import type { Pair } from './finding.ts';
import type { NormalForm } from './normal-form.ts';
import { anything } from './shape.ts';
import type { ObjectShape, Shape } from './shape.ts';

export interface Branches {
  readonly old: readonly Shape[];
  readonly new: readonly Shape[];
  /** Callers were told that branches may be added. */
  readonly extensible: boolean;
}

export function compareUnions(walk: Walk, pair: Pair, branches: Branches): void {
  const [old, next] = [objectsOf(branches.old), objectsOf(branches.new)];
  if (old.length === 0 && next.length === 0)
    return compareUntagged(walk, { ...pair, fills: false }, branches);
  const [before, after] = [discriminatorsOf(walk.old, old), discriminatorsOf(walk.new, next)];
  const property = before.find((name) => after.includes(name));
  if (property !== undefined) return compareTagged(walk, pair, property, { ...branches, old, new: next });
  if (fullText(pair.old, walk.old) === fullText(pair.new, walk.new)) return;
  const [was] = before;
  const [is] = after;
  const isRenamed = was !== undefined && is !== undefined && haveCommonTags(walk, old, was, next, is);
  const subject = `\`${pair.subject}\``;
  walk.note(pair, {
    id: isRenamed ? 'discriminator-renamed' : 'union-changed',
    text: isRenamed
      ? `the branches of ${subject} are told apart by \`${is}\` instead of \`${was}\``
      : old.length === 1
        ? `${subject} became a union of objects`
        : next.length === 1
          ? `${subject} is no longer a union of objects`
          : `the branches of ${subject} changed, and nothing tells which became which`,
    probe: { kind: 'any' },
  });
}

function objectsOf(shapes: readonly Shape[]): readonly ObjectShape[] {
  return shapes.filter((shape): shape is ObjectShape => shape.type === 'object');
}

// -- objects with a tag

/** The properties that every shape requires and fixes to values of its own, in name order. */
function discriminatorsOf(form: NormalForm, shapes: readonly ObjectShape[]): readonly string[] {
  const [first] = shapes;
  return [...(first?.required ?? [])].sort().filter((name) => {
    const tags = shapes.map((shape) => (shape.required.has(name) ? form.tagsOf(shape, name) : []));
    const all = tags.flat();
    return tags.every((own) => own.length > 0) && new Set(all).size === all.length;
  });
}

function haveCommonTags(
  walk: Walk,
  old: readonly ObjectShape[],
  was: string,
  next: readonly ObjectShape[],
  is: string,
): boolean {
  const tags = new Set(old.flatMap((shape) => walk.old.tagsOf(shape, was)));
  return next.some((shape) => walk.new.tagsOf(shape, is).some((tag) => tags.has(tag)));
}

function compareTagged(
  walk: Walk,
  pair: Pair,
  property: string,
  branches: {
    readonly old: readonly ObjectShape[];
    readonly new: readonly ObjectShape[];
    extensible: boolean;
  },
): void {
  const before = byTag(walk.old, branches.old, property);
  const after = byTag(walk.new, branches.new, property);
  const compared = new Set<string>();
  for (const tag of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, next] = [before.get(tag), after.get(tag)];
    const value = JSON.parse(tag) as Json;
    if (old !== undefined && next !== undefined) {
      // A branch with several tags is compared with each branch that took one of them, and with none twice.
      const key = `${branches.old.indexOf(old)} ${branches.new.indexOf(next)}`;
      if (compared.has(key)) continue;
      compared.add(key);
      const subject = `${pair.subject}(${property}=${typeof value === 'string' ? value : tag})`;
      compareShape(walk, { ...pair, subject }, old, next, property);
    } else if (old !== undefined) {
      walk.note(pair, {
        id: 'union-branch-removed',
        text: `\`${pair.subject}\` lost the branch \`${property}: ${tag}\``,
        probe: { kind: 'branch', shape: old, tag: { property, value } },
        old: { pointer: below(...old.trail), at: 'value' },
      });
    } else if (next !== undefined) {
      walk.note(pair, {
        id: branches.extensible ? 'extensible-union-branch-added' : 'union-branch-added',
        text: `\`${pair.subject}\` gained the branch \`${property}: ${tag}\``,
        probe: { kind: 'branch', shape: next, tag: { property, value } },
        new: { pointer: below(...next.trail), at: 'value' },
      });
    }
  }
}

function byTag(
  form: NormalForm,
  shapes: readonly ObjectShape[],
  property: string,
): ReadonlyMap<string, ObjectShape> {
  return new Map(shapes.flatMap((shape) => form.tagsOf(shape, property).map((tag) => [tag, shape] as const)));
}

// -- shapes that nothing names

/** Equal shapes belong together; of what is left, one and one became each other, and several came or went. */
function compareUntagged(walk: Walk, pair: Pair, branches: Branches): void {
  const left = [...branches.old];
  const right: Shape[] = [];
  for (const shape of branches.new) {
    const match = left.findIndex((other) => admitSameShape(walk, other, shape));
    if (match < 0) right.push(shape);
    else left.splice(match, 1);
  }
  const [old, ...olders] = left;
  const [next, ...nexts] = right;
  if (old !== undefined && next !== undefined && olders.length === 0 && nexts.length === 0)
    return compareShape(walk, pair, old, next);
  for (const shape of left) {
    walk.note(pair, {
      id: 'union-branch-removed',
      text: `\`${pair.subject}\` lost a branch of type ${shape.type}`,
      probe: { kind: 'branch', shape },
      old: { pointer: below(...shape.trail), at: 'value' },
    });
  }
  for (const shape of right) {
    walk.note(pair, {
      id: branches.extensible ? 'extensible-union-branch-added' : 'union-branch-added',
      text: `\`${pair.subject}\` gained a branch of type ${shape.type}`,
      probe: { kind: 'branch', shape },
      new: { pointer: below(...shape.trail), at: 'value' },
    });
  }
}

function admitSameShape(walk: Walk, old: Shape, next: Shape): boolean {
  if (compareLimits(old, next, '').length > 0) return false;
  if (old.type !== 'array' || next.type !== 'array') return old.type === next.type;
  return walk.admitSame(old.items ?? anything, next.items ?? anything);
}
