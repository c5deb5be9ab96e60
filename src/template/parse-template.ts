// Text → Template: the parser of Handlebars, then every construct outside dialect handlebars/1 refused with a reason.
// The parser is used, its runtime is not; nothing here knows a schema or another template.

import Handlebars from 'handlebars';
import { suggest } from '../diagnostics/suggest.ts';
import { fence } from './helpers/fence.ts';
import { helperNames } from './helpers/index.ts';
import { meant, nearName } from './near-name.ts';
import { problemAtStop, wrongClose } from './syntax-problem.ts';
import type { ParserStop } from './syntax-problem.ts';
import { deeperThan, scanBlockTags, tagLimitPassed } from './tag-scanner.ts';
import type {
  BlockParameter,
  CallExpression,
  Expression,
  LoopVariable,
  Option,
  PathExpression,
  Place,
  Segment,
  Template,
  TemplateFix,
  TemplateNode,
  TemplateProblem,
} from './template.ts';

/** Blocks inside one another, each `{{else if}}` counted as one more. */
export const blockDepthMax = 128;
/** Subexpressions inside one another. */
export const callDepthMax = 32;

/** Characters of one tag; what the parser does for it grows faster than its length. Comments do not count. */
const tagLengthMax = 2_000;
/** Characters of all tags of one text together; each of them is parsed, typed and checked. */
const tagsLengthMax = 100_000;

export type ParsedTemplate =
  | { readonly template: Template }
  | { readonly problem: TemplateProblem; readonly problems: readonly TemplateProblem[] };

export interface ParseOptions {
  /** Which block suits the property of the input that a path leads to, for `{{#items}}` that does not say. */
  readonly sectionKind?: (path: readonly string[]) => SectionKind | undefined;
}

export type SectionKind = 'each' | 'with' | 'if';

/** Parses one template. Either all of it is in the dialect, or `problems` says what is not (`problem` is the first). */
export function parseTemplate(text: string, { sectionKind }: ParseOptions = {}): ParsedTemplate {
  const refused = refuseBeforeParsing(text);
  if (refused !== undefined) return { problem: refused, problems: [refused] };
  const tree = parseTree(text);
  if ('code' in tree) return { problem: tree, problems: [tree] };
  const lowering = createLowering(text, sectionKind);
  const body = lowerBody(lowering, tree.body);
  const problems = lowering.problems.filter((problem) => problem.severity === 'error');
  const [problem] = problems;
  if (problem !== undefined) return { problem, problems };
  return { template: { text, body, remarks: lowering.problems } };
}

// ---- Parsing -------------------------------------------------------------------------------------------------------

/** The part of the generated parser that we look into; not in the library's types. */
interface JisonParser {
  parseError: (message: string, stop: { token?: string | null; expected?: string[] }) => void;
  lexer: { _input: string; match: string };
}

const jison = (Handlebars as unknown as { readonly Parser: JisonParser }).Parser;

class ParserStopped extends Error {
  readonly stop: ParserStop;
  constructor(stop: ParserStop) {
    super('The template does not parse.');
    this.stop = stop;
  }
}

function parseTree(text: string): hbs.AST.Program | TemplateProblem {
  const { parseError } = jison;
  jison.parseError = (_message, stop) => {
    const end = text.length - jison.lexer._input.length;
    const expected = (stop.expected ?? []).map((token) => token.replaceAll("'", ''));
    const start = end - jison.lexer.match.length;
    throw new ParserStopped({ token: stop.token ?? 'INVALID', expected, start, end });
  };
  try {
    return Handlebars.parse(parseable(text));
  } catch (cause) {
    if (cause instanceof ParserStopped) return problemAtStop(text, cause.stop);
    return problemOfException(text, cause);
  } finally {
    jison.parseError = parseError;
  }
}

/** The parser's columns are wrong after U+2028 and U+2029; a no-break space is white space to it in the same places. */
function parseable(text: string): string {
  return text.replace(lineSeparators, '\u00a0');
}

const lineSeparators = /[\u2028\u2029]/g;

/** A few mistakes are thrown by the library's tree builder, with a line and a column instead of a token. */
function problemOfException(text: string, cause: unknown): TemplateProblem {
  const exception = cause as { message: string; lineNumber?: number; column?: number };
  if (/doesn't match/.test(exception.message)) {
    const problem = wrongClose(text);
    if (problem !== undefined) return problem;
  }
  const place = { line: exception.lineNumber ?? 1, column: exception.column ?? 0 };
  const start = offsetsOf(text)(place);
  return error('syntax-error', { start, end: start }, `${exception.message.replace(/ - \d+:\d+$/, '')}.`);
}

function refuseBeforeParsing(text: string): TemplateProblem | undefined {
  const zero = text.indexOf('\0');
  if (zero !== -1) {
    return error(
      'syntax-error',
      { start: zero, end: zero + 1 },
      'A template cannot hold the character U+0000.',
    );
  }
  const limit = tagLimitPassed(text, { tagLengthMax, tagsLengthMax });
  if (limit !== undefined) {
    const [name, message, help] = limitWords[limit.kind];
    return error(name, limit.place, message, { help });
  }
  const tooDeep = deeperThan(scanBlockTags(text), blockDepthMax);
  if (tooDeep === undefined) return undefined;
  return error('too-deep', tooDeep, `Blocks stand more than ${blockDepthMax} deep inside one another here.`, {
    help: 'pass the outcome as an input',
  });
}

const limitWords = {
  tag: [
    'too-long-tag',
    `A tag has at most ${tagLengthMax.toLocaleString('en')} characters.`,
    'move what it says into the input, or into a partial',
  ],
  all: [
    'too-many-tags',
    `The tags of one text have at most ${tagsLengthMax.toLocaleString('en')} characters together.`,
    'loop over a list with `{{#each}}`, or pass a text that is made already',
  ],
} as const;

/** Line and column as the parser counts them → offset. */
function offsetsOf(text: string): (position: { line: number; column: number }) => number {
  const lineStarts = [0];
  for (const match of text.matchAll(/\r\n?|\n/g)) lineStarts.push(match.index + match[0].length);
  return ({ line, column }) => Math.min((lineStarts[line - 1] ?? text.length) + column, text.length);
}

// ---- Lowering ------------------------------------------------------------------------------------------------------

interface Lowering {
  readonly text: string;
  readonly problems: TemplateProblem[];
  readonly placeOf: (node: hbs.AST.Node) => Place;
  readonly sectionKind: ParseOptions['sectionKind'];
  callDepth: number;
  /** `{{#each}}` and `{{#with}}` around. */
  scopeDepth: number;
}

function createLowering(text: string, sectionKind: ParseOptions['sectionKind']): Lowering {
  const offsetOf = offsetsOf(text);
  const placeOf = (node: hbs.AST.Node): Place => ({
    start: offsetOf(node.loc.start),
    end: offsetOf(node.loc.end),
  });
  return { text, problems: [], placeOf, sectionKind, callDepth: 0, scopeDepth: 0 };
}

function lowerBody(lowering: Lowering, body: readonly hbs.AST.Statement[] | undefined): TemplateNode[] {
  return (body ?? []).flatMap((statement) => lowerStatement(lowering, statement) ?? []);
}

function lowerStatement(lowering: Lowering, statement: hbs.AST.Statement): TemplateNode | undefined {
  switch (statement.type) {
    case 'ContentStatement':
      return lowerText(lowering, statement as ContentStatement);
    case 'CommentStatement':
      return undefined;
    case 'MustacheStatement':
      return lowerOutput(lowering, statement as hbs.AST.MustacheStatement);
    case 'BlockStatement':
      return lowerBlock(lowering, statement as hbs.AST.BlockStatement);
    case 'PartialStatement':
      return lowerPartial(lowering, statement as hbs.AST.PartialStatement);
    default:
      return refuse(lowering, statement, ...(refusedStatements[statement.type] ?? ['This construct', '']));
  }
}

const refusedStatements: { readonly [type: string]: readonly [what: string, instead: string] } = {
  PartialBlockStatement: [
    'A partial block `{{#> …}}`',
    'use `{{> name}}` and pass what differs as `key=value`',
  ],
  DecoratorBlock: ['An inline partial `{{#*inline}}`', 'put the text into a file of its own under partials/'],
  Decorator: ['A decorator `{{* …}}`', 'remove it; what is printed follows from the input alone'],
};

type ContentStatement = Omit<hbs.AST.ContentStatement, 'original'> & {
  readonly original: string;
  /** White space was removed on the left of the text; the parser's name is for the tag's point of view. */
  readonly rightStripped?: boolean;
  readonly leftStripped?: boolean;
};

function lowerText(lowering: Lowering, content: ContentStatement): TemplateNode | undefined {
  const { value, original } = content;
  if (value === '') return undefined;
  const whole = lowering.placeOf(content);
  const skipped = content.rightStripped
    ? content.leftStripped
      ? original.indexOf(value)
      : original.length - value.length
    : 0;
  const start = whole.start + skipped;
  const end = start + value.length;
  return { kind: 'text', text: lowering.text.slice(start, end), start, end };
}

function lowerOutput(lowering: Lowering, mustache: hbs.AST.MustacheStatement): TemplateNode | undefined {
  const place = lowering.placeOf(mustache);
  if (!mustache.escaped) lowering.problems.push(rawOutput(lowering.text, place));
  if (mustache.path.type !== 'PathExpression') {
    return reject(
      lowering,
      'syntax-error',
      lowering.placeOf(mustache.path),
      'A value in braces is not looked up.',
      {
        help: 'write the text without braces',
      },
    );
  }
  const isCall = mustache.params.length > 0 || mustache.hash !== undefined;
  const expression = isCall
    ? lowerCall(lowering, mustache as Call)
    : lowerPath(lowering, mustache.path as hbs.AST.PathExpression);
  return expression === undefined ? undefined : { kind: 'output', expression, ...place };
}

function rawOutput(text: string, place: Place): TemplateProblem {
  const source = text.slice(place.start, place.end);
  const plain = source.replace(/^(\{\{~?)[{&]/, '$1').replace(/\}(~?\}\})$/, '$1');
  const fixed =
    source.includes('{{&') || source.includes('{{~&') ? source.replace(/^(\{\{~?)&/, '$1') : plain;
  return {
    code: 'template/raw-output',
    severity: 'warning',
    ...place,
    message: 'Text is never HTML-escaped here, so two braces are enough.',
    help: `write \`${fixed}\``,
    fix: { message: 'use two braces', safety: 'safe', ...place, text: fixed },
  };
}

function lowerBlock(lowering: Lowering, block: hbs.AST.BlockStatement): TemplateNode | undefined {
  const place = lowering.placeOf(block);
  if (lowering.text.startsWith('{{{{', place.start)) {
    return refuse(lowering, block, 'A raw block `{{{{…}}}}`', 'write `\\{{` to print braces');
  }
  const open = { start: place.start, end: endOfOpenTag(lowering, block) };
  const name = block.path.type === 'PathExpression' ? block.path.original : '';
  if (!isBlockName(name)) return refuseBlock(lowering, block, open);
  // `program` is absent for `{{^if x}}…{{/if}}`, whatever the library's types say.
  const inverted = (block.program as hbs.AST.Program | undefined) === undefined || isCaret(lowering, open);
  if (inverted) {
    return refuse(lowering, block, `An inverted block \`{{^${name}}}\``, 'use `{{#unless …}}`', open);
  }
  const [subject, ...extra] = block.params;
  if (subject === undefined || extra.length > 0) {
    return reject(
      lowering,
      'wrong-arguments',
      lowering.placeOf(extra[0] ?? block.path),
      `\`#${name}\` takes one value, ${block.params.length} given.`,
      extra.length > 0 && name !== 'each' && name !== 'with'
        ? { help: 'combine conditions with `(and a b)`, `(or a b)` or `(eq a b)`' }
        : {},
    );
  }
  const value = lowerExpression(lowering, subject);
  const parameters = lowerBlockParameters(lowering, block, open);
  checkBlockParameters(lowering, name, parameters);
  const includeZero = lowerBlockOptions(lowering, name, block.hash);
  const depth = name === 'each' || name === 'with' ? 1 : 0;
  lowering.scopeDepth += depth;
  const body = lowerBody(lowering, block.program.body);
  lowering.scopeDepth -= depth;
  const otherwise = lowerBody(lowering, (block.inverse as hbs.AST.Program | undefined)?.body);
  if (value === undefined) return undefined;
  const shared = { open, body, otherwise, ...place };
  if (name === 'each') return { kind: 'each', subject: value, parameters, ...shared };
  if (name === 'with') return { kind: 'with', subject: value, parameters, ...shared };
  return { kind: 'if', negated: name === 'unless', includeZero, condition: value, ...shared };
}

type BlockName = 'if' | 'unless' | 'each' | 'with';

function isBlockName(name: string): name is BlockName {
  return name === 'if' || name === 'unless' || name === 'each' || name === 'with';
}

function isCaret(lowering: Lowering, open: Place): boolean {
  return /^\{\{~?\^/.test(lowering.text.slice(open.start, open.start + 4));
}

function refuseBlock(lowering: Lowering, block: hbs.AST.BlockStatement, open: Place): undefined {
  const place = lowering.placeOf(block.path);
  const name = lowering.text.slice(place.start, place.end);
  const isBare = block.params.length === 0 && (block.hash as hbs.AST.Hash | undefined) === undefined;
  if (isBare) return refuseSection(lowering, block, open, place);

  lowerBody(lowering, (block.program as hbs.AST.Program | undefined)?.body);
  lowerBody(lowering, (block.inverse as hbs.AST.Program | undefined)?.body);
  if (helperNames.includes(name)) {
    const source = lowering.text.slice(place.start, endOfArguments(lowering, block));
    return reject(lowering, 'unsupported-feature', place, `\`${name}\` is a value, not a block.`, {
      help: `write \`{{#if (${source})}}\``,
    });
  }
  const { help } = nearName(name, ['if', 'unless', 'each', 'with'], place);
  return reject(lowering, 'unknown-helper', place, `No block is named \`${name}\`.`, {
    help: help ?? 'the blocks are: if, unless, each, with',
  });
}

/** `{{#items}}` and `{{^items}}`, as Mustache has them. */
function refuseSection(
  lowering: Lowering,
  block: hbs.AST.BlockStatement,
  open: Place,
  place: Place,
): undefined {
  const name = lowering.text.slice(place.start, place.end);
  const isInverted = isCaret(lowering, open);
  const kind = isInverted ? 'unless' : kindOfSection(lowering, name, place);
  const message = isInverted
    ? `\`{{^${name}}}\` does not say what it means.`
    : `\`{{#${name}}}\` does not say which it means: a loop, a scope or a condition.`;
  const help =
    kind === undefined
      ? `write \`{{#each ${name}}}\`, \`{{#with ${name}}}\` or \`{{#if ${name}}}\``
      : `write \`{{#${kind} ${name}}}\``;
  const fix = kind === undefined ? undefined : fixOfSection(lowering, block, open, place, kind);
  const depth = kind === 'each' || kind === 'with' ? 1 : 0;
  reject(lowering, 'section-without-kind', place, message, { help, ...(fix === undefined ? {} : { fix }) });
  lowering.scopeDepth += depth;
  lowerBody(lowering, (block.program as hbs.AST.Program | undefined)?.body);
  lowering.scopeDepth -= depth;
  lowerBody(lowering, (block.inverse as hbs.AST.Program | undefined)?.body);
}

/** Inside other scopes the path starts at a value that is not known here. */
function kindOfSection(lowering: Lowering, name: string, place: Place): SectionKind | undefined {
  if (lowering.scopeDepth > 0 || /^(?:\.|@|this\b)/.test(name)) return undefined;
  return lowering.sectionKind?.(segmentsOf(name, place.start).map((segment) => segment.name));
}

function fixOfSection(
  lowering: Lowering,
  block: hbs.AST.BlockStatement,
  open: Place,
  place: Place,
  kind: SectionKind | 'unless',
): TemplateFix | undefined {
  const { start, end } = lowering.placeOf(block);
  const opening = lowering.text.slice(open.start, place.start);
  const closing = /\/(?<name>[^{}~]*?)\s*~?\}\}$/.exec(lowering.text.slice(start, end));
  if (closing === null) return undefined;
  const closeAt = start + closing.index + 1;
  return {
    message: `write #${kind}`,
    safety: 'safe',
    start: open.start,
    end: place.start,
    text: `${opening.replace('^', '#').trimEnd()}${kind} `,
    also: [{ start: closeAt, end: closeAt + (closing.groups?.['name'] ?? '').length, text: kind }],
  };
}

function checkBlockParameters(
  lowering: Lowering,
  name: BlockName,
  parameters: readonly BlockParameter[],
): void {
  const most = name === 'each' ? 2 : name === 'with' ? 1 : 0;
  const extra = parameters[most];
  if (extra !== undefined) {
    const message = most === 0 ? `\`#${name}\` names nothing.` : `\`#${name}\` names at most ${most}.`;
    reject(lowering, 'wrong-arguments', extra, message);
  }
  const [first, second] = parameters;
  if (first !== undefined && first.name === second?.name) {
    reject(lowering, 'wrong-arguments', second, `\`${second.name}\` is named twice.`);
  }
}

/** Returns whether zero counts as true, the only thing a block can be told. */
function lowerBlockOptions(lowering: Lowering, name: BlockName, hash: hbs.AST.Hash | undefined): boolean {
  let includeZero = false;
  for (const option of lowerOptions(lowering, hash)) {
    if (option.name !== 'includeZero' || name === 'each' || name === 'with') {
      reject(lowering, 'unknown-option', option.namePlace, `\`#${name}\` has no option \`${option.name}\`.`);
    } else if (option.value.kind !== 'literal' || typeof option.value.value !== 'boolean') {
      reject(lowering, 'wrong-arguments', option.value, '`includeZero` is `true` or `false`.');
    } else {
      includeZero = option.value.value;
    }
  }
  return includeZero;
}

/** The library gives block parameters no places, so they are looked up in the opening tag. */
function lowerBlockParameters(
  lowering: Lowering,
  block: hbs.AST.BlockStatement,
  open: Place,
): BlockParameter[] {
  const names = (block.program.blockParams as string[] | undefined) ?? [];
  let at = endOfArguments(lowering, block);
  return names.map((name) => {
    const start = lowering.text.indexOf(
      name,
      at === endOfArguments(lowering, block) ? at + ' as |'.length - 1 : at,
    );
    at = start + name.length;
    return start === -1 ? { name, ...open } : { name, start, end: at };
  });
}

function endOfArguments(lowering: Lowering, block: hbs.AST.BlockStatement): number {
  const last = (block.hash as hbs.AST.Hash | undefined) ?? block.params.at(-1) ?? block.path;
  return lowering.placeOf(last).end;
}

function endOfOpenTag(lowering: Lowering, block: hbs.AST.BlockStatement): number {
  const close = lowering.text.indexOf('}}', endOfArguments(lowering, block));
  return close === -1 ? lowering.placeOf(block).end : close + 2;
}

function lowerPartial(lowering: Lowering, partial: hbs.AST.PartialStatement): TemplateNode | undefined {
  const place = lowering.placeOf(partial);
  const namePlace = lowering.placeOf(partial.name);
  if (partial.name.type === 'SubExpression') {
    return refuse(
      lowering,
      partial.name,
      'A partial name that is computed',
      'choose with `{{#if}}` between partials',
    );
  }
  const name = String((partial.name as hbs.AST.PathExpression).original);
  const [context, ...extra] = partial.params;
  if (extra[0] !== undefined) {
    return reject(lowering, 'wrong-arguments', lowering.placeOf(extra[0]), 'A partial takes one context.', {
      help: 'pass more as `key=value`',
    });
  }
  const value = context === undefined ? undefined : lowerExpression(lowering, context);
  const options = lowerOptions(lowering, partial.hash);
  if (context !== undefined && value === undefined) return undefined;
  return { kind: 'partial', name, namePlace, context: value, options, ...place };
}

// ---- Expressions ---------------------------------------------------------------------------------------------------

type Call = hbs.AST.SubExpression | (hbs.AST.MustacheStatement & { path: hbs.AST.PathExpression });

function lowerExpression(lowering: Lowering, expression: hbs.AST.Expression): Expression | undefined {
  switch (expression.type) {
    case 'PathExpression':
      return lowerPath(lowering, expression as hbs.AST.PathExpression);
    case 'SubExpression':
      return lowerSubexpression(lowering, expression as hbs.AST.SubExpression);
    default: {
      const { value } = expression as { value?: string | number | boolean | null };
      const place = lowering.placeOf(expression);
      if (refuseLineSeparator(lowering, place)) return undefined;
      return { kind: 'literal', value, ...place };
    }
  }
}

/** What `fence` prints is more than a value, so it stands in braces of its own. */
function lowerSubexpression(lowering: Lowering, call: hbs.AST.SubExpression): CallExpression | undefined {
  const lowered = lowerCall(lowering, call);
  if (lowered?.helper !== fence.name) return lowered;
  return reject(
    lowering,
    'wrong-arguments',
    lowered.namePlace,
    '`fence` prints tags, so it cannot be an argument.',
    {
      help: 'write {{fence …}} where the text is to stand; the fence may hold a call: {{fence (join list) tag="…"}}',
    },
  );
}

function lowerCall(lowering: Lowering, call: Call): CallExpression | undefined {
  if (lowering.callDepth >= callDepthMax) {
    return reject(
      lowering,
      'too-deep',
      lowering.placeOf(call),
      `Calls stand more than ${callDepthMax} deep here.`,
      { help: 'say it with several blocks, or pass the outcome as an input' },
    );
  }
  const namePlace = lowering.placeOf(call.path);
  const helper = lowering.text.slice(namePlace.start, namePlace.end);
  if (!helperNames.includes(helper)) rejectHelper(lowering, helper, namePlace);
  lowering.callDepth += 1;
  const parameters = call.params.flatMap((parameter) => lowerExpression(lowering, parameter) ?? []);
  const options = lowerOptions(lowering, call.hash);
  lowering.callDepth -= 1;
  return { kind: 'call', helper, namePlace, parameters, options, ...lowering.placeOf(call) };
}

function rejectHelper(lowering: Lowering, name: string, place: Place): undefined {
  if (name === 'lookup') {
    return reject(lowering, 'unknown-helper', place, '`lookup` is not in this dialect.', {
      help: 'name the property, or loop with `{{#each}}`',
    });
  }
  if (isBlockName(name)) {
    return reject(lowering, 'unknown-helper', place, `\`${name}\` is a block.`, {
      help: `write \`{{#${name} …}}\``,
    });
  }
  const known = otherNames[name.toLowerCase().replaceAll(/[^a-z]/g, '')];
  return reject(lowering, 'unknown-helper', place, `No helper is named \`${name}\`.`, {
    help: `the helpers are: ${helperNames.join(', ')}`,
    ...(known === undefined ? nearName(name, helperNames, place) : meant([known], place)),
  });
}

/** What helpers are called elsewhere. */
const otherNames: { readonly [name: string]: string } = {
  ...{ uppercase: 'upper', touppercase: 'upper', lowercase: 'lower', tolowercase: 'lower' },
  ...{
    tojson: 'json',
    jsonstringify: 'json',
    stringify: 'json',
    count: 'length',
    size: 'length',
    len: 'length',
  },
  ...{ equals: 'eq', equal: 'eq', is: 'eq', isnt: 'ne', noteq: 'ne', greaterthan: 'gt', lessthan: 'lt' },
  ...{
    implode: 'join',
    concat: 'join',
    fallback: 'default',
    coalesce: 'default',
    formatdate: 'date',
    plusone: 'inc',
  },
};

function lowerOptions(lowering: Lowering, hash: hbs.AST.Hash | undefined): Option[] {
  const seen = new Set<string>();
  return (hash?.pairs ?? []).flatMap((pair) => {
    const place = lowering.placeOf(pair);
    const nameLength =
      /^\[[^\]]*\]|^[^=\s]+/.exec(lowering.text.slice(place.start, place.end))?.[0].length ?? 0;
    const namePlace = { start: place.start, end: place.start + nameLength };
    if (seen.has(pair.key)) reject(lowering, 'wrong-arguments', namePlace, `\`${pair.key}\` is given twice.`);
    seen.add(pair.key);
    const value = lowerExpression(lowering, pair.value);
    return value === undefined ? [] : [{ name: pair.key, namePlace, value, ...place }];
  });
}

const loopVariables: readonly string[] = ['index', 'key', 'first', 'last'] satisfies LoopVariable[];

function lowerPath(lowering: Lowering, path: hbs.AST.PathExpression): PathExpression | undefined {
  const place = lowering.placeOf(path);
  if (refuseLineSeparator(lowering, place)) return undefined;
  const source = lowering.text.slice(place.start, place.end);
  const segments = segmentsOf(source, place.start);
  const explicit = path.depth > 0 || /^(?:this\b|\.)/.test(source);
  if (!path.data) return { kind: 'path', origin: 'scope', depth: path.depth, explicit, segments, ...place };
  const [variable, ...rest] = segments;
  if (variable?.name === 'root' && path.depth === 0) {
    return { kind: 'path', origin: 'root', depth: 0, explicit: true, segments: rest, ...place };
  }
  if (variable !== undefined && loopVariables.includes(variable.name)) {
    const origin = variable.name as LoopVariable;
    return { kind: 'path', origin, depth: path.depth, explicit: true, segments: rest, ...place };
  }
  const at = { start: place.start, end: variable?.end ?? place.end };
  const written = lowering.text.slice(at.start, at.end);
  const near = suggest(variable?.name ?? '', ['root', ...loopVariables]);
  const climb = `@${'../'.repeat(path.depth)}`;
  return reject(lowering, 'unknown-data-variable', at, `\`${written}\` is not defined.`, {
    help: 'available are: @root, @index, @key, @first, @last',
    ...meant(
      near.map((name) => climb + name),
      at,
    ),
  });
}

const pathToken = /\[(?<quoted>(?:\\\]|[^\]])*)\]|(?<name>[^\s./[\]@]+)|\.\.|[\s./@]/g;

/** The names of a path with their places; `this`, `.` and `..` are no names. */
function segmentsOf(source: string, offset: number): Segment[] {
  const segments: Segment[] = [];
  for (const match of source.matchAll(pathToken)) {
    const { quoted, name } = match.groups ?? {};
    if (quoted === undefined && (name === undefined || name === 'this')) continue;
    const start = offset + match.index;
    const end = start + match[0].length;
    segments.push({ name: quoted?.replace(/\\([\\\]])/g, '$1') ?? name ?? '', start, end });
  }
  return segments;
}

function refuseLineSeparator(lowering: Lowering, place: Place): boolean {
  const at = lowering.text.slice(place.start, place.end).search(lineSeparators);
  if (at === -1) return false;
  const start = place.start + at;
  reject(
    lowering,
    'syntax-error',
    { start, end: start + 1 },
    'An invisible line separator stands inside a tag.',
  );
  return true;
}

// ---- Problems ------------------------------------------------------------------------------------------------------

function refuse(
  lowering: Lowering,
  node: hbs.AST.Node,
  what: string,
  instead: string,
  place?: Place,
): undefined {
  return reject(
    lowering,
    'unsupported-feature',
    place ?? firstTag(lowering, lowering.placeOf(node)),
    `${what} is not in handlebars/1.`,
    instead === '' ? {} : { help: instead },
  );
}

/** Of a block, its opening tag; anything else as it is. */
function firstTag({ text }: Lowering, { start, end }: Place): Place {
  const tag = /^\{\{.*?\}\}+/s.exec(text.slice(start, end))?.[0];
  return { start, end: tag === undefined ? end : start + tag.length };
}

function reject(
  lowering: Lowering,
  name: string,
  place: Place,
  message: string,
  more: Partial<TemplateProblem> = {},
): undefined {
  lowering.problems.push(error(name, place, message, more));
}

function error(
  name: string,
  place: Place,
  message: string,
  more: Partial<TemplateProblem> = {},
): TemplateProblem {
  return {
    code: `template/${name}`,
    severity: 'error',
    start: place.start,
    end: place.end,
    message,
    ...more,
  };
}
