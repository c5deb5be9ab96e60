// A name that is not there: whether it is misspelt, stands elsewhere, exists only in some cases, or is one that a partial
// expects to be given.

import { didYouMean } from '../diagnostics/words.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { isAbsent, placeHere, report } from './check-state.ts';
import type { Check, Known, Scope } from './check-state.ts';
import type { PathStart } from './check-path.ts';
import { contextWords, scopeLabel } from './explain-scope.ts';
import type { TemplateLabel } from './finding.ts';
import type { Facts } from './narrow.ts';
import { kindWords, listed, wordOfName, wordsOf } from './print-expression.ts';
import type { PathExpression, Segment, TemplateFix } from './template.ts';
import { namesOf, propertyOf } from './type-model.ts';
import type { Alternative, ObjectType, Type } from './type-model.ts';

export interface MissingStep {
  readonly path: PathExpression;
  /** Of the segment that leads nowhere. */
  readonly index: number;
  /** The value that does not have it. */
  readonly from: Known;
  /** The same, before conditions left only some of what it can be. */
  readonly everything: Known;
  readonly facts: Facts;
  readonly scope: Scope;
  readonly start: PathStart;
}

export function explainMissingStep(check: Check, missing: MissingStep): void {
  const segment = missing.path.segments[missing.index];
  if (segment === undefined) return;
  const { from, everything } = missing;
  if (from.type.some((one) => has(one, segment.name))) return explainSome(check, missing, segment);
  if (everything.type.some((one) => has(one, segment.name)))
    return explainImpossible(check, missing, segment);
  if (isForCaller(check, missing, segment.name)) return noteMissingParameter(check, segment);
  const outer = outerWays(missing, segment.name).at(0);
  if (outer !== undefined) return explainOuter(check, missing, segment, outer);
  explainUnknown(check, missing, segment);
}

function has(one: Alternative, name: string): boolean {
  return !isAbsent(one) && propertyOf(one, name) !== 'missing';
}

// ---- Some of the values --------------------------------------------------------------------------------------------

function explainSome(check: Check, missing: MissingStep, segment: Segment): void {
  const { from, path, index } = missing;
  const { name } = segment;
  const tag = tellingProperty(from.type, name);
  if (tag === undefined) {
    const others = from.type.filter((one) => !has(one, name)).map(({ kind }) => kindWords[kind]);
    report(
      check,
      segment,
      'template/property-of-some',
      `\`${name}\` exists only on some of the values that can stand here.`,
      {
        labels: [declared(from)],
        notes: [`there can also be ${[...new Set(others)].join(' or ')} without it`],
        help: `ask first: {{#if ${pathTo(path, index + 1)}}}`,
      },
    );
    return;
  }
  const owner = pathTo({ ...path, explicit: path.explicit && path.depth > 0 }, index);
  const tagPath = owner === '' ? wordOfName(tag.name) : `${owner}.${wordOfName(tag.name)}`;
  const values = tag.values.map((value) => JSON.stringify(value));
  report(
    check,
    segment,
    'template/property-of-some',
    `\`${name}\` exists only when \`${tag.name}\` is ${values.join(' or ')}.`,
    {
      labels: [declared(from)],
      help: `wrap it in {{#if ${conditionOn(tagPath, values)}}}`,
    },
  );
}

function conditionOn(path: string, values: readonly string[]): string {
  const each = values.map((value) => `(eq ${path} ${value})`);
  return each.length === 1 ? (each[0] ?? '') : `(or ${each.join(' ')})`;
}

interface Tag {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** The property whose literals tell the objects with a name from those without. */
function tellingProperty(type: Type, name: string): Tag | undefined {
  const present = type.filter((one) => !isAbsent(one));
  const objects = present.filter((one): one is ObjectType => one.kind === 'object');
  const [first] = objects;
  if (first === undefined || objects.length < present.length) return undefined;
  for (const candidate of first.shape.names) {
    const literals = objects.map((one) => ({ has: has(one, name), values: literalsOf(one, candidate) }));
    if (literals.some(({ values }) => values === undefined)) continue;
    const wanted = literals.flatMap((each) => (each.has ? (each.values ?? []) : []));
    const others = literals.flatMap((each) => (each.has ? [] : (each.values ?? [])));
    if (wanted.length > 0 && !wanted.some((value) => others.includes(value)))
      return { name: candidate, values: wanted };
  }
  return undefined;
}

function literalsOf(one: ObjectType, name: string): readonly unknown[] | undefined {
  const type = one.shape.property(name);
  if (type === undefined || type.length === 0) return undefined;
  const values = type.map((each) => ('value' in each ? each.value : undefined));
  return values.includes(undefined) ? undefined : values;
}

// ---- None, because of a condition ----------------------------------------------------------------------------------

function explainImpossible(check: Check, missing: MissingStep, segment: Segment): void {
  const { from, everything, facts } = missing;
  const { name } = segment;
  const tag = tellingProperty(everything.type, name);
  const here = tag === undefined ? [] : [...new Set(from.type.flatMap((one) => valuesHere(one, tag.name)))];
  const message =
    tag === undefined || here.length === 0
      ? `What can stand here has no \`${name}\`.`
      : `\`${tag.name}\` is ${here.map((value) => JSON.stringify(value)).join(' or ')} here, and then there is no \`${name}\`.`;
  const reasons = from.key === undefined ? [] : (facts.get(from.key)?.because ?? []);
  report(check, segment, 'template/impossible-here', message, {
    label: 'impossible in this block',
    labels: [
      ...reasons.map((reason): TemplateLabel => ({ ...reason, message: 'because of this condition' })),
      declared(from),
    ],
    help: 'move it out of the block',
  });
}

function valuesHere(one: Alternative, name: string): readonly unknown[] {
  return one.kind === 'object' ? (literalsOf(one, name) ?? []) : [];
}

// ---- Given by the caller -------------------------------------------------------------------------------------------

/** A partial asks its own context for a name that nothing there resembles. */
function isForCaller(check: Check, { start, index, from }: MissingStep, name: string): boolean {
  const isOwnContext = index === 0 && start.scope !== undefined && start.scope.outer === undefined;
  return check.calls.length > 0 && isOwnContext && suggest(name, namesOf(from.type)).length === 0;
}

/** Said at the call, where it can be mended. */
function noteMissingParameter(check: Check, segment: Segment): void {
  const call = check.calls.at(-1);
  if (call === undefined) return;
  check.checked.get(call.key)?.missing.push({ name: segment.name, place: placeHere(check, segment) });
}

// ---- Somewhere else ------------------------------------------------------------------------------------------------

interface OuterWay {
  readonly text: string;
  readonly words: string;
}

/** How to write a name that a scope around this one has, nearest first. */
function outerWays({ path, index, scope, start }: MissingStep, name: string): OuterWay[] {
  if (index > 0 || path.explicit || start.scope === undefined) return [];
  const ways: OuterWay[] = [];
  let climb = '../';
  for (let at = scope.outer; at !== undefined; at = at.outer) {
    const isRoot = at.outer === undefined;
    const way = isRoot && at.context.pointer === '/input' ? '@root.' : climb;
    if (ownNames(at.context.type).includes(name))
      ways.push({ text: `${way}${wordOfName(name)}`, words: contextWords(at) });
    climb += '../';
  }
  return ways;
}

function explainOuter(check: Check, { scope }: MissingStep, segment: Segment, outer: OuterWay): void {
  const { name } = segment;
  report(
    check,
    segment,
    'template/outer-property',
    `\`${name}\` is not a property of ${contextWords(scope)}.`,
    {
      label: 'not in this scope',
      labels: [scopeLabel(scope)],
      help: `\`${name}\` is a property of ${outer.words}; write {{${outer.text}}}`,
      fix: { ...placeOf(segment), message: `write ${outer.text}`, safety: 'safe', text: outer.text },
    },
  );
}

function ownNames(type: Type): readonly string[] {
  return type.flatMap((one) => (one.kind === 'object' ? one.shape.names : []));
}

// ---- Nowhere -------------------------------------------------------------------------------------------------------

const suggestionsMax = 3;

function explainUnknown(check: Check, missing: MissingStep, segment: Segment): void {
  const { from, path, index } = missing;
  const { name } = segment;
  const names = namesOf(from.type);
  const near = suggest(name, names).map(wordOfName);
  const ways = near.length > 0 ? near : [...waysBelow(missing, name), ...nearOuterWays(missing, name)];
  const [way] = ways;
  // A way that starts elsewhere can only stand for the start of a path.
  const canReplace = near.length > 0 || (index === 0 && !path.explicit);
  report(
    check,
    segment,
    'template/unknown-property',
    `\`${name}\` does not exist on ${ownerWords(check, missing)}.`,
    {
      label: 'unknown property',
      labels: [index === 0 ? scopeLabel(missing.start.scope ?? missing.scope) : undefined, declared(from)],
      notes: names.length > 0 ? [`there is: ${listed(names)}`] : [],
      help: didYouMean(ways.slice(0, suggestionsMax)),
      fix: ways.length === 1 && way !== undefined && canReplace ? renaming(segment, way) : undefined,
    },
  );
}

/** The name one level further down: `ticket.channel` for `channel`. */
function waysBelow({ from, path, index }: MissingStep, name: string): string[] {
  const prefix = index === 0 ? '' : `${pathTo(path, index)}.`;
  return ownNames(from.type)
    .filter((owner) => {
      const inner = from.type.flatMap((one) =>
        one.kind === 'object' ? (one.shape.property(owner) ?? []) : [],
      );
      return ownNames(inner).includes(name);
    })
    .map((owner) => `${prefix}${wordOfName(owner)}.${wordOfName(name)}`)
    .slice(0, suggestionsMax);
}

function nearOuterWays({ path, index, scope, start }: MissingStep, name: string): string[] {
  if (index > 0 || path.explicit || start.scope === undefined) return [];
  const ways: string[] = [];
  let climb = '../';
  for (let at = scope.outer; at !== undefined; at = at.outer) {
    for (const each of suggest(name, [...ownNames(at.context.type)]))
      ways.push(`${climb}${wordOfName(each)}`);
    climb += '../';
  }
  return ways.slice(0, suggestionsMax);
}

function ownerWords(check: Check, { path, index, from, start }: MissingStep): string {
  if (index > 0) return `\`${pathTo(path, index)}\``;
  if (path.origin === 'root') return 'the input';
  if (from.type.every(({ kind }) => kind !== 'object'))
    return [...new Set(from.type.map(({ kind }) => kindWords[kind]))].join(' or ');
  if (start.scope?.opened !== undefined) return contextWords(start.scope);
  return check.calls.length > 0 ? `the context of \`${check.calls.at(-1)?.name ?? ''}\`` : 'the input';
}

/** The path as it is written, up to but without a segment. */
function pathTo(path: PathExpression, index: number): string {
  const words = wordsOf({ ...path, segments: path.segments.slice(0, index) });
  return words === 'this' ? '' : words;
}

function declared(from: Known): TemplateLabel | undefined {
  if (from.pointer === undefined || from.pointer === '/input') return undefined;
  return { pointer: from.pointer, message: 'declared here' };
}

function renaming(segment: Segment, text: string): TemplateFix {
  return { ...placeOf(segment), message: `write ${text}`, safety: 'maybe', text };
}

function placeOf({ start, end }: Segment): { readonly start: number; readonly end: number } {
  return { start, end };
}
