// `{{#if}}`, `{{#with}}` and `{{#each}}`: what is known inside of them, and whether they can do what they say.

import { suggest } from '../diagnostics/suggest.ts';
import { branchKey } from './branches.ts';
import type { BlockNode, Branch } from './branches.ts';
import { typeOfExpression } from './check-expression.ts';
import { stepsOf } from './check-path.ts';
import { declaredAt, eitherExtent, itemBelow, nothingPrinted, placeHere, report } from './check-state.ts';
import type { Check, Extent, Known, Scope } from './check-state.ts';
import { both, factsOf, factsOfItems, falsy, truthy } from './narrow.ts';
import type { Asking, Facts } from './narrow.ts';
import { kindWords, wordsOf, wordsOfType } from './print-expression.ts';
import type { BlockParameter, EachNode, Expression, IfNode, WithNode } from './template.ts';
import {
  absent,
  isUnknown,
  join,
  literalType,
  nothing,
  numberType,
  textType,
  unknown,
} from './type-model.ts';
import type { Alternative, ObjectType, Type } from './type-model.ts';

export function checkIf(check: Check, node: IfNode, scope: Scope, facts: Facts): Extent {
  const known = typeOfExpression(check, node.condition, scope, facts, 'condition');

  const { type } = known;
  const asking = { ...askingOf(check, node.condition, scope), includeZero: node.includeZero };
  const countsAsTrue = (one: Alternative): boolean =>
    truthy(one) || (node.includeZero && one.kind === 'number');
  const countsAsFalse = (one: Alternative): boolean =>
    falsy(one) && !(node.includeZero && one.kind === 'number');
  const canHold = type.length === 0 || type.some(countsAsTrue);
  const canFail = type.length === 0 || type.some(countsAsFalse);
  if (canHold !== canFail && !isUnknown(type)) reportConstant(check, node, known, canHold, scope, facts);
  else if (!node.includeZero) checkZero(check, node, known);
  const extents: Extent[] = [];
  if (node.negated ? canFail : canHold) {
    const inside = both(facts, factsOf(node.condition, !node.negated, asking));
    noteReachable(check, node, 'body');
    extents.push(check.walk(check, node.body, scope, inside));
  }
  if (node.negated ? canHold : canFail) {
    const inside = both(facts, factsOf(node.condition, node.negated, asking));
    noteReachable(check, node, 'else');
    extents.push(check.walk(check, node.otherwise, scope, inside));
  }
  return eitherExtent(extents);
}

function noteReachable(check: Check, node: BlockNode, arm: Branch['arm']): void {
  check.reachable.add(branchKey(node, arm, check.calls.at(-1)?.name));
}

function askingOf(check: Check, condition: Expression, scope: Scope): Asking {
  return { keysOf: (path) => stepsOf(check, path, scope), reason: placeHere(check, condition) };
}

function reportConstant(
  check: Check,
  node: IfNode,
  known: Known,
  holds: boolean,
  scope: Scope,
  facts: Facts,
): void {
  const words = wordsOf(node.condition);
  const isPrinted = holds !== node.negated;
  const hasOther = node.otherwise.length > 0;
  const help = isPrinted
    ? `drop the condition${hasOther ? '; its {{else}} is never printed' : ' and keep what is inside'}`
    : `what is inside is never printed${hasOther ? '; keep only the {{else}}' : '; drop the block'}`;
  const reasons = known.key === undefined ? [] : (facts.get(known.key)?.because ?? []);
  const isCall = node.condition.kind === 'call';
  const compared = holds ? undefined : comparisonWords(check, node.condition, scope, facts);

  report(
    check,
    node.condition,
    'template/constant-condition',
    `\`${words}\` always counts as ${holds ? 'true' : 'false'} here.`,
    {
      severity: 'warning',
      labels: [
        ...reasons.map((reason) => ({ ...reason, message: 'this condition has settled it' })),
        reasons.length > 0 ? undefined : declaredAt(compared?.subject ?? known, 'declared here'),
      ],
      notes: isCall ? (compared?.notes ?? []) : [`it is ${wordsOfType(known.type, holds)}`],
      help: compared?.help ?? help,
    },
  );
}

/** Of `(eq tone "formall")`: what `tone` can be, and which of that is near. */
function comparisonWords(
  check: Check,
  condition: Expression,
  scope: Scope,
  facts: Facts,
): { readonly subject: Known; readonly notes: readonly string[]; readonly help?: string } | undefined {
  if (condition.kind !== 'call' || condition.helper !== 'eq') return undefined;
  const path = condition.parameters.find(({ kind }) => kind === 'path');
  const literal = condition.parameters.find(({ kind }) => kind === 'literal');
  if (path === undefined || literal?.kind !== 'literal') return undefined;
  const subject = typeOfExpression({ ...check, findings: [] }, path, scope, facts);
  const { type } = subject;
  const values = type.flatMap((one) => ('value' in one && one.value !== undefined ? [one.value] : []));
  if (values.length === 0) {
    const kinds = new Set(type.map(({ kind }) => kindWords[kind]));
    return { subject, notes: [`it is ${[...kinds].join(' or ')}`] };
  }
  const notes = [`it is ${values.map((value) => JSON.stringify(value)).join(' or ')}`];
  const near = suggest(
    String(literal.value),
    values.filter((value) => typeof value === 'string'),
  );
  if (near.length === 0) return { subject, notes };
  return { subject, notes, help: `did you mean ${near.map((value) => JSON.stringify(value)).join(' or ')}?` };
}

function checkZero(check: Check, node: IfNode, known: Known): void {
  const { condition } = node;
  if (condition.kind !== 'path') return;
  const isNumber = known.type.some(
    (one) => one.kind === 'number' && one.value === undefined && one.canBeZero,
  );
  if (!isNumber) return;
  const words = wordsOf(condition);
  report(check, condition, 'template/zero-is-false', '0 counts as false here.', {
    severity: 'warning',
    labels: [declaredAt(known, 'can be 0')],
    help: `write includeZero=true when 0 is a value, or (gt ${words} 0) when it is not`,
  });
}

// ---- With ----------------------------------------------------------------------------------------------------------

export function checkWith(check: Check, node: WithNode, scope: Scope, facts: Facts): Extent {
  const subject = typeOfExpression(check, node.subject, scope, facts);
  const entered = subject.type.filter((one) => truthy(one) || one.kind === 'number').map(asEntered);
  const isSkipped =
    subject.type.length === 0 || subject.type.some((one) => falsy(one) && one.kind !== 'number');
  const context: Known = { ...subject, type: entered };
  const asking = { ...askingOf(check, node.subject, scope), includeZero: true };
  const extents: Extent[] = [];
  if (entered.length > 0) {
    const inside = both(facts, factsOf(node.subject, true, asking));
    const inner = enter(check, scope, node, context, [context]);
    noteReachable(check, node, 'body');
    extents.push(check.walk(check, node.body, inner, inside));
  }
  const otherwise = check.walk(check, node.otherwise, scope, facts);
  if (isSkipped) {
    noteReachable(check, node, 'else');
    extents.push(otherwise);
  }
  return eitherExtent(extents);
}

function asEntered(one: Alternative): Alternative {
  if (one.kind === 'string') return { ...one, canBeEmpty: false };
  return one.kind === 'list' ? { ...one, min: Math.max(1, one.min) } : one;
}

function enter(
  check: Check,
  outer: Scope,
  node: WithNode | EachNode,
  context: Known,
  values: readonly Known[],
): Scope {
  const { kind, parameters } = node;
  const loop = outer.loop === undefined ? {} : { loop: outer.loop };
  const opened = { ...placeHere(check, node.open), kind, words: wordsOf(node.subject) };
  const names = namesOfParameters(parameters, values);
  return { context, outer, opened, ...(names === undefined ? {} : { names }), ...loop };
}

function namesOfParameters(
  parameters: readonly BlockParameter[],
  values: readonly Known[],
): ReadonlyMap<string, Known> | undefined {
  if (parameters.length === 0) return undefined;
  return new Map(parameters.map((parameter, at) => [parameter.name, values[at] ?? { type: absent }]));
}

// ---- Each ----------------------------------------------------------------------------------------------------------

export function checkEach(check: Check, node: EachNode, scope: Scope, facts: Facts): Extent {
  const subject = typeOfExpression(check, node.subject, scope, facts);
  checkIterable(check, node, subject);
  const { item, key, isList, turnsMax, canBeEmpty } = itemsOf(subject.type);
  const extents: Extent[] = [];
  if (item.length > 0) {
    check.frames += 1;
    const context = itemBelow(subject, item, check.frames);
    const inner = enter(check, scope, node, context, [context, { type: key, isIndex: isList }]);
    const inside =
      node.subject.kind === 'path'
        ? both(facts, factsOfItems(node.subject, askingOf(check, node.subject, scope)))
        : facts;
    noteReachable(check, node, 'body');
    const turn = check.walk(check, node.body, { ...inner, loop: { key, isList, outer: scope.loop } }, inside);
    extents.push({ ...turn, lengthMax: turn.lengthMax === 0 ? 0 : turn.lengthMax * turnsMax });
  }
  const otherwise = check.walk(check, node.otherwise, scope, facts);
  if (canBeEmpty || item.length === 0) {
    noteReachable(check, node, 'else');
    extents.push(otherwise);
  }
  return extents.length === 0 ? nothingPrinted : eitherExtent(extents);
}

function checkIterable(check: Check, node: EachNode, subject: Known): void {
  const words = wordsOf(node.subject);
  const scalar = subject.type.find(
    ({ kind }) => kind === 'string' || kind === 'number' || kind === 'boolean',
  );
  if (scalar !== undefined) {
    report(
      check,
      node.subject,
      'template/not-a-list',
      `\`${words}\` is ${kindWords[scalar.kind]}; #each would print nothing.`,
      {
        labels: [declaredAt(subject, 'declared here')],
        help: `did you mean {{#if ${words}}}?`,
      },
    );
  } else if (subject.type.some(({ kind }) => kind === 'unknown')) {
    report(check, node.subject, 'template/untyped-value', `\`${words}\` can be anything, also no list.`, {
      severity: 'info',
      labels: [declaredAt(subject, 'this says nothing of what it is')],
      help: 'say in the schema that it is a list',
    });
  } else if (subject.type.some(({ kind }) => kind === 'object')) {
    report(
      check,
      node.subject,
      'template/map-order',
      `The order of \`${words}\` is the caller's, and names like numbers come first.`,
      {
        severity: 'warning',
        labels: [declaredAt(subject, 'a map')],
        help: 'use a list where the order matters',
      },
    );
  }
}

interface Items {
  readonly item: Type;
  readonly key: Type;
  /** Every key is the number of a turn. */
  readonly isList: boolean;
  readonly turnsMax: number;
  readonly canBeEmpty: boolean;
}

function itemsOf(type: Type): Items {
  const lists = type.flatMap((one) => (one.kind === 'list' && one.max !== 0 ? [one] : []));
  const objects = type.flatMap((one) => (one.kind === 'object' ? [one] : []));
  const others = type.filter(({ kind }) => kind === 'unknown');
  const item = join(
    ...lists.map((list) => list.items()),
    ...objects.map(typeOfValues),
    ...others.map(() => unknown),
  );
  const key = join(...lists.map(() => numberType), ...objects.map(typeOfKeys), ...others.map(() => unknown));
  const turns = [
    ...lists.map(({ max }) => max ?? Infinity),
    ...objects.map(({ shape }) => (shape.additional === undefined ? shape.names.length : Infinity)),
    ...others.map(() => Infinity),
  ];
  const isNeverEmpty = type.length > 0 && type.every((one) => isNeverEmptyAlternative(one));
  return {
    item,
    key,
    isList: lists.length > 0 && objects.length === 0 && others.length === 0,
    turnsMax: Math.max(0, ...turns),
    canBeEmpty: !isNeverEmpty,
  };
}

/** A property that is not there is not turned over. */
function typeOfValues({ shape }: ObjectType): Type {
  const declared = shape.names.map((name) =>
    (shape.property(name) ?? nothing).filter(({ kind }) => kind !== 'undefined'),
  );
  return join(...declared, ...(shape.additional === undefined ? [] : [shape.additional()]));
}

/** Declared names are the author's; those of an open map are the caller's. */
function typeOfKeys({ shape }: ObjectType): Type {
  if (shape.additional !== undefined) return textType('untrusted');
  return join(...shape.names.map((name) => literalType(name)));
}

function isNeverEmptyAlternative(one: Alternative): boolean {
  if (one.kind === 'list') return one.min > 0;
  if (one.kind !== 'object') return false;
  return one.shape.names.some((name) =>
    (one.shape.property(name) ?? absent).every(({ kind }) => kind !== 'undefined'),
  );
}
