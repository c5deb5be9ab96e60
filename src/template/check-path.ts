// A path → the type of what it leads to, step by step. What does not exist is reported once; the type is then empty, and
// nothing more is said of it.

import { below, isAbsent, keyBelow, noteUse, refine } from './check-state.ts';
import type { Check, Known, Scope } from './check-state.ts';
import { explainMissingStep } from './explain-missing-step.ts';
import { reportAboveRoot, reportFragileParent, reportOutsideLoop } from './explain-scope.ts';
import type { Facts, PathStep } from './narrow.ts';
import type { PathExpression } from './template.ts';
import { absent, booleanType, join, nothing, numberType, propertyOf } from './type-model.ts';
import type { Type } from './type-model.ts';

/** A condition may ask for what only some of the values have; printing it is a mistake. */
export type Purpose = 'value' | 'condition';

export function typeOfPath(
  check: Check,
  path: PathExpression,
  scope: Scope,
  facts: Facts,
  purpose: Purpose,
): Known {
  const start = startOf(check, path, scope);
  if (start === undefined) return { type: nothing };
  let at = refine(start.known, facts);
  let everything = start.known;
  for (const [index, { name }] of path.segments.entries()) {
    if (index < start.skip) continue;
    noteName(check, at, name);
    const type = stepInto(at.type, name, purpose);
    if (type === undefined) {
      explainMissingStep(check, { path, index, from: at, everything, facts, scope, start });
      return { type: nothing };
    }
    everything = below(everything, stepOfAny(everything.type, name), name);
    at = refine(below(at, type, name), facts);
  }
  noteUse(check, at);
  return at;
}

/** The context of a partial is asked for a name. */
function noteName(check: Check, { contextOf }: Known, name: string): void {
  if (contextOf !== undefined) check.checked.get(contextOf)?.names.add(name);
}

/**
 * The type of a property, when every alternative that is there has it. Of an empty type, and of one that is only absent,
 * nothing can be said.
 */
function stepInto(type: Type, name: string, purpose: Purpose): Type | undefined {
  if (type.length === 0) return nothing;
  if (type.some((one) => propertyOf(one, name) === 'missing')) {
    const isOfSome = type.some((one) => !isAbsent(one) && propertyOf(one, name) !== 'missing');
    return isOfSome && purpose === 'condition' ? join(stepOfAny(type, name), absent) : undefined;
  }
  return type.every(isAbsent) ? absent : stepOfAny(type, name);
}

/** The type of a property of those alternatives that have it. */
export function stepOfAny(type: Type, name: string): Type {
  return join(...type.map((one) => propertyOf(one, name)).filter((property) => property !== 'missing'));
}

// ---- Starts --------------------------------------------------------------------------------------------------------

export interface PathStart {
  readonly known: Known;
  /** Segments that the start has used up already. */
  readonly skip: number;
  /** The scope whose context it is. */
  readonly scope?: Scope;
}

function startOf(check: Check, path: PathExpression, scope: Scope): PathStart | undefined {
  const start = quietStartOf(check, path, scope);
  if (start === undefined && path.origin === 'scope') reportAboveRoot(check, path, scope);
  else if (start === undefined) reportOutsideLoop(check, path, scope);
  else if (path.depth > 0 && path.origin === 'scope') reportFragileParent(check, path, scope);
  return start;
}

function quietStartOf(check: Check, path: PathExpression, scope: Scope): PathStart | undefined {
  const [first] = path.segments;
  const canBeName = !path.explicit && first !== undefined && path.origin === 'scope';
  const named = canBeName ? nameInScope(scope, first.name) : undefined;
  if (named !== undefined) return { known: named, skip: 1 };
  if (path.origin === 'root') return { known: check.root, skip: 0 };
  if (path.origin !== 'scope') return loopVariable(path, scope);
  let at: Scope | undefined = scope;
  for (let climbed = 0; climbed < path.depth; climbed += 1) at = at?.outer;
  return at === undefined ? undefined : { known: at.context, skip: 0, scope: at };
}

export function nameInScope(scope: Scope, name: string): Known | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const named = at.names?.get(name);
    if (named !== undefined) return named;
  }
  return undefined;
}

function loopVariable({ origin, depth }: PathExpression, scope: Scope): PathStart | undefined {
  let { loop } = scope;
  for (let climbed = 0; climbed < depth; climbed += 1) loop = loop?.outer;
  if (loop === undefined) return undefined;
  if (origin === 'key') return { known: { type: loop.key }, skip: 0 };
  if (origin === 'index') return { known: { type: numberType, isIndex: true }, skip: 0 };
  return { known: { type: booleanType }, skip: 0 };
}

// ---- Keys ----------------------------------------------------------------------------------------------------------

/** The keys along a path, for facts; undefined when its value has none. Says nothing. */
export function stepsOf(check: Check, path: PathExpression, scope: Scope): readonly PathStep[] | undefined {
  const start = quietStartOf(check, path, scope);
  if (start?.known.key === undefined) return undefined;
  let { key } = start.known;
  const steps: PathStep[] = [];
  for (const { name } of path.segments.slice(start.skip)) {
    steps.push({ key, next: name });
    key = keyBelow(key, name);
  }
  return [...steps, { key }];
}
