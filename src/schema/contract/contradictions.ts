// Schemas that no value fits, and values that are listed though they can never be given. Only what is sure is said; what
// follows from a contradiction further in is not said again.

import { explain } from '../explain.ts';
import { formatNamed } from '../formats.ts';
import { appendPointer } from '../json-pointer.ts';
import { isRecord } from '../json-schema.ts';
import type { JsonSchema } from '../json-schema.ts';
import { isMultipleOf } from '../numbers.ts';
import { lookAtPattern } from '../pattern/known-patterns.ts';
import { lengthsOfMatches } from '../pattern/pattern-length.ts';
import type { SchemaProblem } from '../schema-problem.ts';
import { typesOf } from '../select-branch.ts';
import { keywordNamed } from '../subset/keywords.ts';
import { listWords } from '../../diagnostics/words.ts';
import { inWords } from '../subset/words.ts';
import type { ContractNode } from './check-contract.ts';
import { countValues } from './count-values.ts';
import { withoutSlowPatterns } from './slow-patterns.ts';

export function checkContradictions(node: ContractNode): SchemaProblem[] {
  if (node.schema['$ref'] !== undefined) return checkNarrowed(node);
  const bounds = boundChecks.flatMap((check) => check(node));
  // A listed value that does not fit contradictory bounds is no news.
  return bounds.length > 0 ? bounds : checkListedValues(node);
}

/** A definition with what stands beside the reference to it; what is wrong with the definition alone is told there. */
function checkNarrowed(node: ContractNode): SchemaProblem[] {
  const { schema, resolved } = node;
  if (!Object.keys(schema).some((name) => keywordNamed(name)?.type !== undefined)) return [];
  const own = (pointer: string): string | undefined =>
    Object.keys(schema).find((name) => pointer === appendPointer(node.pointer, name));
  const placeOf = (pointer: string): string =>
    own(pointer) === undefined ? appendPointer(node.pointer, '$ref') : pointer;
  return boundChecks
    .flatMap((check) => check({ ...node, schema: resolved }))
    .filter(({ pointer, related = [] }) => [pointer, ...related.map((each) => each.pointer)].some(own))
    .map((problem) => ({
      ...problem,
      pointer: placeOf(problem.pointer),
      ...(problem.related && {
        related: problem.related.map((each) => ({ ...each, pointer: placeOf(each.pointer) })),
      }),
    }));
}

type BoundCheck = (node: ContractNode) => readonly SchemaProblem[];

const boundChecks: readonly BoundCheck[] = [checkPairs, checkNumbers, checkTexts, checkLists, checkObjects];

function contradiction(
  { pointer }: ContractNode,
  keyword: string,
  other: string | undefined,
  message: string,
  help: string,
): SchemaProblem {
  return {
    pointer: appendPointer(pointer, keyword),
    code: 'schema/contradiction',
    message,
    help,
    ...(other !== undefined && {
      related: [{ pointer: appendPointer(pointer, other), message: otherWords[other] ?? 'the other bound' }],
    }),
  };
}

const otherWords: { readonly [keyword: string]: string } = {
  uniqueItems: 'no two may be equal',
  pattern: 'the pattern',
  format: 'the format',
};

// -- bounds

const pairs: readonly (readonly [low: string, high: string, noun: string])[] = [
  ['minimum', 'maximum', 'number'],
  ['minLength', 'maxLength', 'text'],
  ['minItems', 'maxItems', 'list'],
  ['minProperties', 'maxProperties', 'object'],
];

function checkPairs(node: ContractNode): SchemaProblem[] {
  return pairs.flatMap(([low, high, noun]) => {
    const [least, most] = [numberAt(node.schema, low), numberAt(node.schema, high)];
    if (least === undefined || most === undefined || least <= most) return [];
    const message = `\`${low}\` ${least} is above \`${high}\` ${most}: no ${noun} fits.`;
    return [contradiction(node, low, high, message, 'swap them, or widen one')];
  });
}

/** Steps that are tried between two bounds before a multiple is believed to exist. */
const multiplesMax = 1000;

function checkNumbers(node: ContractNode): SchemaProblem[] {
  const { schema } = node;
  const low = strictest(schema, 'minimum', 'exclusiveMinimum', (a, b) => a > b);
  const high = strictest(schema, 'maximum', 'exclusiveMaximum', (a, b) => a < b);
  if (low === undefined || high === undefined || typesOf(schema)?.has('number') !== true) return [];
  if (low.keyword === 'minimum' && high.keyword === 'maximum' && low.value > high.value) return [];
  const isEmpty = low.value > high.value || (low.value === high.value && (low.isOpen || high.isOpen));
  const between = `between \`${low.keyword}\` ${low.value} and \`${high.keyword}\` ${high.value}`;
  if (isEmpty) {
    return [
      contradiction(node, low.keyword, high.keyword, `No number lies ${between}.`, 'widen one of them'),
    ];
  }
  const step = stepOf(schema);
  if (step === undefined || hasMultiple(schema, low, high, step)) return [];
  const what =
    schema['multipleOf'] === undefined ? 'whole number' : `multiple of ${String(schema['multipleOf'])}`;
  return [contradiction(node, low.keyword, high.keyword, `No ${what} lies ${between}.`, 'widen one of them')];
}

interface Bound {
  readonly keyword: string;
  readonly value: number;
  readonly isOpen: boolean;
}

function strictest(
  schema: JsonSchema,
  closed: string,
  open: string,
  isStricter: (a: number, b: number) => boolean,
): Bound | undefined {
  const [closedValue, openValue] = [numberAt(schema, closed), numberAt(schema, open)];
  if (openValue !== undefined && (closedValue === undefined || !isStricter(closedValue, openValue))) {
    return { keyword: open, value: openValue, isOpen: true };
  }
  return closedValue === undefined ? undefined : { keyword: closed, value: closedValue, isOpen: false };
}

/** The distance between candidates: 1 for whole numbers, else the factor. */
function stepOf(schema: JsonSchema): number | undefined {
  const factor = numberAt(schema, 'multipleOf');
  if (!isWhole(schema)) return factor;
  return factor !== undefined && Number.isInteger(factor) ? factor : 1;
}

function isWhole({ type }: JsonSchema): boolean {
  return type === 'integer' || (Array.isArray(type) && type.includes('integer'));
}

function hasMultiple(schema: JsonSchema, low: Bound, high: Bound, step: number): boolean {
  const factor = numberAt(schema, 'multipleOf');
  const from = Math.floor(low.value / step) - 1;
  for (let count = 0; count < multiplesMax; count += 1) {
    const candidate = (from + count) * step;
    if (candidate > high.value + step) return false;
    const isAbove = candidate > low.value || (candidate === low.value && !low.isOpen);
    const isBelow = candidate < high.value || (candidate === high.value && !high.isOpen);
    if (isAbove && isBelow && (factor === undefined || isMultipleOf(candidate, factor))) return true;
  }
  return true;
}

// -- texts

function checkTexts(node: ContractNode): SchemaProblem[] {
  const { schema } = node;
  return [...patternLengths(schema), ...formatLengths(schema)].flatMap(([keyword, min, max]) => {
    const [least, most] = [numberAt(schema, 'minLength'), numberAt(schema, 'maxLength')];
    if (min === Infinity) {
      const message = 'No text matches this pattern.';
      return [contradiction(node, keyword, undefined, message, 'nothing can stand before `^` or after `$`')];
    }
    if (most !== undefined && min > most) {
      const message = `\`${keyword}\` takes at least ${characters(min)}, \`maxLength\` allows ${most}.`;
      return [contradiction(node, 'maxLength', keyword, message, 'raise it, or leave it out')];
    }
    if (least === undefined || max >= least) return [];
    const message = `\`${keyword}\` takes at most ${characters(max)}, \`minLength\` asks for ${least}.`;
    return [contradiction(node, 'minLength', keyword, message, 'lower it, or leave it out')];
  });
}

type Lengths = readonly [keyword: string, min: number, max: number];

function patternLengths({ pattern }: JsonSchema): Lengths[] {
  if (typeof pattern !== 'string') return [];
  const known = lookAtPattern(pattern);
  if (known.kind === 'mistake') return [];
  const { min, max } = lengthsOfMatches(known.root);
  return [['pattern', min, max]];
}

function formatLengths({ format }: JsonSchema): Lengths[] {
  const known = formatNamed(format);
  return known === undefined ? [] : [['format', known.lengthMin, known.lengthMax]];
}

function characters(count: number): string {
  return `${count} character${count === 1 ? '' : 's'}`;
}

// -- lists

function checkLists(node: ContractNode): SchemaProblem[] {
  const { schema, root } = node;
  const least = numberAt(schema, 'minItems') ?? 0;
  if (schema['uniqueItems'] !== true || least < 2 || !isRecord(schema['items'])) return [];
  const count = countValues(schema['items'], root);
  if (count >= least) return [];
  const message = `\`minItems\` asks for ${least} different items, and there are only ${count}.`;
  return [contradiction(node, 'minItems', 'uniqueItems', message, 'lower it, or let items repeat')];
}

// -- objects

function checkObjects(node: ContractNode): SchemaProblem[] {
  const { schema } = node;
  if (typesOf(schema)?.has('object') !== true) return [];
  return [...checkCounts(node), ...checkNames(node)];
}

function checkCounts(node: ContractNode): SchemaProblem[] {
  const { schema } = node;
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const [least, most] = [numberAt(schema, 'minProperties'), numberAt(schema, 'maxProperties')];
  const declared = Object.keys(properties).length;
  if (least !== undefined && least > declared && schema['additionalProperties'] === false) {
    const message = `\`minProperties\` asks for ${least}, and only ${declared} are declared.`;
    return [contradiction(node, 'minProperties', undefined, message, 'declare more, or lower it')];
  }
  const present = alwaysPresent(schema, properties);
  if (most === undefined || present.length <= most) return [];
  const message = `\`maxProperties\` allows ${most}, and ${present.length} are always there: ${listWords(present.slice(0, 5))}.`;
  return [contradiction(node, 'maxProperties', undefined, message, 'raise it')];
}

/** Defaults are filled in before a value is checked. */
function alwaysPresent(schema: JsonSchema, properties: { readonly [name: string]: unknown }): string[] {
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const filled = Object.keys(properties).filter((name) => {
    const property = properties[name];
    return isRecord(property) && property['default'] !== undefined;
  });
  return [...new Set([...required, ...filled])];
}

function checkNames(node: ContractNode): SchemaProblem[] {
  const { schema, pointer, safeRoot: root } = node;
  const rule = schema['propertyNames'];
  if (!isRecord(rule)) return [];
  const safe = withoutSlowPatterns(rule);
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  return Object.keys(properties).flatMap((name): SchemaProblem[] => {
    const [finding] = explain(safe, name, root);
    if (finding === undefined) return [];
    return [
      {
        pointer: appendPointer(pointer, 'properties', name),
        at: 'key',
        code: 'schema/contradiction',
        message: `\`propertyNames\` does not allow the name ${inWords(name)}.`,
        notes: [finding.message.replace(/^This/, 'a name')],
        help: 'rename it, or widen `propertyNames`',
        related: [
          { pointer: appendPointer(pointer, 'propertyNames'), at: 'key', message: 'the rule for names' },
        ],
      },
    ];
  });
}

// -- const and enum

/** Each value that is listed against everything else that the schema says. */
function checkListedValues(node: ContractNode): SchemaProblem[] {
  const { schema, pointer, safeRoot: root } = node;
  const { enum: listed, const: constant, ...rest } = schema;
  if (constant !== undefined) {
    const others = { ...rest, ...(listed !== undefined && { enum: listed }) };
    const [finding] = explain(withoutSlowPatterns(others), constant, root);
    return finding === undefined
      ? []
      : [neverGiven(constant, appendPointer(pointer, 'const'), finding.message)];
  }
  if (!Array.isArray(listed)) return [];
  const others = withoutSlowPatterns(rest);
  const misfits = listed.flatMap((value: unknown, index): SchemaProblem[] => {
    const [finding] = explain(others, value, root);
    return finding === undefined
      ? []
      : [neverGiven(value, appendPointer(pointer, 'enum', index), finding.message)];
  });
  const [first] = misfits;
  if (first === undefined || misfits.length < listed.length || listed.length === 1) return misfits;
  const message = 'No value of this `enum` can be given.';
  const { notes = [] } = first;
  const place = appendPointer(pointer, 'enum');
  return [{ pointer: place, at: 'key', code: 'schema/contradiction', message, notes }];
}

export function neverGiven(value: unknown, pointer: string, reason: string): SchemaProblem {
  return {
    pointer,
    code: 'schema/contradiction',
    message: `The value ${inWords(value)} can never be given.`,
    notes: [`${reason.charAt(0).toLowerCase()}${reason.slice(1).replace(/\.$/, '')}`],
    help: 'leave it out, or change what else is said',
  };
}

function numberAt(schema: JsonSchema, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === 'number' ? value : undefined;
}
