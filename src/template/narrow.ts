// What a condition says about values inside its block. Facts are kept as functions from type to type, by the path of the
// value: data never changes while a template renders, so a fact once learnt stays true.

import type { Expression, PathExpression, Place } from './template.ts';
import { join, literalType, propertyOf } from './type-model.ts';
import type { Alternative, Type } from './type-model.ts';

/** Keeps of a type what can still be there. */
export type Refine = (type: Type) => Type;

export interface Fact {
  readonly refine: Refine;
  /** The conditions that say so, outermost first. */
  readonly because: readonly Reason[];
}

/** A condition, in a partial or in the template itself. */
export interface Reason extends Place {
  readonly partial?: string;
}

/** By key of a value; see `keyBelow` of the checker. */
export type Facts = ReadonlyMap<string, Fact>;

export const noFacts: Facts = new Map();

/** Both hold. */
export function both(left: Facts, right: Facts): Facts {
  if (left.size === 0) return right;
  const facts = new Map(left);
  for (const [key, fact] of right) {
    const known = facts.get(key);
    facts.set(
      key,
      known === undefined ? fact : combined(known, fact, (type) => fact.refine(known.refine(type))),
    );
  }
  return facts;
}

/** One of the two holds, nobody knows which. */
export function either(left: Facts, right: Facts): Facts {
  const facts = new Map<string, Fact>();
  for (const [key, fact] of left) {
    const other = right.get(key);
    if (other === undefined) continue;
    facts.set(
      key,
      combined(fact, other, (type) => join(fact.refine(type), other.refine(type))),
    );
  }
  return facts;
}

function combined(left: Fact, right: Fact, refine: Refine): Fact {
  return { refine, because: [...new Set([...left.because, ...right.because])] };
}

/** The keys of the values that a path passes, from its start to its end; undefined where a value has no key. */
export type KeysOf = (path: PathExpression) => readonly PathStep[] | undefined;

export interface PathStep {
  readonly key: string;
  /** The property that leads from this step to the next; absent at the end. */
  readonly next?: string;
}

/** What can be asked about a condition. */
export interface Asking {
  readonly keysOf: KeysOf;
  /** The condition as a whole. */
  readonly reason: Reason;
  /** Zero counts as true. */
  readonly includeZero?: boolean;
}

/** The facts of a block that is entered when the condition holds, or when it does not. */
export function factsOf(condition: Expression, holds: boolean, asking: Asking): Facts {
  if (condition.kind === 'literal') return noFacts;
  if (condition.kind === 'path') return factsOfTruth(condition, holds, asking);
  const [first, second] = condition.parameters;
  // `includeZero` is about the value of the condition, not about those inside a call.
  const inner: Asking = { keysOf: asking.keysOf, reason: asking.reason };
  switch (condition.helper) {
    case 'not':
      return first === undefined ? noFacts : factsOf(first, !holds, inner);
    case 'and':
    case 'or': {
      const parts = condition.parameters.map((part) => factsOf(part, holds, inner));
      const combine = (condition.helper === 'and') === holds ? both : either;
      return parts.length === 0 ? noFacts : parts.reduce((all, part) => combine(all, part));
    }
    case 'eq':
    case 'ne':
      return equality(first, second, (condition.helper === 'eq') === holds, inner);
    case 'gt':
    case 'lt':
      return holds
        ? condition.parameters.reduce((all, part) => both(all, isNumber(part, inner)), noFacts)
        : noFacts;
    default:
      return noFacts;
  }
}

function factsOfTruth(path: PathExpression, holds: boolean, asking: Asking): Facts {
  const includeZero = asking.includeZero ?? false;
  const isTrue = includeZero ? (one: Alternative) => isNumeric(one) || truthy(one) : truthy;
  const isFalse = includeZero ? (one: Alternative) => falsy(one) && !isNumeric(one) : falsy;
  return along(path, asking, (type) =>
    type.filter(holds ? isTrue : isFalse).map(holds ? asTruthy(includeZero) : same),
  );
}

function equality(
  left: Expression | undefined,
  right: Expression | undefined,
  isEqual: boolean,
  asking: Asking,
): Facts {
  const path = [left, right].find((one) => one?.kind === 'path');
  const literal = [left, right].find((one) => one?.kind === 'literal');
  if (path?.kind !== 'path' || literal?.kind !== 'literal') return noFacts;
  const [wanted] = literalType(literal.value);
  if (wanted === undefined) return noFacts;
  return along(path, asking, (type) =>
    isEqual ? type.flatMap((one) => equalTo(one, wanted)) : type.filter((one) => !isExactly(one, wanted)),
  );
}

function isNumber(expression: Expression, asking: Asking): Facts {
  if (expression.kind !== 'path') return noFacts;
  return along(expression, asking, (type) =>
    type.filter(({ kind }) => kind === 'number' || kind === 'unknown'),
  );
}

/** Facts of the body of `{{#each}}`: the path leads to something with items. */
export function factsOfItems(path: PathExpression, asking: Asking): Facts {
  return along(path, asking, (type) =>
    type.filter((one) => hasItems(one)).map((one) => asTruthy(false)(one)),
  );
}

function hasItems(one: Alternative): boolean {
  return one.kind === 'object' || one.kind === 'unknown' || (one.kind === 'list' && one.max !== 0);
}

/** A fact about the end of a path, and what it means for the values on the way: those that cannot lead there are out. */
function along(path: PathExpression, { keysOf, reason }: Asking, refine: Refine): Facts {
  const facts = new Map<string, Fact>();
  let below = refine;
  for (const { key, next } of keysOf(path)?.toReversed() ?? []) {
    if (next !== undefined) {
      const inner = below;
      below = (type) =>
        type.filter((one) => {
          const property = propertyOf(one, next);
          return inner(property === 'missing' ? [{ kind: 'undefined' }] : property).length > 0;
        });
    }
    facts.set(key, { refine: below, because: [reason] });
  }
  return facts;
}

const same = (one: Alternative): Alternative => one;

function asTruthy(includeZero: boolean): (one: Alternative) => Alternative {
  return (one) => {
    if (one.kind === 'string') return { ...one, canBeEmpty: false };
    if (one.kind === 'list') return { ...one, min: Math.max(one.min, 1) };
    return one.kind === 'number' && !includeZero ? { ...one, canBeZero: false } : one;
  };
}

/** Whether a value of the type can count as true. */
export function canHold(type: Type): boolean {
  return type.some(truthy);
}

/** Whether a value of the type can count as false. */
export function canFail(type: Type): boolean {
  return type.some(falsy);
}

/** Whether the alternative has a value that counts as true. */
export function truthy(one: Alternative): boolean {
  switch (one.kind) {
    case 'null':
    case 'undefined':
      return false;
    case 'boolean':
      return one.value;
    case 'number':
      return one.value !== 0;
    case 'string':
      return one.value !== '';
    case 'list':
      return one.max !== 0;
    default:
      return true;
  }
}

/** Whether the alternative has a value that counts as false. */
export function falsy(one: Alternative): boolean {
  switch (one.kind) {
    case 'boolean':
      return !one.value;
    case 'number':
      return one.canBeZero;
    case 'string':
      return one.canBeEmpty;
    case 'list':
      return one.min === 0;
    default:
      return one.kind !== 'object';
  }
}

/** With `includeZero`, no number counts as false. */
function isNumeric(one: Alternative): boolean {
  return one.kind === 'number';
}

function equalTo(one: Alternative, wanted: Alternative): Type {
  if (one.kind === 'unknown') return [wanted];
  if (one.kind !== wanted.kind) return [];
  switch (one.kind) {
    case 'boolean':
      return wanted.kind === 'boolean' && one.value === wanted.value ? [one] : [];
    case 'number':
      if (wanted.kind !== 'number' || (one.value !== undefined && one.value !== wanted.value)) return [];
      return wanted.value === 0 && !one.canBeZero ? [] : [wanted];
    case 'string':
      if (wanted.kind !== 'string' || (one.value !== undefined && one.value !== wanted.value)) return [];
      return wanted.value === '' && !one.canBeEmpty ? [] : [wanted];
    default:
      return [one];
  }
}

/** Whether the alternative is this one value and no other. */
function isExactly(one: Alternative, wanted: Alternative): boolean {
  if (one.kind !== wanted.kind) return false;
  if (one.kind === 'null' || one.kind === 'undefined') return true;
  return 'value' in one && 'value' in wanted && one.value !== undefined && one.value === wanted.value;
}
