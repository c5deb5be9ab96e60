// Values: of the wrong type, not among those allowed, in the wrong form, out of bounds.

import type { Fix } from '../../diagnostics/diagnostic.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Verdict } from '../decode.ts';
import { lastKey, parentPointer, pointerTo, valueAt } from '../json-pointer.ts';
import { textEditsOf } from '../schema-edits.ts';
import { firstLineOf } from '../syntax-tree.ts';
import type { SyntaxTree } from '../syntax-tree.ts';
import { didYouMean, listWords } from '../../diagnostics/words.ts';
import { quoteValue, typeInWords } from '../words.ts';
import { quoteScalar } from '../yaml/quote-text.ts';
import { completeVersion, formOf } from './forms.ts';
import { placeName, replacement } from './place-words.ts';
import type { DecodeFinding } from './place-words.ts';

// -- types

export function describeWrongType(verdict: Verdict, tree: SyntaxTree): DecodeFinding {
  const { pointer, data } = verdict;
  const span = tree.spanOf(pointer);
  const written = tree.source.text.slice(span.start, span.end);
  if (typeof data === 'number' && lastKey(pointer) === 'version')
    return describeNumericVersion(verdict, tree);
  if (typeof data === 'number' && verdict.schemaPath.includes('/$defs/Duration/')) {
    return {
      code: 'declaration/duration-without-unit',
      message: `The ${lastKey(pointer)} ${written} has no unit.`,
      span,
      help: [`write ${written}s for seconds; the units are ms, s, m, h and d`],
      fixes: [replacement(span, `${written}s`, 'maybe')],
    };
  }
  const types = [verdict.params['type']].flat().map(String);
  const wanted = listWords(types.map(typeInWords), 'or');
  if (data === null) {
    return {
      code: 'declaration/missing-value',
      message: `${placeName(pointer, 'file')} has no value; it must be ${wanted}.`,
      span: span.start === span.end ? tree.spanOf(pointer, 'key') : firstLineOf(tree, span),
      help: ['write a value, or remove the key'],
    };
  }
  const right = retyped(types, verdict, written);
  return {
    code: 'declaration/wrong-type',
    message: `${placeName(pointer, 'file')} must be ${wanted}, this is ${valueInWords(data)}.`,
    span: firstLineOf(tree, span),
    help: [right === undefined ? shapeHelp(types, verdict) : `write ${right}`],
    ...(right !== undefined && { fixes: [replacement(span, right)] }),
  };
}

function describeNumericVersion(verdict: Verdict, tree: SyntaxTree): DecodeFinding {
  const span = tree.spanOf(verdict.pointer);
  const written = tree.source.text.slice(span.start, span.end);
  const isTorn = written !== String(verdict.data);
  const version = completeVersion(written);
  return {
    code: 'declaration/version-is-a-number',
    message: `The version is the number ${String(verdict.data)}${isTorn ? `: YAML reads ${written} as a number` : ''}.`,
    span,
    help: [
      version === undefined ? 'write a semantic version: 1.0.0' : `write a semantic version: ${version}`,
    ],
    ...(version !== undefined && { fixes: [replacement(span, version)] }),
  };
}

/** The same value in the type that is wanted, where it was plainly meant. */
function retyped(types: readonly string[], verdict: Verdict, written: string): string | undefined {
  const { data } = verdict;
  if (written === '' || /[\r\n]/.test(written)) return undefined;
  const isScalar = ['string', 'number', 'boolean'].includes(typeof data);
  if (types.includes('array') && isScalar && holdsTexts(verdict.schema)) {
    return typeof data === 'string' && !/[,[\]{}]/.test(written)
      ? `[${written}]`
      : `[${quoteScalar(String(data))}]`;
  }
  if (types.includes('string') && (typeof data === 'number' || typeof data === 'boolean')) {
    return quoteScalar(written);
  }
  const isNumber = types.includes('integer') || types.includes('number');
  if (isNumber && typeof data === 'string' && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(data)) return data;
  return undefined;
}

function holdsTexts(schema: Readonly<Record<string, unknown>>): boolean {
  const { items } = schema;
  return typeof items === 'object' && items !== null && (items as { type?: unknown }).type === 'string';
}

function shapeHelp(types: readonly string[], verdict: Verdict): string | undefined {
  if (/^\/prompt(\/\d+)?$/.test(verdict.pointer))
    return 'write a list of messages, each with `role` and `content`';
  const isMap = typeof verdict.data === 'object' && !Array.isArray(verdict.data);
  if (isMap && Object.hasOwn(verdict.data ?? {}, '$file'))
    return 'write the text here, or put it into partials/NAME.hbs and write {{> NAME}}';
  if (types.includes('array') && isMap)
    return 'write each entry as a list item, with "- " before its first key';
  if (types.includes('object') && Array.isArray(verdict.data))
    return 'write keys with values, without "- " before them';
  return undefined;
}

function valueInWords(data: unknown): string {
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object' && data !== null) return 'a map';
  if (typeof data === 'string') return data.length > 30 ? 'a text' : `the text ${quoteValue(data)}`;
  return typeof data === 'number' ? `the number ${data}` : String(data);
}

// -- words

export function describeUnknownValue(verdict: Verdict, tree: SyntaxTree): DecodeFinding {
  const allowed = (verdict.params['allowedValues'] as unknown[] | undefined) ?? [
    verdict.params['allowedValue'],
  ];
  const words = allowed.map(String);
  const span = tree.spanOf(verdict.pointer);
  const written = typeof verdict.data === 'string' ? verdict.data : JSON.stringify(verdict.data);
  const near = suggest(written, words);
  if (isRetryReason(verdict) && near.length === 0 && /invalid|output|schema|repair|json/i.test(written))
    return describeRepair(verdict, tree, written);
  return {
    code: 'declaration/unknown-value',
    message: `${quoteValue(written)} is not ${whatItIs(verdict)}.`,
    span: firstLineOf(tree, span),
    help: [
      didYouMean(near),
      `${words.length === 1 ? 'the only value is' : 'the values are'} ${listWords(words)}`,
    ],
    fixes: near.length === 1 ? near.map((word) => replacement(span, word)) : [],
  };
}

/** An answer that does not fit is no failure of the call: asking again without saying so would give the same. */
function describeRepair({ pointer }: Verdict, tree: SyntaxTree, written: string): DecodeFinding {
  const policies = parentPointer(parentPointer(parentPointer(pointer)));
  const hasRepair = valueAt(tree.value, pointerTo(policies, 'repair')) !== undefined;
  const edits = textEditsOf(tree, '', [
    { kind: 'delete', pointer },
    ...(hasRepair
      ? []
      : [{ kind: 'insert-key', pointer: policies, name: 'repair', value: { maxAttempts: 1 } } as const]),
  ]);
  return {
    code: 'declaration/unknown-value',
    message: `${quoteValue(written)} is not a reason to retry.`,
    span: tree.spanOf(pointer),
    help: ['write `repair: { maxAttempts: 1 }` beside `retry`: it tells the model what was wrong'],
    fixes: edits === undefined ? [] : [{ message: 'Ask again with `repair`.', safety: 'maybe', edits }],
  };
}

function isRetryReason({ pointer }: Verdict): boolean {
  return /^\/policies\/retry\/on\/\d+$/.test(pointer);
}

/** `a lifecycle`, `a value of "prefer"`, and for maps with names of their own what their values are. */
function whatItIs(verdict: Verdict): string {
  const { pointer, schemaPath } = verdict;
  if (isRetryReason(verdict)) return 'a reason to retry';
  if (schemaPath.includes('/$defs/LintLevel/')) return 'the level of a rule';
  if (/^\/tests\/\d+\/expect\/\d+\/type$/.test(pointer)) return 'an assertion';
  const name = lastKey(pointer);
  if (/^\d+$/.test(name)) return `a value of ${quoteValue(lastKey(parentPointer(pointer)))}`;
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}

// -- forms

export function describeBadForm(verdict: Verdict, tree: SyntaxTree): DecodeFinding {
  const form = formOf(verdict.schemaPath, verdict.pointer);
  const written = String(verdict.data);
  const span = tree.spanOf(verdict.pointer);
  const right = form.mend?.(written);
  return {
    code: form.code,
    message: form.message(written),
    span,
    help: [form.help(written)],
    ...(form.isSecret === true && { isSecret: true }),
    ...(right !== undefined && right !== written && { fixes: [replacement(span, right)] }),
  };
}

// -- bounds

export function describeBounds(verdict: Verdict, tree: SyntaxTree, kind: string): DecodeFinding {
  const span = tree.spanOf(verdict.pointer);
  const limit = boundFix(verdict);
  return {
    code: 'declaration/out-of-range',
    message: boundInWords(verdict, placeName(verdict.pointer, kind)),
    span: span.start === span.end ? tree.spanOf(verdict.pointer, 'key') : firstLineOf(tree, span),
    ...notesOf(verdict),
    ...(limit !== undefined && { fixes: [replacement(span, limit, 'maybe')] }),
  };
}

/** What the schema says of the value, which is mostly why it has bounds. */
function notesOf({ schema }: Verdict): Pick<DecodeFinding, 'notes'> {
  const { description } = schema;
  if (typeof description !== 'string') return {};
  return {
    notes: [description.replace(/\.$/, '').replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())],
  };
}

function boundFix({ keyword, params }: Verdict): Fix['message'] | undefined {
  const isInclusive = keyword === 'minimum' || keyword === 'maximum';
  return isInclusive && typeof params['limit'] === 'number' ? String(params['limit']) : undefined;
}

function boundInWords(verdict: Verdict, place: string): string {
  const { keyword, params } = verdict;
  const limit = typeof params['limit'] === 'number' ? params['limit'].toLocaleString('en') : '';
  switch (keyword) {
    case 'minimum':
      return `${place} must be at least ${limit}, this is ${String(verdict.data)}.`;
    case 'maximum':
      return `${place} must be at most ${limit}, this is ${String(verdict.data)}.`;
    case 'exclusiveMinimum':
      return `${place} must be above ${limit}, this is ${String(verdict.data)}.`;
    case 'exclusiveMaximum':
      return `${place} must be below ${limit}, this is ${String(verdict.data)}.`;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return `${place} must not be empty.`;
    case 'maxLength':
      return `${place} must not be longer than ${limit} characters.`;
    case 'maxItems':
    case 'maxProperties':
      return `${place} must not have more than ${limit} entries.`;
    case 'uniqueItems':
      return `${place} has the same entry twice.`;
    default:
      return `${place} does not fit its schema (${keyword}).`;
  }
}
