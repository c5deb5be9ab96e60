// Template × validated input → segments that know where they come from. Scopes are lexical: `with` and `each` always
// push one, `if` never does, whatever the data. Only own properties exist. What is printed becomes text before it is
// joined, and text from the input is never read as a template.

import { unescapeToken } from '../schema/json-pointer.ts';
import { fence } from './helpers/fence.ts';
import { helperNamed } from './helpers/index.ts';
import type { Accepted, Helper } from './helpers/helper.ts';
import { isJsonObject, isList, pointerStep } from './json.ts';
import type { Json, JsonSchema } from './json.ts';
import { branchKey } from './branches.ts';
import type { BlockNode } from './branches.ts';
import type { TemplatePlace } from './finding.ts';
import { parseTemplate } from './parse-template.ts';
import type {
  BlockParameter,
  CallExpression,
  EachNode,
  Expression,
  OutputNode,
  PartialNode,
  PathExpression,
  Place,
  Template,
  TemplateNode,
} from './template.ts';
import { isEntered, isTruthy } from './truth.ts';
import { join, lessTrust, propertyOf, trustOf, typeOfSchema } from './type-model.ts';
import type { Type, ValueTrust } from './type-model.ts';

/** Partials inside one another while rendering: the depth of recursive input that is followed. */
export const partialDepthMax = 200;
/** Characters (UTF-16) of one rendered message. */
export const renderedCharactersMax = 16 * 1024 * 1024;
/** Turns of all loops and calls of partials in one rendered message, nested ones multiplied. */
export const turnsMax = 250_000;

/**
 * One piece of a rendered message. `source` is the JSON pointer into the input; `fence` the tag it stands in; `place` where
 * the template prints it.
 */
export interface Segment {
  readonly text: string;
  readonly kind: 'literal' | 'value';
  readonly trust: Trust;
  readonly place: TemplatePlace;

  readonly source?: string;
  readonly fence?: string;
}

/** `author` is text of the template itself. */
export type Trust = 'author' | ValueTrust;

export interface CompiledTemplate {
  readonly template: Template;
  readonly partials: ReadonlyMap<string, Template>;
  /** The least trust of what the input may hold at a pointer. */
  readonly trustAt: (pointer: string) => ValueTrust;
  /** The trust of the names of the properties at a pointer. */
  readonly trustOfNamesAt: (pointer: string) => ValueTrust;
}

export interface RenderOptions {
  /** Makes the tags of fences unguessable; the same suffix gives the same text. */
  readonly fenceSuffix: string;
  /** Whose message it is. Rendering does not depend on it. */
  readonly role?: string;
  /** Collects the keys of the branches that rendering takes; see `branchesOf`. */
  readonly taken?: Set<string> | undefined;
  /** Hears of what a clean template never does; see `Surprise`. */

  readonly onSurprise?: (surprise: Surprise) => void;
}

/** Something the checker would have reported: rendering goes on with the nearest sane text. */
export type Surprise =
  'absent value printed' | 'object printed' | 'list printed' | 'loop over no list' | 'bad argument';

/** The input is larger or deeper than a message can be. */
export class RenderLimitError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RenderLimitError';
  }
}

/**
 * Prepares a template for rendering. Templates that do not parse are a bug here: the compiler proved them before.
 * Without `schema` every text of the input counts as untrusted.
 */
export function compileTemplate(
  text: string,
  partials: { readonly [name: string]: string },
  schema?: JsonSchema,
): CompiledTemplate {
  return prepareTemplate(proved(text, 'a prompt'), parsePartials(partials), schema);
}

/** As `compileTemplate`, for templates that are parsed already. */
export function prepareTemplate(
  template: Template,
  partials: ReadonlyMap<string, Template>,
  schema?: JsonSchema,
): CompiledTemplate {
  const inputType = schema === undefined ? undefined : typeOfSchema(schema);
  return {
    template,
    partials,
    trustAt: remembered((pointer) => (inputType === undefined ? 'untrusted' : trustAt(inputType, pointer))),
    trustOfNamesAt: remembered((pointer) =>
      inputType === undefined ? 'untrusted' : trustOfNamesAt(inputType, pointer),
    ),
  };
}

/** Renders one message. `input` is validated and has its defaults filled. */
export function renderTemplate(compiled: CompiledTemplate, input: Json, options: RenderOptions): Segment[] {
  const rendering: Rendering = {
    compiled,
    options,
    segments: [],
    root: { value: input, source: '' },
    characters: 0,
    turns: 0,
    partialDepth: 0,
    partial: undefined,
  };
  renderBody(rendering, compiled.template.body, { context: rendering.root });
  return rendering.segments;
}

export function segmentsText(segments: readonly Segment[]): string {
  let text = '';
  for (const segment of segments) text += segment.text;
  return text;
}

// ---- Compiling -----------------------------------------------------------------------------------------------------

function proved(text: string, what: string): Template {
  const parsed = parseTemplate(text);
  if ('problem' in parsed) {
    throw new Error(`Capstan has a bug: ${what} that was checked does not parse: ${parsed.problem.message}`);
  }
  return parsed.template;
}

const parsedPartials = new WeakMap<object, ReadonlyMap<string, Template>>();

/** All messages of a capability share one object of partials, so they are parsed once. */
function parsePartials(partials: { readonly [name: string]: string }): ReadonlyMap<string, Template> {
  const known = parsedPartials.get(partials);
  if (known !== undefined) return known;
  const parsed = new Map(
    Object.entries(partials).map(([name, text]) => [name, proved(text, `the partial "${name}"`)]),
  );
  parsedPartials.set(partials, parsed);
  return parsed;
}

/** Pointers whose trust is remembered; inputs with long lists have more. */
const rememberedMax = 1_000;

function remembered(find: (pointer: string) => ValueTrust): (pointer: string) => ValueTrust {
  const known = new Map<string, ValueTrust>();
  return (pointer) => {
    const ready = known.get(pointer);
    if (ready !== undefined) return ready;
    const found = find(pointer);
    if (known.size < rememberedMax) known.set(pointer, found);
    return found;
  };
}

function trustAt(inputType: Type, pointer: string): ValueTrust {
  const type = typeAt(inputType, pointer);
  return type.length === 0 ? 'untrusted' : trustOf(type);
}

/** Declared names are the author's; those of an open map are the caller's. */
function trustOfNamesAt(inputType: Type, pointer: string): ValueTrust {
  const type = typeAt(inputType, pointer).filter(({ kind }) => kind !== 'null' && kind !== 'undefined');
  const isClosed = type.every((one) => one.kind === 'object' && one.shape.additional === undefined);
  return type.length > 0 && isClosed ? 'inert' : 'untrusted';
}

function typeAt(inputType: Type, pointer: string): Type {
  let type = inputType;
  for (const step of pointer.split('/').slice(1)) {
    const name = unescapeToken(step);
    type = join(...type.map((one) => propertyOf(one, name)).filter((property) => property !== 'missing'));
  }
  return type;
}

// ---- Rendering -----------------------------------------------------------------------------------------------------

interface Rendering {
  readonly compiled: CompiledTemplate;
  readonly options: RenderOptions;
  readonly segments: Segment[];
  readonly root: Evaluated;
  characters: number;
  turns: number;
  partialDepth: number;
  /** The partial that is being rendered. */
  partial: string | undefined;
}

/** A value and where it comes from. `parts` are the `key=value`s of a partial, in front of the value's own properties. */
interface Evaluated {
  readonly value: Json | undefined;
  readonly source?: string;
  readonly trust?: Trust;
  readonly parts?: ReadonlyMap<string, Evaluated>;
}

interface Scope {
  readonly context: Evaluated;
  readonly outer?: Scope;
  readonly names?: ReadonlyMap<string, Evaluated>;
  readonly loop?: Loop;
}

interface Loop {
  readonly index: number;
  readonly key: Evaluated;
  readonly first: boolean;
  readonly last: boolean;
  readonly outer: Loop | undefined;
}

const nowhere: Evaluated = { value: undefined };

function renderBody(rendering: Rendering, body: readonly TemplateNode[], scope: Scope): void {
  for (const node of body) renderNode(rendering, node, scope);
}

function renderNode(rendering: Rendering, node: TemplateNode, scope: Scope): void {
  switch (node.kind) {
    case 'text':
      return print(rendering, {
        text: node.text,
        kind: 'literal',
        trust: 'author',
        place: placeOf(rendering, node),
      });
    case 'output':
      return renderOutput(rendering, node, scope);
    case 'if': {
      const value = materialise(rendering, evaluate(rendering, node.condition, scope));
      const holds = isTruthy(value) || (node.includeZero && value === 0);
      return holds === node.negated
        ? renderOtherwise(rendering, node, scope)
        : renderTaken(rendering, node, scope);
    }
    case 'with': {
      const subject = evaluate(rendering, node.subject, scope);
      if (!isEntered(materialise(rendering, subject))) return renderOtherwise(rendering, node, scope);
      return renderTaken(rendering, node, enter(scope, subject, node.parameters, [subject]));
    }
    case 'each':
      return renderEach(rendering, node, scope);
    case 'partial':
      return renderPartial(rendering, node, scope);
  }
}

function renderEach(rendering: Rendering, node: EachNode, scope: Scope): void {
  const subject = evaluate(rendering, node.subject, scope);
  const value = materialise(rendering, subject);
  const keys = isList(value) ? [...value.keys()] : isJsonObject(value) ? Object.keys(value) : [];
  if (value !== undefined && value !== null && typeof value !== 'object')
    surprise(rendering, 'loop over no list');
  if (keys.length === 0) return renderOtherwise(rendering, node, scope);
  for (const [index, key] of keys.entries()) {
    countTurn(rendering);
    const item = property(subject, String(key));
    const name = typeof key === 'number' ? { value: key } : nameOf(rendering, subject, key, item);

    const position = { index, key: name, first: index === 0, last: index === keys.length - 1 };
    const inner = enter(scope, item, node.parameters, [item, name]);
    renderTaken(rendering, node, { ...inner, loop: { ...position, outer: scope.loop } });
  }
}

/** The name of a property as a value of its own. */
function nameOf(rendering: Rendering, owner: Evaluated, name: string, item: Evaluated): Evaluated {
  const { source } = owner;
  const isGiven = owner.parts !== undefined || source === undefined;
  return {
    value: name,
    trust: isGiven ? 'untrusted' : rendering.compiled.trustOfNamesAt(source),
    ...sourceOf(item),
  };
}

function renderTaken(rendering: Rendering, node: BlockNode, scope: Scope): void {
  rendering.options.taken?.add(branchKey(node, 'body', rendering.partial));
  renderBody(rendering, node.body, scope);
}

function renderOtherwise(rendering: Rendering, node: BlockNode, scope: Scope): void {
  rendering.options.taken?.add(branchKey(node, 'else', rendering.partial));
  renderBody(rendering, node.otherwise, scope);
}

function enter(
  outer: Scope,
  context: Evaluated,
  parameters: readonly BlockParameter[],
  values: readonly Evaluated[],
): Scope {
  const loop = outer.loop === undefined ? {} : { loop: outer.loop };
  if (parameters.length === 0) return { context, outer, ...loop };
  const names = new Map(parameters.map((parameter, at) => [parameter.name, values[at] ?? nowhere]));
  return { context, outer, names, ...loop };
}

function renderPartial(rendering: Rendering, node: PartialNode, scope: Scope): void {
  const partial = rendering.compiled.partials.get(node.name);
  if (partial === undefined)
    throw new Error(`Capstan has a bug: the partial "${node.name}" is not in the Snapshot`);
  if (rendering.partialDepth >= partialDepthMax) {
    throw new RenderLimitError(
      `The input is nested deeper than ${partialDepthMax} levels of "${node.name}".`,
    );
  }
  countTurn(rendering);
  const given = node.context === undefined ? scope.context : evaluate(rendering, node.context, scope);
  const context = withParts(rendering, given, node, scope);
  const caller = rendering.partial;
  rendering.partial = node.name;
  rendering.partialDepth += 1;
  renderBody(rendering, partial.body, { context, ...(scope.loop === undefined ? {} : { loop: scope.loop }) });
  rendering.partialDepth -= 1;
  rendering.partial = caller;
}

function withParts(rendering: Rendering, given: Evaluated, node: PartialNode, scope: Scope): Evaluated {
  if (node.options.length === 0) return given;
  const parts = new Map(given.parts);
  for (const option of node.options) parts.set(option.name, evaluate(rendering, option.value, scope));
  return { ...given, parts };
}

function renderOutput(rendering: Rendering, node: OutputNode, scope: Scope): void {
  const { expression } = node;
  if (expression.kind === 'call' && expression.helper === fence.name) {
    return renderFence(rendering, node, expression, scope);
  }

  const evaluated = evaluate(rendering, expression, scope);
  const text = printable(rendering, materialise(rendering, evaluated));
  if (text !== '') print(rendering, valueSegment(rendering, node, evaluated, text));
}

function renderFence(rendering: Rendering, node: OutputNode, call: CallExpression, scope: Scope): void {
  const evaluated = evaluateCall(rendering, call, scope);
  if (evaluated.value === undefined) return surprise(rendering, 'absent value printed');
  const name = call.options.find((option) => option.name === 'tag')?.value;
  const tag = name?.kind === 'literal' ? String(name.value) : 'data';
  const fullTag = `${tag}-${rendering.options.fenceSuffix}`;
  const tagSegment = {
    kind: 'literal',
    trust: 'author',
    fence: tag,
    place: placeOf(rendering, node),
  } as const;
  print(rendering, { text: `<${fullTag}>`, ...tagSegment });

  const text = printable(rendering, evaluated.value);
  print(rendering, { ...valueSegment(rendering, node, evaluated, text), fence: tag });
  print(rendering, { text: `</${fullTag}>`, ...tagSegment });
}

function valueSegment(rendering: Rendering, node: OutputNode, evaluated: Evaluated, text: string): Segment {
  const trust = trustOfValue(rendering, evaluated);
  return { text, kind: 'value', trust, ...sourceOf(evaluated), place: placeOf(rendering, node) };
}

function placeOf({ partial }: Rendering, { start, end }: Place): TemplatePlace {
  return partial === undefined ? { start, end } : { start, end, partial };
}

function trustOfValue(rendering: Rendering, evaluated: Evaluated): Trust {
  if (typeof evaluated.value === 'number' || typeof evaluated.value === 'boolean') return 'inert';
  if (evaluated.trust !== undefined) return evaluated.trust;
  return evaluated.source === undefined ? 'untrusted' : rendering.compiled.trustAt(evaluated.source);
}

function sourceOf(evaluated: Evaluated): { readonly source?: string } {
  return evaluated.source === undefined ? {} : { source: evaluated.source };
}

/** Only an open schema lets objects and lists get here; JSON says what they are. */
function printable(rendering: Rendering, value: Json | undefined): string {
  if (value === undefined || value === null) {
    surprise(rendering, 'absent value printed');
    return '';
  }
  if (typeof value !== 'object') return String(value);
  surprise(rendering, isList(value) ? 'list printed' : 'object printed');
  return JSON.stringify(value);
}

function print(rendering: Rendering, segment: Segment): void {
  rendering.characters += segment.text.length;
  if (rendering.characters > renderedCharactersMax) {
    throw new RenderLimitError(`The message would be longer than ${renderedCharactersMax} characters.`);
  }
  const { segments } = rendering;
  const last = segments.at(-1);
  const continues =
    last?.kind === 'literal' &&
    segment.kind === 'literal' &&
    last.fence === undefined &&
    segment.fence === undefined &&
    last.place.partial === segment.place.partial &&
    last.place.end <= segment.place.start;
  if (!continues) segments.push(segment);
  else {
    const place = { ...last.place, end: segment.place.end };
    segments[segments.length - 1] = { ...last, text: last.text + segment.text, place };
  }
}

function countTurn(rendering: Rendering): void {
  rendering.turns += 1;
  if (rendering.turns <= turnsMax) return;
  throw new RenderLimitError(`The loops and partials of the message would turn more than ${turnsMax} times.`);
}

function surprise(rendering: Rendering, what: Surprise): void {
  rendering.options.onSurprise?.(what);
}

// ---- Values --------------------------------------------------------------------------------------------------------

function evaluate(rendering: Rendering, expression: Expression, scope: Scope): Evaluated {
  switch (expression.kind) {
    case 'literal':
      return { value: expression.value, trust: 'author' };
    case 'path':
      return evaluatePath(rendering, expression, scope);
    case 'call':
      return evaluateCall(rendering, expression, scope);
  }
}

function evaluatePath(rendering: Rendering, path: PathExpression, scope: Scope): Evaluated {
  const [first] = path.segments;
  const named = path.explicit || first === undefined ? undefined : nameInScope(scope, first.name);
  const segments = named === undefined ? path.segments : path.segments.slice(1);
  let at = named ?? startOf(rendering, path, scope);
  for (const segment of segments) at = property(at, segment.name);
  return at;
}

function nameInScope(scope: Scope, name: string): Evaluated | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const named = at.names?.get(name);
    if (named !== undefined) return named;
  }
  return undefined;
}

function startOf(rendering: Rendering, path: PathExpression, scope: Scope): Evaluated {
  if (path.origin === 'root') return rendering.root;
  if (path.origin !== 'scope') return loopVariable(path.origin, loopAt(scope.loop, path.depth));
  let at: Scope | undefined = scope;
  for (let climbed = 0; climbed < path.depth; climbed += 1) at = at?.outer;
  return at?.context ?? nowhere;
}

function loopAt(innermost: Loop | undefined, depth: number): Loop | undefined {
  let at = innermost;
  for (let climbed = 0; climbed < depth; climbed += 1) at = at?.outer;
  return at;
}

function loopVariable(origin: 'index' | 'key' | 'first' | 'last', loop: Loop | undefined): Evaluated {
  if (loop === undefined) return nowhere;
  return origin === 'key' ? loop.key : { value: loop[origin] };
}

function property(parent: Evaluated, name: string): Evaluated {
  const part = parent.parts?.get(name);
  if (part !== undefined) return part;
  const value = ownProperty(parent.value, name);
  if (value === undefined || parent.source === undefined) return { value, ...trustGiven(parent) };
  return { value, source: pointerStep(parent.source, name), ...trustGiven(parent) };
}

function trustGiven(evaluated: Evaluated): { readonly trust?: Trust } {
  return evaluated.trust === undefined ? {} : { trust: evaluated.trust };
}

function ownProperty(value: Json | undefined, name: string): Json | undefined {
  if (isList(value)) {
    if (name === 'length') return value.length;
    return /^(?:0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  }
  if (isJsonObject(value)) return Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof value === 'string' && name === 'length' ? value.length : undefined;
}

/** The value with its parts written into it. Parts may hold one another many times over, so each one counts as a turn. */
function materialise(rendering: Rendering, evaluated: Evaluated): Json | undefined {
  if (evaluated.parts === undefined) return evaluated.value;
  countTurn(rendering);
  const whole: { [key: string]: Json } = isJsonObject(evaluated.value) ? { ...evaluated.value } : {};
  for (const [name, part] of evaluated.parts) {
    const value = materialise(rendering, part);
    if (value === undefined) delete whole[name];
    else Object.defineProperty(whole, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return whole;
}

// ---- Calls ---------------------------------------------------------------------------------------------------------

function evaluateCall(rendering: Rendering, call: CallExpression, scope: Scope): Evaluated {
  const helper = helperNamed(call.helper);
  if (helper === undefined) throw new Error(`Capstan has a bug: no helper is named "${call.helper}"`);
  const given = call.parameters.map((parameter) => evaluate(rendering, parameter, scope));
  const values = given.map((one) => materialise(rendering, one));
  if (isAbsent(values[0]) && !helper.parameters[0]?.accepts.includes('absent')) return nowhere;
  if (!acceptsAll(helper, values)) {
    surprise(rendering, 'bad argument');
    return nowhere;
  }
  const options: { [name: string]: Json | undefined } = {};
  for (const option of call.options) options[option.name] = evaluate(rendering, option.value, scope).value;
  return originOf(rendering, given, values, helper.run(values, options));
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

function acceptsAll(helper: Helper, values: readonly (Json | undefined)[]): boolean {
  return values.every((value, at) => {
    const parameter = helper.parameters[at] ?? helper.parameters.at(-1);
    return parameter?.accepts.some((accepted) => fits(value, accepted)) ?? false;
  });
}

function fits(value: Json | undefined, accepted: Accepted): boolean {
  if (accepted === 'absent') return isAbsent(value);
  if (accepted === 'list') return isList(value);
  if (accepted === 'list of scalars') {
    return isList(value) && value.every((item) => item !== null && typeof item !== 'object');
  }
  return accepted === 'object' ? isJsonObject(value) : typeof value === accepted;
}

/** A result has the source of its first argument from the input, and no more trust than any of its arguments. */
function originOf(
  rendering: Rendering,
  given: readonly Evaluated[],
  values: readonly (Json | undefined)[],
  value: Json | undefined,
): Evaluated {
  const passed = values.indexOf(value);
  const same = typeof value === 'string' ? given[passed] : undefined;
  if (same !== undefined) return { value, ...sourceOf(same), trust: trustOfValue(rendering, same) };
  const source = given.find((one) => one.source !== undefined);
  const result = { value, ...(source === undefined ? {} : sourceOf(source)) };
  if (typeof value !== 'string') return result;
  return { ...result, trust: given.map((one) => trustOfValue(rendering, one)).reduce(leastTrust, 'author') };
}

function leastTrust(a: Trust, b: Trust): Trust {
  if (a === 'author') return b;
  return b === 'author' ? a : lessTrust(a, b);
}
