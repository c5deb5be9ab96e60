// Random templates for a schema: mostly right, because what is looked for is what goes wrong in templates that are called
// clean, with mistakes of every kind strewn in. Nothing here uses the checker's own idea of types.

import { dereference } from '../../../src/schema/dereference.ts';
import { isRecord } from '../../../src/schema/json-schema.ts';
import type { JsonSchema } from '../../../src/schema/json-schema.ts';
import type { Choices } from './choices.ts';
import { generateInputSchema } from './schemas.ts';

export interface Pair {
  readonly schema: JsonSchema;
  readonly template: string;
  readonly partials: { readonly [name: string]: string };
  readonly role: 'system' | 'user';
}

export interface PairOptions {
  /** Every body starts with text, so that no two values stand side by side. */
  readonly textFirst?: boolean;
}

export function generatePair(choices: Choices, options: PairOptions = {}): Pair {
  const role = choices.chance(40) ? 'system' : 'user';
  const schema = generateInputSchema(choices);
  const writer: Writer = { choices, schema, options, partials: new Map(), texts: 0, nodes: 0 };
  const template = writeBody(writer, { frames: [schema], names: new Map(), loops: 0, hints: [] }, 0);
  return {
    schema,
    template,
    partials: Object.fromEntries([...writer.partials].map(([name, { text }]) => [name, text])),
    role,
  };
}

interface Writer {
  readonly choices: Choices;
  readonly schema: JsonSchema;
  readonly options: PairOptions;
  readonly partials: Map<string, { text: string; readonly context: JsonSchema }>;
  texts: number;
  nodes: number;
}

interface Scope {
  /** Schemas of the contexts, innermost first. */
  readonly frames: readonly JsonSchema[];
  readonly names: ReadonlyMap<string, JsonSchema>;
  readonly loops: number;
  /** What a condition around has asked. */
  readonly hints: readonly Target[];
  readonly partial?: string;
}

/** A path as it is written, and what should be there. */
interface Target {
  readonly text: string;
  readonly schema: JsonSchema | undefined;
  readonly mayBeAbsent: boolean;
}

const nodesMax = 40;
const depthMax = 4;

// ---- Bodies --------------------------------------------------------------------------------------------------------

function writeBody(writer: Writer, scope: Scope, depth: number): string {
  const { choices, options } = writer;
  const count = 1 + choices.below(depth === 0 ? 5 : 3);
  const parts = options.textFirst ? [writeText(writer)] : [];
  for (let index = 0; index < count && writer.nodes < nodesMax; index += 1) {
    writer.nodes += 1;
    parts.push(writeNode(writer, scope, depth));
    if (options.textFirst) parts.push(writeText(writer));
  }
  return parts.join('');
}

/** Text that stands nowhere else, so that losing it is seen. */
function writeText(writer: Writer): string {
  writer.texts += 1;
  const text = `«${writer.texts}»`;
  return writer.choices.pick([text, ` ${text} `, `${text}\n`, `\n${text}\n`, `  \n ${text}`]);
}

function writeNode(writer: Writer, scope: Scope, depth: number): string {
  const { choices } = writer;
  const kind = depth >= depthMax ? choices.below(6) : choices.below(16);
  switch (kind) {
    case 0:
    case 1:
      return writeText(writer);
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
      return writeValue(writer, scope, depth);
    case 7:
    case 8:
    case 9:
      return writeIf(writer, scope, depth);
    case 10:
    case 11:
      return writeEach(writer, scope, depth);
    case 12:
      return writeWith(writer, scope, depth);
    case 13:
    case 14:
      return writePartial(writer, scope, depth);
    default:
      return choices.pick(['{{!-- a comment --}}', '\\{{not a tag}}', '{{! short }}\n']);
  }
}

/** A tag, sometimes with a `~` on a side. */
function tag({ choices }: Writer, inner: string): string {
  if (!choices.chance(6)) return `{{${inner}}}`;
  return choices.pick([`{{~${inner}}}`, `{{${inner}~}}`, `{{~${inner}~}}`]);
}

// ---- Values --------------------------------------------------------------------------------------------------------

function writeValue(writer: Writer, scope: Scope, depth: number): string {
  const { choices } = writer;
  const target = somePath(writer, scope);
  const printed = writeOutput(writer, scope, target);
  if (!target.mayBeAbsent || depth >= depthMax || !choices.chance(75)) return printed;
  const otherwise = choices.chance(30) ? `${tag(writer, 'else')}${writeText(writer)}` : '';
  return `${tag(writer, `#if ${target.text}`)}${writeText(writer)}${printed}${otherwise}${tag(writer, '/if')}`;
}

function writeOutput(writer: Writer, scope: Scope, target: Target): string {
  const { choices } = writer;
  return tag(
    writer,
    printing(writer, scope, target, choices.chance(5) ? anyKind(choices) : kindOf(writer, target)),
  );
}

type Kind = 'string' | 'number' | 'boolean' | 'list' | 'object';

function anyKind(choices: Choices): Kind {
  return choices.pick(['string', 'number', 'boolean', 'list', 'object']);
}

function kindOf(writer: Writer, { schema }: Target): Kind {
  const [first] = alternativesOf(writer.schema, schema).filter(
    (one) => one['type'] !== 'null' && one['const'] !== null,
  );
  const { type } = first ?? {};
  if (type === 'array') return 'list';
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'object' || type === 'boolean' ? type : 'string';
}

function printing(writer: Writer, scope: Scope, { text, mayBeAbsent }: Target, kind: Kind): string {
  const { choices } = writer;
  if (mayBeAbsent && choices.chance(25))
    return `default ${text} ${choices.pick(['"none"', '0', 'true', '""'])}`;
  switch (kind) {
    case 'string':
      return choices.pick([
        text,
        text,
        text,
        `fence ${text} tag="text"`,
        `upper ${text}`,
        `lower ${text}`,
        `truncate ${text} 3`,
        `date ${text} format="D MMMM YYYY"`,
        `json ${text}`,
        `fence (truncate ${text} ${someNumber(writer, scope)}) tag="cut"`,
        `length ${text}`,
      ]);
    case 'number':
      return choices.pick([text, text, `inc ${text}`, `json ${text}`, `fence ${text} tag="number"`]);
    case 'boolean':
      return choices.pick([text, `json ${text}`, `not ${text}`, `and ${text} true`]);
    case 'list':
      return choices.pick([
        `join ${text} ", "`,
        `length ${text}`,
        `json ${text} indent=2`,
        `inc (length ${text})`,
        `fence (json ${text}) tag="list"`,
        `${text}`,
      ]);
    case 'object':
      return choices.pick([`json ${text}`, `fence (json ${text}) tag="data"`, `json ${text} indent=2`, text]);
  }
}

function someNumber(writer: Writer, scope: Scope): string {
  return writer.choices.chance(70) ? '4' : somePath(writer, scope).text;
}

// ---- Blocks --------------------------------------------------------------------------------------------------------

function writeIf(writer: Writer, scope: Scope, depth: number): string {
  const { choices } = writer;
  const name = choices.chance(20) ? 'unless' : 'if';
  const { text, hints } = condition(writer, scope, 0);
  const inner = { ...scope, hints: [...hints, ...scope.hints].slice(0, 6) };
  const zero = choices.chance(5) ? ' includeZero=true' : '';
  let written = `${tag(writer, `#${name} ${text}${zero}`)}${writeBody(writer, inner, depth + 1)}`;
  if (name === 'if' && choices.chance(25)) {
    const next = condition(writer, scope, 0);
    const second = { ...scope, hints: [...next.hints, ...hints, ...scope.hints].slice(0, 6) };
    written += `${tag(writer, `else if ${next.text}`)}${writeBody(writer, second, depth + 1)}`;
  }
  if (choices.chance(40)) written += `${tag(writer, 'else')}${writeBody(writer, inner, depth + 1)}`;
  return `${written}${tag(writer, `/${name}`)}`;
}

interface Condition {
  readonly text: string;
  readonly hints: readonly Target[];
}

function condition(writer: Writer, scope: Scope, depth: number): Condition {
  const { choices } = writer;
  const call = (written: string): string => (depth === 0 ? `(${written})` : `(${written})`);
  switch (depth >= 2 ? choices.below(5) : choices.below(12)) {
    case 0:
    case 1:
    case 2: {
      const target = somePath(writer, scope);
      return { text: target.text, hints: [target] };
    }
    case 3:
    case 4:
      return comparison(writer, scope, call);
    case 5:
    case 6: {
      const inner = condition(writer, scope, depth + 1);
      return { text: call(`not ${inner.text}`), hints: inner.hints };
    }
    case 7:
    case 8:
    case 9:
    case 10: {
      const parts = Array.from({ length: 2 + choices.below(2) }, () => condition(writer, scope, depth + 1));
      const words = parts.map(({ text }) => text).join(' ');
      return {
        text: call(`${choices.pick(['and', 'or'])} ${words}`),
        hints: parts.flatMap(({ hints }) => hints),
      };
    }
    default:
      return { text: choices.pick(['true', 'false', '0', '""', '"x"', 'null']), hints: [] };
  }
}

function comparison(writer: Writer, scope: Scope, call: (written: string) => string): Condition {
  const { choices } = writer;
  const target = taggedPath(writer, scope) ?? somePath(writer, scope);
  const owner: Target[] = target.text.endsWith('.kind')
    ? [{ ...target, text: target.text.slice(0, -'.kind'.length), schema: undefined }]
    : [];
  const literal = someLiteral(writer, target);
  const name = choices.pick(['eq', 'eq', 'ne', 'gt', 'lt']);
  const right = name === 'gt' || name === 'lt' ? choices.pick(['0', '1', '3']) : literal;
  const words = choices.chance(15) ? `${right} ${target.text}` : `${target.text} ${right}`;
  return { text: call(`${name} ${words}`), hints: [target, ...owner, ...siblings(writer, scope, target)] };
}

/** The tag of a union near by. */
function taggedPath(writer: Writer, scope: Scope): Target | undefined {
  if (!writer.choices.chance(50)) return undefined;
  const unions = reachable(writer, scope).filter(
    ({ schema }) => alternativesOf(writer.schema, schema).filter((one) => isTagged(one)).length > 1,
  );
  const [union] = unions;
  if (union === undefined) return undefined;
  const kinds = alternativesOf(writer.schema, union.schema).filter(isTagged).map(tagOf);
  return {
    text: joinPath(union.text, 'kind'),
    schema: kinds[writer.choices.below(kinds.length)],
    mayBeAbsent: false,
  };
}

function tagOf(schema: JsonSchema): JsonSchema | undefined {
  return (schema['properties'] as { readonly [name: string]: JsonSchema } | undefined)?.['kind'];
}

function isTagged(schema: JsonSchema): boolean {
  const { properties } = schema;
  return (
    isRecord(properties) &&
    isRecord(properties['kind']) &&
    ('const' in properties['kind'] || 'enum' in properties['kind'])
  );
}

/** Other properties of the object that a comparison has asked about. */
function siblings(writer: Writer, scope: Scope, { text }: Target): Target[] {
  const owner = text.replace(/\.?kind$/, '');
  if (owner === text) return [];
  const schema =
    owner === '' ? scope.frames[0] : reachable(writer, scope).find((one) => one.text === owner)?.schema;
  return propertiesOf(writer.schema, schema).map(([name, inner, isSure]) => ({
    text: joinPath(owner, name),
    schema: inner,
    mayBeAbsent: !isSure,
  }));
}

function someLiteral({ choices, schema: root }: Writer, { schema }: Target): string {
  const values = alternativesOf(root, schema).flatMap((one) =>
    'const' in one ? [one['const']] : Array.isArray(one['enum']) ? (one['enum'] as unknown[]) : [],
  );
  const value = values[choices.below(Math.max(1, values.length))];
  const isScalar = value === null || typeof value !== 'object';
  if (values.length > 0 && isScalar && value !== undefined && choices.chance(85))
    return JSON.stringify(value);
  return choices.pick(['"x"', '"circle"', '0', 'true', 'null', '""', '1', 'undefined']);
}

function writeEach(writer: Writer, scope: Scope, depth: number): string {
  const { choices } = writer;
  const lists = reachable(writer, scope).filter(({ schema }) => itemsOf(writer.schema, schema).length > 0);
  const target =
    lists.length > 0 && !choices.chance(10)
      ? (lists[choices.below(lists.length)] ?? lists[0]!)
      : somePath(writer, scope);
  const items = itemsOf(writer.schema, target.schema);
  const item: JsonSchema = items.length === 1 ? (items[0] ?? {}) : { anyOf: items };
  const parameters = choices.chance(50) ? [pickName(choices, ['item', 'x', 'title'])] : [];
  if (parameters.length > 0 && choices.chance(40)) parameters.push(pickName(choices, ['k', 'at']));
  const as = parameters.length > 0 ? ` as |${parameters.join(' ')}|` : '';
  const names = new Map(scope.names);
  if (parameters[0] !== undefined) names.set(parameters[0], item);
  if (parameters[1] !== undefined) names.set(parameters[1], { type: 'integer' });
  const inner = entered(scope, item, names, 1);
  let written = `${tag(writer, `#each ${target.text}${as}`)}${writeBody(writer, inner, depth + 1)}`;
  if (choices.chance(25)) written += `${tag(writer, 'else')}${writeBody(writer, scope, depth + 1)}`;
  return `${written}${tag(writer, '/each')}`;
}

function writeWith(writer: Writer, scope: Scope, depth: number): string {
  const { choices } = writer;
  const objects = reachable(writer, scope).filter(
    ({ schema }) => propertiesOf(writer.schema, schema).length > 0,
  );
  const target =
    objects.length > 0 && !choices.chance(25)
      ? (objects[choices.below(objects.length)] ?? objects[0]!)
      : somePath(writer, scope);
  const name = choices.chance(40) ? pickName(choices, ['it', 'x', 'note']) : undefined;
  const schema = target.schema ?? {};
  const names = name === undefined ? scope.names : new Map(scope.names).set(name, schema);
  const inner = entered(scope, schema, names, 0);
  const as = name === undefined ? '' : ` as |${name}|`;
  let written = `${tag(writer, `#with ${target.text}${as}`)}${writeBody(writer, inner, depth + 1)}`;
  if (choices.chance(25)) written += `${tag(writer, 'else')}${writeBody(writer, scope, depth + 1)}`;
  return `${written}${tag(writer, '/with')}`;
}

function pickName(choices: Choices, names: readonly [string, ...string[]]): string {
  return choices.pick(names);
}

function entered(
  scope: Scope,
  context: JsonSchema,
  names: ReadonlyMap<string, JsonSchema>,
  loops: number,
): Scope {
  const hints = scope.hints.flatMap((hint) => {
    const isFree = hint.text.startsWith('@root') || scope.names.has(hint.text.split('.')[0] ?? '');
    if (isFree) return [hint];
    return hint.text.startsWith('@') || hint.text.startsWith('this')
      ? []
      : [{ ...hint, text: `../${hint.text}` }];
  });
  return { ...scope, frames: [context, ...scope.frames], names, loops: scope.loops + loops, hints };
}

// ---- Partials ------------------------------------------------------------------------------------------------------

const partialNames = ['p0', 'p1', 'p-2'];

function writePartial(writer: Writer, scope: Scope, depth: number): string {
  const { choices } = writer;
  const recursive =
    scope.partial !== undefined && choices.chance(30)
      ? writeRecursion(writer, scope, scope.partial)
      : undefined;
  if (recursive !== undefined) return recursive;
  const name = partialNames[choices.below(partialNames.length)] ?? 'p0';
  const target: Target = choices.chance(50)
    ? somePath(writer, scope)
    : { text: '', schema: scope.frames[0], mayBeAbsent: false };
  const hash = Array.from({ length: choices.chance(40) ? 1 + choices.below(2) : 0 }, (): [string, Target] => [
    choices.pick(['title', 'extra', 'note', 'level']),
    choices.chance(70)
      ? somePath(writer, scope)
      : { text: choices.pick(['"words"', '3', 'true']), schema: { type: 'string' }, mayBeAbsent: false },
  ]).filter(([key], index, all) => all.findIndex(([other]) => other === key) === index);
  const known = writer.partials.get(name);
  if (known === undefined) {
    const context = withParts(writer, target.schema ?? {}, hash);
    writer.partials.set(name, { text: '', context });
    const inside: Scope = {
      frames: [context],
      names: new Map(),
      loops: scope.loops,
      hints: [],
      partial: name,
    };
    writer.partials.set(name, { text: writeBody(writer, inside, depth + 1), context });
  }
  const words = [name, target.text, ...hash.map(([key, { text }]) => `${key}=${text}`)].filter(
    (word) => word !== '',
  );
  return tag(writer, `> ${words.join(' ')}`);
}

/** The partial calls itself, mostly for something below. */
function writeRecursion(writer: Writer, scope: Scope, name: string): string | undefined {
  const { choices } = writer;
  const below = reachable(writer, scope).find(({ text }) => text.endsWith('parts'));
  if (below === undefined) return choices.chance(30) ? tag(writer, `> ${name}`) : undefined;
  const call = tag(writer, `> ${name}`);
  return choices.pick([
    `{{#each ${below.text}}}${writeText(writer)}${call}{{/each}}`,
    `{{#if ${below.text}}}${writeText(writer)}${tag(writer, `> ${name} ${below.text}`)}{{/if}}`,
    `{{#with ${below.text}}}${call}{{/with}}`,
    tag(writer, `> ${name} ${below.text}`),
  ]);
}

function withParts(
  writer: Writer,
  context: JsonSchema,
  hash: readonly (readonly [string, Target])[],
): JsonSchema {
  if (hash.length === 0) return context;
  const own = propertiesOf(writer.schema, context);
  const parts = hash.map(([name, { schema }]): [string, JsonSchema] => [name, schema ?? {}]);
  return {
    type: 'object',
    properties: Object.fromEntries([
      ...own.map(([name, schema]): [string, JsonSchema] => [name, schema]),
      ...parts,
    ]),
    required: [...own.filter(([, , isSure]) => isSure).map(([name]) => name), ...parts.map(([name]) => name)],
  };
}

// ---- Paths ---------------------------------------------------------------------------------------------------------

function somePath(writer: Writer, scope: Scope): Target {
  const { choices } = writer;
  const hint =
    scope.hints.length > 0 && choices.chance(45) ? scope.hints[choices.below(scope.hints.length)] : undefined;
  if (hint !== undefined) return choices.chance(80) ? hint : descend(writer, hint);
  if (scope.loops > 0 && choices.chance(10)) return loopVariable(choices, scope.loops);
  if (choices.chance(4)) return mistake(choices);
  const targets = reachable(writer, scope);
  const target = targets[choices.below(Math.max(1, targets.length))];
  if (target === undefined) return { text: 'this', schema: scope.frames[0], mayBeAbsent: false };
  return choices.chance(35) ? descend(writer, target) : target;
}

function loopVariable(choices: Choices, loops: number): Target {
  const outer = loops > 1 ? choices.chance(40) : choices.chance(10);
  const text = outer ? '@../index' : choices.pick(['@index', '@key', '@first', '@last']);
  return {
    text,
    schema: { type: text.endsWith('index') ? 'integer' : text === '@key' ? 'string' : 'boolean' },
    mayBeAbsent: false,
  };
}

function mistake(choices: Choices): Target {
  const text = choices.pick([
    'titel',
    'nothing.here',
    '../../../title',
    '@index',
    'this.this_is_not',
    'toString',
    '@../../key',
  ]);
  return { text, schema: undefined, mayBeAbsent: false };
}

/** What can be named from here: properties of the contexts around, block parameters, the root. */
function reachable(writer: Writer, scope: Scope): Target[] {
  const { choices } = writer;
  const targets: Target[] = [];
  const add = (prefix: string, schema: JsonSchema | undefined): void => {
    for (const [name, inner, isSure] of propertiesOf(writer.schema, schema)) {
      const isHidden = prefix === '' && scope.names.has(name);
      const text = `${isHidden ? 'this.' : prefix}${segment(name, prefix === '')}`;
      targets.push({ text, schema: inner, mayBeAbsent: !isSure });
    }
  };
  add('', scope.frames[0]);
  if (targets.length === 0)
    targets.push({ text: 'this', schema: scope.frames[0], mayBeAbsent: mayBeNull(writer, scope.frames[0]) });
  for (const [name, schema] of scope.names) {
    targets.push({ text: name, schema, mayBeAbsent: mayBeNull(writer, schema) });
    if (choices.chance(50)) add(`${name}.`, schema);
  }
  if (scope.frames.length > 1 && choices.chance(30)) add('../', scope.frames[1]);
  if (scope.frames.length > 2 && choices.chance(15)) add('../../', scope.frames[2]);
  if (choices.chance(20)) add('@root.', writer.schema);
  return targets;
}

function descend(writer: Writer, target: Target): Target {
  const { choices } = writer;
  const inner = propertiesOf(writer.schema, target.schema);
  const [name, schema, isSure] = inner[choices.below(Math.max(1, inner.length))] ?? [];
  if (name !== undefined && schema !== undefined) {
    return { text: joinPath(target.text, name), schema, mayBeAbsent: target.mayBeAbsent || !isSure };
  }
  const items = itemsOf(writer.schema, target.schema);
  if (items.length === 0) return target;
  return choices.pick<Target>([
    { text: `${target.text}.length`, schema: { type: 'integer' }, mayBeAbsent: target.mayBeAbsent },
    { text: `${target.text}.[0]`, schema: items[0], mayBeAbsent: true },
    { text: `${target.text}.[1]`, schema: items[0], mayBeAbsent: true },
  ]);
}

function joinPath(owner: string, name: string): string {
  return owner === '' ? segment(name, true) : `${owner}.${segment(name, false)}`;
}

const helperLike = ['json', 'length', 'index'];

function segment(name: string, isFirst: boolean): string {
  if (isFirst && helperLike.includes(name)) return `this.${name}`;
  return /^[a-zA-Z_][\w-]*$/.test(name) ? name : `[${name}]`;
}

// ---- Schemas -------------------------------------------------------------------------------------------------------

/** The schema with references followed and unions taken apart. */
function alternativesOf(root: JsonSchema, schema: JsonSchema | undefined): JsonSchema[] {
  if (schema === undefined) return [];
  const resolved = dereference(schema, root);
  const branches = (resolved['anyOf'] ?? resolved['oneOf']) as readonly JsonSchema[] | undefined;
  if (branches !== undefined) return branches.flatMap((branch) => alternativesOf(root, branch));
  const { type } = resolved;
  return Array.isArray(type) ? (type as string[]).map((one) => ({ ...resolved, type: one })) : [resolved];
}

function propertiesOf(
  root: JsonSchema,
  schema: JsonSchema | undefined,
): (readonly [name: string, schema: JsonSchema, isSure: boolean])[] {
  return alternativesOf(root, schema).flatMap((one) => {
    const properties = (one['properties'] ?? {}) as { readonly [name: string]: JsonSchema };
    const required = (one['required'] ?? []) as readonly string[];
    return Object.entries(properties).map(([name, inner]) => {
      const isThere = required.includes(name) || inner['default'] !== undefined;
      return [name, inner, isThere && !mayBeNull({ schema: root }, inner)] as const;
    });
  });
}

function mayBeNull({ schema: root }: Pick<Writer, 'schema'>, schema: JsonSchema | undefined): boolean {
  return alternativesOf(root, schema).some(
    (one) =>
      one['type'] === 'null' ||
      one['const'] === null ||
      (Array.isArray(one['enum']) && one['enum'].includes(null)),
  );
}

function itemsOf(root: JsonSchema, schema: JsonSchema | undefined): JsonSchema[] {
  return alternativesOf(root, schema).flatMap((one) => {
    if (one['type'] === 'array') return [isRecord(one['items']) ? one['items'] : {}];
    return isRecord(one['additionalProperties']) ? [one['additionalProperties']] : [];
  });
}
