// A call of a partial: its body is checked once for each type of context, with scopes of its own. What it needs and is not
// given is said at the call.

import { typeOfExpression } from './check-expression.ts';
import {
  below,
  finding,
  isAbsent,
  isOfRoot,
  keyBelow,
  nameInKey,
  placeHere,
  refine,
  report,
  textHere,
} from './check-state.ts';
import type { Check, CheckedPartial, Extent, Known, Loop, PartialCallSite, Scope } from './check-state.ts';
import { stepOfAny } from './check-path.ts';
import type { Fact, Facts } from './narrow.ts';
import { kindWords, wordOfName, wordsOf } from './print-expression.ts';
import type { PartialNode, Template, TemplateFix } from './template.ts';
import { join, namesOf, propertyOf, typeKey, unknown } from './type-model.ts';
import type { Alternative, ObjectShape, Type } from './type-model.ts';

/** Partials inside one another that are followed. */
const partialDepthMax = 32;

/** Checks of partials in one template; a template that needs more is not one a person can read. */
const partialChecksMax = 2_000;

/** Nothing is known of what is not followed. */
const anyExtent: Extent = { canBeSilent: false, lengthMax: Infinity };

export function checkPartial(check: Check, node: PartialNode, scope: Scope, facts: Facts): Extent {
  const partial = check.partials.get(node.name);
  const isPassedOn = node.context === undefined;
  const given =
    node.context === undefined
      ? refine(scope.context, facts)
      : typeOfExpression(check, node.context, scope, facts);
  const parts = new Map(
    node.options.map(({ name, value }) => [name, typeOfExpression(check, value, scope, facts)]),
  );
  if (partial === undefined) return anyExtent;
  if (parts.size > 0) checkCanHaveParts(check, node, given.type);

  check.frames += 1;
  const frame = check.frames;
  const own = `%${frame}`;
  const type = withParts(check, given.type, parts);
  const inner = factsInside(facts, given.key, own, parts);
  const key = [
    node.name,
    typeKey(type),
    loopsKey(scope.loop, check.loopDepthMax),

    factsKey(check, { ...given, type, key: own }, inner),
  ].join(' ');
  if (isPassedOn && given.contextOf !== undefined) {
    check.checked.get(given.contextOf)?.passesTo.push({ key, hidden: new Set(parts.keys()) });
  }
  const site = noteCall(check, node, given, key);
  const known = check.checked.get(key);
  const context: Known = {
    ...given,
    type,
    key: own,
    origin: { frame, isBelow: false },
    parts: new Map([...(given.parts ?? []), ...parts]),
    contextOf: key,
  };
  const checked = known ?? checkBodyOf(check, node, partial, { context, scope, inner, key, frame });
  reportMissingParameters(check, node, scope, site, checked);
  return checked.extent;
}

interface NewContext {
  readonly context: Known;
  readonly scope: Scope;
  readonly inner: Facts;
  readonly key: string;
  readonly frame: number;
}

function checkBodyOf(
  check: Check,
  node: PartialNode,
  template: Template,
  { context, scope, inner, key, frame }: NewContext,
): CheckedPartial {
  const checked: CheckedPartial = { extent: anyExtent, names: new Set(), passesTo: [], missing: [] };
  if (check.calls.length >= partialDepthMax || check.checked.size >= partialChecksMax) {
    reportTooDeep(check, node);
    return checked;
  }
  check.checked.set(key, checked);
  const calledAt = check.calls[0]?.calledAt ?? { start: node.start, end: node.end };
  check.calls.push({ name: node.name, template, key, frame, calledAt });
  const loop = scope.loop === undefined ? {} : { loop: scope.loop };
  checked.extent = check.walk(check, template.body, { context, ...loop }, inner);
  check.calls.pop();
  return checked;
}

function noteCall(check: Check, node: PartialNode, given: Known, to: string): PartialCallSite {
  const from = check.calls.at(-1);
  const site: PartialCallSite = {
    ...placeHere(check, node),
    from: from?.key,
    to,
    fromName: from?.name,
    toName: node.name,
    relation: relationOf(given, from?.frame),
    options: node.options.map(({ name, namePlace }) => ({ name, ...namePlace })),
    calledAt: check.calls[0]?.calledAt ?? { start: node.start, end: node.end },
  };
  check.partialCalls.push(site);
  return site;
}

/** Below an absent value there is an absent one again, so only a value that is there is truly below another. */
function relationOf({ type, origin }: Known, frame: number | undefined): PartialCallSite['relation'] {
  if (origin === undefined || origin.frame !== frame) return 'elsewhere';
  const isThere = type.every((one) => !isAbsent(one) && one.kind !== 'unknown');
  return origin.isBelow && isThere ? 'below' : 'same';
}

function reportTooDeep(check: Check, node: PartialNode): void {
  const message =
    check.calls.length >= partialDepthMax
      ? `Partials call one another more than ${partialDepthMax} deep here.`
      : `This template leads to more than ${partialChecksMax} different calls of partials.`;
  const isCircle = check.calls.some(({ name }) => name === node.name);
  report(check, node, 'template/too-deep', message, {
    // The circle may end for every input; what is passed by name is not followed, so it is not seen to.
    ...(isCircle && { notes: ['a circle of calls is seen to end only where each goes below its context'] }),
    help: isCircle
      ? `pass what ${node.name} looks at as its context, not as key=value: {{> ${node.name} child}}`
      : 'put the text of some of them into one',
  });
}

// ---- Facts ---------------------------------------------------------------------------------------------------------

/** Inside a partial only its context and the root can be named, so only facts about them are of use. */
function factsInside(
  facts: Facts,
  from: string | undefined,
  to: string,
  parts: ReadonlyMap<string, Known>,
): Facts {
  const inside = new Map<string, Fact>([...facts].filter(([key]) => isOfRoot(key)));
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
  const words = [...facts.keys()].map((key) => {
    const isContext = context.key !== undefined && key.startsWith(`${context.key}/`);
    const [start, ...steps] = key.split('/');
    let at = refine(isContext ? context : check.root, facts);
    for (const step of steps) {
      const name = nameInKey(step);
      at = refine(below({ type: at.type, ...keyOf(at) }, stepOfAny(at.type, name), name), facts);
    }
    return `${isContext ? 'this' : start}/${steps.join('/')}=${typeKey(at.type)}`;
  });
  return words.sort().join(' ');
}

function keyOf({ key }: Known): { readonly key?: string } {
  return key === undefined ? {} : { key };
}

/** The loops around that a partial can name; a tree has one more on every level. */
function loopsKey(loop: Loop | undefined, depthMax: number): string {
  if (loop === undefined) return '';
  const outer = depthMax === 0 ? '' : loopsKey(loop.outer, depthMax - 1);
  return `${typeKey(loop.key)}${loop.isList ? '+' : '^'}${outer}`;
}

// ---- `key=value` ---------------------------------------------------------------------------------------------------

function checkCanHaveParts(check: Check, node: PartialNode, type: Type): void {
  const wrong = type.find(({ kind }) => !['object', 'null', 'undefined', 'unknown'].includes(kind));
  if (wrong === undefined) return;

  const words = node.context === undefined ? 'this' : wordsOf(node.context);
  const message = `\`${words}\` is ${kindWords[wrong.kind]}; only an object can have \`key=value\`s in front of its properties.`;
  report(check, node.context ?? node.namePlace, 'template/wrong-arguments', message, {
    help: `pass it by name as well: {{> ${node.name} value=${words}}}`,
  });
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
    property: (name) => parts.get(name)?.type ?? shape?.property(name),
    additional,
  };
}

// ---- Missing parameters --------------------------------------------------------------------------------------------

function reportMissingParameters(
  check: Check,
  node: PartialNode,
  scope: Scope,
  site: PartialCallSite,
  { missing }: CheckedPartial,
): void {
  for (const { name, place } of missing) {
    const way = wayTo(check, scope, name);
    check.findings.push(
      finding(
        {
          start: site.start,
          end: site.end,
          ...(site.partial === undefined ? {} : { partial: site.partial, calledAt: site.calledAt }),
        },
        'template/missing-parameter',
        `\`${node.name}\` needs \`${name}\`, and this call does not give it.`,
        {
          label: `without \`${name}\``,
          labels: [{ ...place, message: 'used here' }],
          help: `add \`${wordOfName(name)}=${way ?? '…'}\``,
          fix: way === undefined ? undefined : addition(check, node, `${wordOfName(name)}=${way}`),
        },
      ),
    );
  }
}

/** How the caller can write a value of this name. */
function wayTo(check: Check, scope: Scope, name: string): string | undefined {
  let climb = '';
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (at.names?.has(name)) return name;
    if (namesOf(at.context.type).includes(name)) return `${climb}${wordOfName(name)}`;
    climb += '../';
  }
  const isOfInput = check.root.type.some((one) => propertyOf(one, name) !== 'missing');
  return isOfInput ? `@root.${wordOfName(name)}` : undefined;
}

function addition(check: Check, node: PartialNode, text: string): TemplateFix {
  const source = textHere(check).slice(node.start, node.end);
  const at = node.end - (/\s*~?\}\}$/.exec(source)?.[0].length ?? 2);
  return { start: at, end: at, message: `add ${text}`, safety: 'maybe', text: ` ${text}` };
}
