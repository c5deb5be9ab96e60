// Template × input schema → what is wrong with the template. One walk over the same nodes that the evaluator walks, with
// types in the place of values. Every type is a superset of what can be there, so a template that is called clean never
// prints an object or an absent value, never loops over what is no list, and never loses text.

import { suggest } from '../diagnostics/suggest.ts';
import { checkCall } from './check-call.ts';
import { fence } from './helpers/fence.ts';
import { helperNamed } from './helpers/index.ts';
import { pointerStep } from './json.ts';
import type { JsonSchema } from './json.ts';
import { both, factsOf, falsy, noFacts, truthy } from './narrow.ts';
import type { Facts, PathStep } from './narrow.ts';
import type {
  BlockParameter,
  CallExpression,
  EachNode,
  Expression,
  IfNode,
  PartialNode,
  PathExpression,
  Place,
  Template,
  TemplateFix,
  TemplateNode,
  WithNode,
} from './template.ts';
import {
  absent,
  booleanType,
  isUnknown,
  join,
  literalType,
  namesOf,
  nothing,
  numberType,
  propertyOf,
  textType,
  trustOf,
  typeKey,
  typeOfSchema,
  unknown,
} from './type-model.ts';
import type { Alternative, ObjectShape, Type } from './type-model.ts';

/** Something about a template and a schema together. Offsets count in the text of `partial`, or of the template itself. */
export interface TemplateFinding extends Place {
  readonly code: string;
  readonly severity: 'error' | 'deny' | 'warning' | 'info';
  readonly message: string;
  readonly label?: string;
  readonly help?: string;
  readonly notes?: readonly string[];
  readonly fix?: TemplateFix;
  /** The partial that holds the place. */
  readonly partial?: string;
  /** The call in the template itself that led to it. */
  readonly calledAt?: Place;
}

export interface CheckedTemplate {
  readonly findings: readonly TemplateFinding[];
  /** Top-level properties of the input that are used; `undefined` when all of them are, because the input is as a whole. */
  readonly used: ReadonlySet<string> | undefined;
}

export interface CheckOptions {
  /** Resolved and closed. */
  readonly schema: JsonSchema;
  readonly partials: ReadonlyMap<string, Template>;
  /** Text of the caller may not stand bare in messages of `system` and `developer`. */
  readonly role: string;
  readonly probe?: Probe;
}

/** Asks what is known at one output: the one that begins at `at` in the text of `partial`, or of the template itself. */
export interface Probe {
  readonly at: number;
  readonly partial: string | undefined;
  /** Called for each way that leads there. */
  readonly found: (probed: Probed) => void;
}

/** `value` is the first argument of the output's helper; `names` is what can be written there, the nearest first. */
export interface Probed {
  readonly value: Known;
  readonly names: readonly (Known & { readonly label: string; readonly kind: 'property' | 'variable' })[];
}

/** Partials inside one another that are followed. */
const partialDepthMax = 32;

/** Checks of partials in one template; a template that needs more is not one a person can read. */
const partialChecksMax = 2_000;

export function checkTemplate(
  template: Template,
  { schema, partials, role, probe }: CheckOptions,
): CheckedTemplate {
  const root: Known = { type: typeOfSchema(schema), key: rootKey, path: [] };
  const check: Check = {
    partials,
    probe,
    isPrivileged: role === 'system' || role === 'developer',
    root,
    findings: [],
    used: new Set(),
    checkedPartials: new Set(),
    overlays: new Map(),
    calls: [],
    frames: 0,
  };
  checkBody(check, template.body, { context: root }, noFacts);
  return { findings: withoutRepetitions(check.findings), used: check.used.has('') ? undefined : check.used };
}

interface Check {
  readonly partials: ReadonlyMap<string, Template>;
  readonly probe: Probe | undefined;
  readonly isPrivileged: boolean;
  readonly root: Known;
  readonly findings: TemplateFinding[];
  /** Top-level properties of the input that are used; the empty name stands for all of it. */
  readonly used: Set<string>;
  readonly checkedPartials: Set<string>;
  /** Shapes of contexts with `key=value`s, so that equal calls have equal types. */
  readonly overlays: Map<string, Type>;
  /** The partials that are being checked, outermost first. */
  readonly calls: PartialCall[];
  frames: number;
}

interface PartialCall {
  readonly name: string;
  /** Equal for calls of one partial that cannot differ. */
  readonly key: string;
  /** Of its context; what is below it in the data has the same origin. */
  readonly frame: number;
  /** Where its context comes from. */
  readonly origin: Origin | undefined;
  /** The call in the template itself. */
  readonly calledAt: Place;
}

/** A value that is the context of a partial, or something below that. */
interface Origin {
  readonly frame: number;
  readonly isBelow: boolean;
}

/** A type, and what is known of the value beyond it. */
export interface Known {
  readonly type: Type;
  /** Where facts about the value are kept. */
  readonly key?: string;
  /** The names that lead from the input to it; a list's item has the name of the list's. */
  readonly path?: readonly string[];
  readonly origin?: Origin;
  /** The `key=value`s in front of its own properties. */
  readonly parts?: ReadonlyMap<string, Known>;
}

interface Scope {
  readonly context: Known;
  readonly outer?: Scope;
  readonly names?: ReadonlyMap<string, Known>;
  readonly loop?: Loop;
}

interface Loop {
  readonly key: Type;
  readonly outer: Loop | undefined;
}

/** Keys are JSON pointers below `$`, or below the `%7` of a partial's context; `*3` stands for the items of a loop. */
const rootKey = '$';

/** What `@root` leads to without passing through a loop or a partial. */
function isOfRoot(key: string): boolean {
  return key.startsWith(rootKey) && !key.includes('/*');
}

function keyBelow(key: string, name: string): string {
  return pointerStep(key, name.startsWith('*') ? `*${name}` : name);
}

function checkBody(check: Check, body: readonly TemplateNode[], scope: Scope, facts: Facts): void {
  for (const node of body) checkNode(check, node, scope, facts);
}

function checkNode(check: Check, node: TemplateNode, scope: Scope, facts: Facts): void {
  switch (node.kind) {
    case 'text':
      return;
    case 'output':
      if (check.probe?.at === node.start && check.probe.partial === check.calls.at(-1)?.name)
        check.probe.found(look(check, node.expression, scope, facts));
      return checkOutput(check, node.expression, scope, facts);
    case 'if':
      return checkIf(check, node, scope, facts);
    case 'with':
      return checkWith(check, node, scope, facts);
    case 'each':
      return checkEach(check, node, scope, facts);
    case 'partial':
      return checkPartial(check, node, scope, facts);
  }
}

// ---- Probing -------------------------------------------------------------------------------------------------------

function look(check: Check, expression: Expression, scope: Scope, facts: Facts): Probed {
  const argument = expression.kind === 'call' ? expression.parameters[0] : undefined;
  const value = argument === undefined ? { type: unknown } : typeOf(check, argument, scope, facts);
  return { value, names: namesIn(check, scope, facts) };
}

function namesIn(check: Check, scope: Scope, facts: Facts): Probed['names'] {
  const names: Probed['names'][number][] = propertiesOf(scope.context, facts, '');
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer)
    for (const [label, known] of at.names ?? [])
      names.push({ ...refine(known, facts), label, kind: 'variable' });
  if (scope.loop !== undefined) {
    const { key } = scope.loop;
    for (const [label, type] of [
      ['@index', numberType],
      ['@key', key],
      ['@first', booleanType],
      ['@last', booleanType],
    ] as const)
      names.push({ label, type, kind: 'variable' });
  }
  if (scope.context.key !== rootKey) names.push(...propertiesOf(check.root, facts, '@root.'));
  return names;
}

function propertiesOf(owner: Known, facts: Facts, prefix: string): Probed['names'][number][] {
  return namesOf(refine(owner, facts).type).map((name) => {
    const types = owner.type.flatMap((one) => {
      const type = propertyOf(one, name);
      return type === 'missing' ? [] : [type];
    });
    return { ...refine(below(owner, join(...types), name), facts), label: prefix + name, kind: 'property' };
  });
}

// ---- Output --------------------------------------------------------------------------------------------------------

function checkOutput(check: Check, expression: Expression, scope: Scope, facts: Facts): void {
  const { type } = typeOf(check, expression, scope, facts);
  const words = wordsOf(expression);
  const objects = type.filter(({ kind }) => kind === 'object');
  if (objects.length > 0) {
    const names = namesOf(objects);
    const help =
      names.length > 0
        ? `write {{json ${words}}}, or one of its properties: ${listed(names)}`
        : `write {{json ${words}}}`;
    return report(check, expression, 'object-printed', `\`${words}\` is an object.`, { help });
  }
  if (type.some(({ kind }) => kind === 'list')) {
    const help = `write {{#each ${words}}}, or {{join ${words} ", "}}`;
    return report(check, expression, 'list-printed', `\`${words}\` is a list.`, { help });
  }
  if (type.some(({ kind }) => kind === 'unknown')) {
    const help = `say in the schema what it is, or write {{json ${words}}}`;
    report(check, expression, 'untyped-value', `\`${words}\` can be anything, also an object.`, {
      severity: 'info',
      help,
    });
  } else if (type.some(isAbsent)) {
    const isAlways = type.every(isAbsent);
    const message = isAlways ? `\`${words}\` is never there.` : `\`${words}\` may be absent.`;
    const help =
      expression.kind === 'path'
        ? `wrap it in {{#if ${words}}}, or write {{default ${words} "…"}}`
        : undefined;
    report(check, expression, 'maybe-absent', message, {
      severity: 'warning',
      label: 'this can print nothing',
      ...(help === undefined ? {} : { help }),
    });
  }
  checkTrust(check, expression, type);
}

function checkTrust(check: Check, expression: Expression, type: Type): void {
  if (!check.isPrivileged || (expression.kind === 'call' && expression.helper === fence.name)) return;
  if (trustOf(type.filter((one) => !isAbsent(one))) !== 'untrusted') return;
  const words = wordsOf(expression);
  const message = `\`${words}\` is text of the caller inside a system message.`;
  const tag = expression.kind === 'path' ? (expression.segments.at(-1)?.name ?? 'data') : 'data';
  const help = `write {{fence ${words} tag="${tag.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-')}"}}, declare an enum, or say x-trust: trusted`;
  report(check, expression, 'untrusted-in-system', message, { severity: 'deny', help, group: 'trust' });
}

// ---- Blocks --------------------------------------------------------------------------------------------------------

function checkIf(check: Check, node: IfNode, scope: Scope, facts: Facts): void {
  const { type } = typeOf(check, node.condition, scope, facts);
  const keysOf = (path: PathExpression): readonly PathStep[] | undefined => stepsOf(check, path, scope);
  const canHold = type.some((one) => truthy(one) || (node.includeZero && one.kind === 'number'));
  const canFail = type.some((one) => falsy(one) && !(node.includeZero && one.kind === 'number'));
  if (type.length > 0 && !isUnknown(type) && canHold !== canFail) {
    const words = wordsOf(node.condition);
    const message = `\`${words}\` always counts as ${canHold ? 'true' : 'false'} here.`;
    const help = 'the block, or its {{else}}, is never printed';
    report(check, node.condition, 'constant-condition', message, { severity: 'warning', help });
  } else if (node.condition.kind === 'path' && !node.includeZero && type.some(isNumberWithZero)) {
    const words = wordsOf(node.condition);
    const help = `write includeZero=true when 0 is a value, or (gt ${words} 0) when it is not`;
    report(check, node.condition, 'zero-is-false', '0 counts as false here.', { severity: 'warning', help });
  }
  const whenTrue = factsOf(node.condition, true, keysOf, node.includeZero);
  const whenFalse = factsOf(node.condition, false, keysOf, node.includeZero);
  const [inside, otherwise] = node.negated ? [whenFalse, whenTrue] : [whenTrue, whenFalse];
  const isDead = (holds: boolean): boolean => type.length > 0 && !(holds ? canHold : canFail);
  if (!isDead(!node.negated)) checkBody(check, node.body, scope, both(facts, inside));
  if (!isDead(node.negated)) checkBody(check, node.otherwise, scope, both(facts, otherwise));
}

function isNumberWithZero(one: Alternative): boolean {
  return one.kind === 'number' && one.value === undefined && one.canBeZero;
}

function checkWith(check: Check, node: WithNode, scope: Scope, facts: Facts): void {
  const subject = typeOf(check, node.subject, scope, facts);
  const entered = subject.type.filter((one) => truthy(one) || one.kind === 'number').map(asEntered);
  const context = withType(subject, entered);
  const keysOf = (path: PathExpression): readonly PathStep[] | undefined => stepsOf(check, path, scope);
  const inside = both(facts, factsOf(node.subject, true, keysOf, true));
  if (entered.length > 0)
    checkBody(check, node.body, enter(check, scope, context, node.parameters, [context]), inside);
  checkBody(check, node.otherwise, scope, facts);
}

function asEntered(one: Alternative): Alternative {
  if (one.kind === 'string') return { ...one, canBeEmpty: false };
  return one.kind === 'list' ? { ...one, min: Math.max(1, one.min) } : one;
}

function checkEach(check: Check, node: EachNode, scope: Scope, facts: Facts): void {
  const subject = typeOf(check, node.subject, scope, facts);
  const scalars = subject.type.filter(
    ({ kind }) => kind === 'string' || kind === 'number' || kind === 'boolean',
  );
  if (scalars.length > 0) {
    const words = wordsOf(node.subject);
    const message = `\`${words}\` is ${kindWords[scalars[0]?.kind ?? 'string']}; #each would print nothing.`;
    report(check, node.subject, 'not-a-list', message, { help: `did you mean {{#if ${words}}}?` });
  }
  if (subject.type.some(({ kind }) => kind === 'unknown')) {
    const words = wordsOf(node.subject);
    const help = 'say in the schema that it is a list';
    report(check, node.subject, 'untyped-value', `\`${words}\` can be anything, also no list.`, {
      severity: 'info',
      help,
    });
  }
  const { item, key } = itemsOf(subject.type);
  if (item.length > 0) {
    check.frames += 1;
    const context = itemBelow(subject, item, check.frames);
    const inner = enter(check, scope, context, node.parameters, [context, { type: key }]);
    checkBody(check, node.body, { ...inner, loop: { key, outer: scope.loop } }, facts);
  }
  checkBody(check, node.otherwise, scope, facts);
}

function itemsOf(type: Type): { readonly item: Type; readonly key: Type } {
  const items: Type[] = [];
  const keys: Type[] = [];
  for (const one of type) {
    if (one.kind === 'list' && one.max !== 0) {
      items.push(one.items());
      keys.push(numberType);
    } else if (one.kind === 'object') {
      items.push(...one.shape.names.map((name) => one.shape.property(name) ?? nothing));
      if (one.shape.additional !== undefined) items.push(one.shape.additional());
      // Declared names are the author's; those of an open map are the caller's.
      keys.push(textType(one.shape.additional === undefined ? 'inert' : 'untrusted'));
    } else if (one.kind === 'unknown') {
      items.push(unknown);
      keys.push(unknown);
    }
  }
  const item = join(...items);
  // A property that is not there is not turned over.
  const isMap = type.every(({ kind }) => kind !== 'list' && kind !== 'unknown');
  return { item: isMap ? item.filter(({ kind }) => kind !== 'undefined') : item, key: join(...keys) };
}

function enter(
  _check: Check,
  outer: Scope,
  context: Known,
  parameters: readonly BlockParameter[],
  values: readonly Known[],
): Scope {
  const loop = outer.loop === undefined ? {} : { loop: outer.loop };
  if (parameters.length === 0) return { context, outer, ...loop };
  const names = new Map(parameters.map((parameter, at) => [parameter.name, values[at] ?? { type: absent }]));
  return { context, outer, names, ...loop };
}

// ---- Partials ------------------------------------------------------------------------------------------------------

function checkPartial(check: Check, node: PartialNode, scope: Scope, facts: Facts): void {
  const partial = check.partials.get(node.name);
  const given =
    node.context === undefined ? refine(scope.context, facts) : typeOf(check, node.context, scope, facts);
  const parts = new Map(node.options.map(({ name, value }) => [name, typeOf(check, value, scope, facts)]));
  if (partial === undefined) return;
  check.frames += 1;
  const frame = check.frames;
  const context: Known = {
    ...given,
    type: withParts(check, given.type, parts),
    key: `%${frame}`,
    origin: { frame, isBelow: false },
    parts: new Map([...(given.parts ?? []), ...parts]),
  };
  const inner = factsInside(facts, given.key, context.key ?? '', parts);
  const key = [node.name, typeKey(context.type), loopsKey(scope.loop), factsKey(check, context, inner)].join(
    ' ',
  );
  const repeated = check.calls.findIndex((call) => call.key === key);
  if (repeated !== -1 && !descends(check, repeated, given)) return reportCycle(check, node, repeated);
  if (check.checkedPartials.has(key)) return;
  if (check.calls.length >= partialDepthMax || check.checkedPartials.size >= partialChecksMax)
    return reportTooDeep(check, node);
  check.checkedPartials.add(key);
  const calledAt = check.calls[0]?.calledAt ?? { start: node.start, end: node.end };
  check.calls.push({ name: node.name, key, frame, origin: given.origin, calledAt });
  checkBody(
    check,
    partial.body,
    { context, ...(scope.loop === undefined ? {} : { loop: scope.loop }) },
    inner,
  );
  check.calls.pop();
}

/** Inside a partial only its context and the root can be named, so only facts about them are of use. */
function factsInside(
  facts: Facts,
  from: string | undefined,
  to: string,
  parts: ReadonlyMap<string, Known>,
): Facts {
  const inside = new Map([...facts].filter(([key]) => isOfRoot(key)));
  if (from === undefined) return inside;
  const hidden = [...parts.keys()].map((name) => keyBelow(from, name));
  for (const [key, fact] of facts) {
    const isHidden = hidden.some((each) => key === each || key.startsWith(`${each}/`));
    if (key.startsWith(`${from}/`) && !isHidden) inside.set(`${to}${key.slice(from.length)}`, fact);
  }
  return inside;
}

/** Facts as the types that they leave: facts that leave equal types are equal. */
function factsKey(check: Check, context: Known, facts: Facts): string {
  return [...facts.keys()]
    .map((key) => {
      const isContext = context.key !== undefined && key.startsWith(`${context.key}/`);
      const [start, ...names] = key.split('/');
      let at = isContext ? context : check.root;
      for (const name of names)
        at = below(refine(at, facts), typeBelow(refine(at, facts).type, decodeStep(name)), decodeStep(name));
      return `${isContext ? 'this' : start}/${names.join('/')}=${typeKey(refine(at, facts).type)}`;
    })
    .sort()
    .join(' ');
}

function decodeStep(step: string): string {
  return step.replace(/^\*\*/, '*').replaceAll('~1', '/').replaceAll('~0', '~');
}

function typeBelow(type: Type, name: string): Type {
  return join(...type.map((one) => propertyOf(one, name)).filter((property) => property !== 'missing'));
}

function loopsKey(loop: Loop | undefined): string {
  return loop === undefined ? '' : `${typeKey(loop.key)}^${loopsKey(loop.outer)}`;
}

/**
 * Whether a value is there, and truly below the context of the call at `index`. Only then does a partial that comes back to
 * itself end, because data is finite; below an absent value there is an absent one.
 */
function descends(check: Check, index: number, { type, origin }: Known): boolean {
  if (type.some((one) => isAbsent(one) || one.kind === 'unknown')) return false;
  let isBelow = false;
  let at = origin;
  for (let depth = check.calls.length - 1; depth >= index; depth -= 1) {
    const call = check.calls[depth];
    if (at === undefined) return false;
    if (call?.frame !== at.frame) continue;
    isBelow ||= at.isBelow;
    if (depth === index) return isBelow;
    at = call.origin;
  }
  return false;
}

function reportCycle(check: Check, node: PartialNode, repeated: number): void {
  const names = [...check.calls.slice(repeated).map(({ name }) => name), node.name];
  report(check, node, 'partial-cycle', `${names.map((name) => `\`${name}\``).join(' → ')} never ends.`, {
    help: `call it for something below: {{#each children}}{{> ${node.name}}}{{/each}}, or {{#if child}}{{> ${node.name} child}}{{/if}}`,
  });
}

function reportTooDeep(check: Check, node: PartialNode): void {
  const message =
    check.calls.length >= partialDepthMax
      ? `Partials call one another more than ${partialDepthMax} deep here.`
      : `This template leads to more than ${partialChecksMax} different calls of partials.`;
  report(check, node, 'too-deep', message);
}

/** The context with `key=value`s in front of its own properties. */
function withParts(check: Check, given: Type, parts: ReadonlyMap<string, Known>): Type {
  if (parts.size === 0) return given;
  const key = [
    typeKey(given),
    ...[...parts].map(([name, { type }]) => `${JSON.stringify(name)}=${typeKey(type)}`),
  ].join(' ');
  const known = check.overlays.get(key);
  if (known !== undefined) return known;
  const type = join(given.map((one): Alternative => ({ kind: 'object', shape: overlayShape(one, parts) })));
  check.overlays.set(key, type);
  return type;
}

function overlayShape(one: Alternative, parts: ReadonlyMap<string, Known>): ObjectShape {
  const shape = one.kind === 'object' ? one.shape : undefined;
  const additional = one.kind === 'unknown' ? () => unknown : shape?.additional;
  return {
    names: [...new Set([...parts.keys(), ...(shape?.names ?? [])])],
    property: (name) => parts.get(name)?.type ?? shape?.property(name) ?? propertyOfScalar(one, name),
    additional,
  };
}

/** `length` of a text or list that was given as a context. */
function propertyOfScalar(one: Alternative, name: string): Type | undefined {
  if (one.kind !== 'string' && one.kind !== 'list') return undefined;
  const property = propertyOf(one, name);
  return property === 'missing' ? undefined : property;
}

// ---- Expressions ---------------------------------------------------------------------------------------------------

function typeOf(check: Check, expression: Expression, scope: Scope, facts: Facts): Known {
  switch (expression.kind) {
    case 'literal':
      return { type: literalType(expression.value) };
    case 'path':
      return typeOfPath(check, expression, scope, facts);
    case 'call':
      return { type: typeOfCall(check, expression, scope, facts) };
  }
}

function typeOfCall(check: Check, call: CallExpression, scope: Scope, facts: Facts): Type {
  const helper = helperNamed(call.helper);
  const types = call.parameters.map((parameter) => typeOf(check, parameter, scope, facts).type);
  for (const option of call.options) typeOf(check, option.value, scope, facts);
  if (helper === undefined) return unknown;
  const problems = checkCall(helper, call, types);
  for (const { place, name, ...words } of problems) report(check, place, name, words.message, words);
  if (problems.length > 0) return nothing;
  const [first = helper] = helper.parameters;
  const mayBeAbsent =
    'accepts' in first && !first.accepts.includes('absent') && (types[0]?.some(isAbsent) ?? false);
  const present = types.map((type, at) => {
    const parameter = helper.parameters[at] ?? helper.parameters.at(-1);
    return parameter?.accepts.includes('absent') ? type : type.filter((one) => !isAbsent(one));
  });
  const result = helper.result(present);
  return mayBeAbsent ? join(result, absent) : result;
}

function typeOfPath(check: Check, path: PathExpression, scope: Scope, facts: Facts): Known {
  const start = startOf(check, path, scope);
  if (start === undefined) return { type: nothing };
  let at = refine(start.known, facts);
  for (const segment of path.segments.slice(start.skip)) {
    const next = step(check, at, segment.name, segment, path, scope);
    if (next === undefined) return { type: nothing };
    at = refine(next, facts);
  }
  if (at.path !== undefined) check.used.add(at.path[0] ?? '');
  return at;
}

interface Start {
  readonly known: Known;
  /** Segments that the start has used up already. */
  readonly skip: number;
}

function startOf(check: Check, path: PathExpression, scope: Scope): Start | undefined {
  const [first] = path.segments;
  const named =
    path.explicit || first === undefined || path.origin !== 'scope'
      ? undefined
      : nameInScope(scope, first.name);
  if (named !== undefined) return { known: named, skip: 1 };
  if (path.origin === 'root') return { known: check.root, skip: 0 };
  if (path.origin !== 'scope') return loopVariable(check, path, scope);
  let at: Scope | undefined = scope;
  for (let climbed = 0; climbed < path.depth; climbed += 1) at = at?.outer;
  if (at !== undefined) return { known: at.context, skip: 0 };
  const message = `\`${wordsOf(path)}\` climbs above the root.`;
  report(check, path, 'above-root', message, {
    help: '{{#if}} opens no scope; write @root for the input itself',
  });
  return undefined;
}

function loopVariable(check: Check, path: PathExpression, scope: Scope): Start | undefined {
  let loop = scope.loop;
  for (let climbed = 0; climbed < path.depth; climbed += 1) loop = loop?.outer;
  if (loop === undefined) {
    const message = `\`@${path.origin}\` exists only inside {{#each}}.`;
    report(check, path, 'outside-loop', message, { help: 'move it into the loop' });
    return undefined;
  }
  if (path.origin === 'key') return { known: { type: loop.key }, skip: 0 };
  return { known: { type: path.origin === 'index' ? numberType : booleanType }, skip: 0 };
}

function nameInScope(scope: Scope, name: string): Known | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const named = at.names?.get(name);
    if (named !== undefined) return named;
  }
  return undefined;
}

/**
 * One property further; undefined when there is no such property. That is reported once: the type is then empty, of
 * which nothing more can be said.
 */
function step(
  check: Check,
  from: Known,
  name: string,
  place: Place,
  path: PathExpression,
  scope: Scope,
): Known | undefined {
  if (from.type.length === 0) return below(from, nothing, name);
  const found = from.type.map((one) => ({ one, property: propertyOf(one, name) }));
  const present = found.flatMap(({ property }) => (property === 'missing' ? [] : [property]));
  const missing = found.filter(({ property }) => property === 'missing').map(({ one }) => one);
  const isReal = found.some(({ one, property }) => property !== 'missing' && !isAbsent(one));
  if (!isReal && (missing.length > 0 || !from.type.every(isAbsent))) {
    reportUnknown(check, from.type, name, place, path, scope);
    return undefined;
  }
  if (missing.length > 0) {
    const owners = `\`${name}\` exists only on some of the values that can stand here.`;
    const help = 'ask first which one it is: {{#if (eq … "…")}}';
    report(check, place, 'property-of-some', owners, { help });
    return undefined;
  }
  return below(from, join(...present), name);
}

function reportUnknown(
  check: Check,
  type: Type,
  name: string,
  place: Place,
  path: PathExpression,
  scope: Scope,
): void {
  const names = namesOf(type);
  const owner = ownerOf(check, type, path, name);
  const near = suggest(name, names);
  const isFirst = path.segments[0]?.name === name;
  const elsewhere = near.length === 0 && isFirst ? outerOwner(check, scope, name) : undefined;
  const help =
    elsewhere ??
    (near.length > 0 ? `did you mean ${near.map((each) => `\`${each}\``).join(' or ')}?` : undefined);
  const fix =
    near.length === 1 && near[0] !== undefined && /^[\w-]+$/.test(near[0])
      ? renaming(place, near[0])
      : undefined;
  report(check, place, 'unknown-property', `\`${name}\` does not exist on ${owner}.`, {
    label: 'unknown property',
    ...(names.length > 0 ? { notes: [`there is: ${listed(names)}`] } : {}),
    ...(help === undefined ? {} : { help }),
    ...(fix === undefined ? {} : { fix }),
  });
}

function renaming(place: Place, name: string): TemplateFix {
  return { start: place.start, end: place.end, message: `write ${name}`, safety: 'maybe', text: name };
}

function ownerOf(check: Check, type: Type, path: PathExpression, name: string): string {
  const at = path.segments.findIndex((segment) => segment.name === name);
  if (at > 0) {
    const before = path.segments
      .slice(0, at)
      .map((segment) => segment.name)
      .join('.');
    return `\`${before}\``;
  }
  if (typeKey(type) === typeKey(check.root.type)) return 'the input';
  const [one] = type;
  return one === undefined || one.kind === 'object' ? 'the value of this block' : kindWords[one.kind];
}

/** A name that an outer scope has, and how to write it from here. */
function outerOwner(check: Check, scope: Scope, name: string): string | undefined {
  const has = (type: Type): boolean =>
    type.some((one) => one.kind === 'object' && one.shape.names.includes(name));
  let way = '../';
  for (let at = scope.outer; at !== undefined; at = at.outer) {
    if (has(at.context.type) && at.outer !== undefined)
      return `\`${name}\` exists outside of this block: write {{${way}${name}}}`;
    way += '../';
  }
  return has(check.root.type) ? `\`${name}\` exists on the input: write {{@root.${name}}}` : undefined;
}

function refine(known: Known, facts: Facts): Known {
  const fact = known.key === undefined ? undefined : facts.get(known.key);
  return fact === undefined ? known : withType(known, fact(known.type));
}

function withType(known: Known, type: Type): Known {
  return { ...known, type };
}

/** A property of a value; what a `key=value` gives has the way of that value. */
function below(owner: Known, type: Type, name: string): Known {
  const key = owner.key === undefined ? {} : { key: keyBelow(owner.key, name) };
  const part = owner.parts?.get(name);
  if (part !== undefined) return { ...part, ...key, type };
  const { path, origin } = owner;
  return {
    type,
    ...key,
    ...(path === undefined ? {} : { path: [...path, name] }),
    ...(origin === undefined ? {} : { origin: { ...origin, isBelow: true } }),
  };
}

/** Any one of the items of a value, in the loop with this number. */
function itemBelow({ key, path, origin, parts }: Known, type: Type, loop: number): Known {
  const canBePart = parts !== undefined && parts.size > 0;
  return {
    type,
    ...(key === undefined ? {} : { key: `${key}/*${loop}` }),
    ...(path === undefined ? {} : { path: [...path, '*'] }),
    ...(origin === undefined || canBePart ? {} : { origin: { ...origin, isBelow: true } }),
  };
}

/** The keys along a path, for facts; undefined when its value has none. */
function stepsOf(check: Check, path: PathExpression, scope: Scope): readonly PathStep[] | undefined {
  const silent: Check = { ...check, findings: [] };
  const start = startOf(silent, path, scope);
  if (start?.known.key === undefined) return undefined;
  let { key } = start.known;
  const steps: PathStep[] = [];
  for (const { name } of path.segments.slice(start.skip)) {
    steps.push({ key, next: name });
    key = keyBelow(key, name);
  }
  return [...steps, { key }];
}

// ---- Words ---------------------------------------------------------------------------------------------------------

interface ReportOptions {
  readonly severity?: TemplateFinding['severity'];
  readonly group?: string;
  readonly label?: string;
  readonly help?: string;
  readonly notes?: readonly string[];
  readonly fix?: TemplateFix;
}

function report(
  check: Check,
  place: Place,
  name: string,
  message: string,
  options: ReportOptions = {},
): void {
  const { severity = 'error', group = 'template', label, help, notes, fix } = options;
  const call = check.calls.at(-1);
  check.findings.push({
    code: `${group}/${name}`,
    severity,
    message,
    start: place.start,
    end: place.end,
    ...(label === undefined ? {} : { label }),
    ...(help === undefined ? {} : { help }),
    ...(notes === undefined ? {} : { notes }),
    ...(fix === undefined ? {} : { fix }),
    ...(call === undefined ? {} : { partial: call.name, calledAt: call.calledAt }),
  });
}

function isAbsent(one: Alternative): boolean {
  return one.kind === 'null' || one.kind === 'undefined';
}

const kindWords: { readonly [kind in Alternative['kind']]: string } = {
  null: 'null',
  undefined: 'nothing',
  unknown: 'a value of any kind',
  boolean: 'true or false',
  number: 'a number',
  string: 'text',
  list: 'a list',
  object: 'an object',
};

/** The expression as an author writes it. */
function wordsOf(expression: Expression): string {
  if (expression.kind === 'literal') return JSON.stringify(expression.value) ?? 'undefined';
  if (expression.kind === 'call') {
    const inner = expression.parameters.map((each) =>
      each.kind === 'call' ? `(${wordsOf(each)})` : wordsOf(each),
    );
    return [expression.helper, ...inner].join(' ');
  }
  const names = expression.segments
    .map(({ name }) => (/^[\w$-]+$/.test(name) ? name : `[${name}]`))
    .join('.');
  const origin = expression.origin === 'scope' ? '' : `@${expression.origin}`;
  const climb = '../'.repeat(expression.depth);
  if (origin !== '') return names === '' ? `${climb}${origin}` : `${climb}${origin}.${names}`;
  return `${climb}${names}` || 'this';
}

const listedMax = 12;

function listed(names: readonly string[]): string {
  return names.length <= listedMax ? names.join(', ') : `${names.slice(0, listedMax).join(', ')}, …`;
}

/** The same thing said of the same place, because a partial was checked for two contexts. */
function withoutRepetitions(findings: readonly TemplateFinding[]): TemplateFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, start, end, partial, message }) => {
    const key = `${code} ${start} ${end} ${partial ?? ''} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
