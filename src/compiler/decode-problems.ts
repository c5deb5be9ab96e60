// Ajv's verdicts in the words of an author: what is wrong, what would be right, and the smallest place that shows it.

import type { Diagnostic, Fix, Report, SourceSpan } from '../diagnostics/diagnostic.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { Verdict } from './decode.ts';
import { lastKey, pointerTo, valueAt } from './json-pointer.ts';
import type { SyntaxTree } from './syntax-tree.ts';
import { didYouMean, listWords, quoteValue, typeInWords } from './words.ts';

const apiVersion = 'capstan/v1';

export interface DecodeProblems {
  /** Whether `apiVersion` and `kind` are what this compiler reads; when they are not, nothing else is worth saying. */
  checkEnvelope(): boolean;
  reportVerdict(verdict: Verdict): void;
}

type Finding = Pick<Diagnostic, 'code' | 'message' | 'span'> & {
  help?: readonly (string | undefined)[];
  label?: string | undefined;
  fixes?: readonly Fix[];
};

export function createDecodeProblems(
  tree: SyntaxTree,
  kind: 'Capability' | 'Project',
  report: Report,
): DecodeProblems {
  const name = valueAt(tree.value, '/metadata/name');
  const error = (pointer: string, { code, message, span, help, label, fixes }: Finding): void => {
    const words = (help ?? []).filter((line) => line !== undefined);
    report({
      code,
      severity: 'error',
      message,
      span,
      ...(label !== undefined && { label }),
      ...(words.length > 0 && { help: words }),
      ...(fixes && fixes.length > 0 && { fixes }),
      ...(kind === 'Capability' && typeof name === 'string' && { capability: name }),
      pointer,
    });
  };

  return {
    checkEnvelope() {
      const envelope = tree.value as Record<string, unknown>;
      const isVersionKnown = checkWord(envelope['apiVersion'], '/apiVersion', [apiVersion]);
      const isKindKnown = checkWord(envelope['kind'], '/kind', [kind]);
      return isVersionKnown && isKindKnown;
    },
    reportVerdict(verdict) {
      error(verdict.pointer, describe(verdict, tree, kind));
    },
  };

  /** True also for what is absent: that is reported with the other missing keys. */
  function checkWord(word: unknown, pointer: string, allowed: readonly string[]): boolean {
    if (word === undefined || allowed.includes(word as string)) return true;
    const key = lastKey(pointer);
    const written = typeof word === 'string' ? word : JSON.stringify(word);
    const [right = ''] = allowed;
    error(pointer, {
      code: key === 'kind' ? 'declaration/unknown-kind' : 'declaration/unknown-api-version',
      message:
        key === 'kind'
          ? `Unknown kind ${quoteValue(written)}; this file declares a ${right}.`
          : `Unknown apiVersion ${quoteValue(written)}; this compiler reads ${right}.`,
      span: tree.spanOf(pointer),
      help: [`write \`${key}: ${right}\``],
      fixes: suggest(written, allowed).map((near) => replacement(tree.spanOf(pointer), near)),
    });
    return false;
  }
}

function describe(verdict: Verdict, tree: SyntaxTree, kind: string): Finding {
  const propertyName = verdict.params['propertyName'];
  if (typeof propertyName === 'string') return describeBadKey(verdict, propertyName, tree);
  switch (verdict.keyword) {
    case 'additionalProperties':
      return describeUnknownKey(verdict, tree, kind);
    case 'required':
      return describeMissingKey(verdict, tree, kind);
    case 'type':
      return describeWrongType(verdict, tree);
    case 'enum':
    case 'const':
      return describeUnknownValue(verdict, tree);
    case 'pattern':
    case 'format':
      return describeBadForm(verdict, tree);
    default:
      return {
        code: 'declaration/out-of-range',
        message: describeBounds(verdict, placeName(verdict.pointer, kind)),
        span: tree.spanOf(verdict.pointer),
      };
  }
}

// -- keys

function describeUnknownKey(verdict: Verdict, tree: SyntaxTree, kind: string): Finding {
  const key = String(verdict.params['additionalProperty']);
  const pointer = pointerTo(verdict.pointer, key);
  const known = Object.keys((verdict.schema['properties'] as Record<string, unknown>) ?? {});
  const present = Object.keys((valueAt(tree.value, verdict.pointer) as Record<string, unknown>) ?? {});
  const near = suggest(key, known);
  const span = tree.spanOf(pointer, 'key');
  return {
    code: 'declaration/unknown-key',
    message: `${quoteValue(key)} is not a field of ${ownerName(verdict.pointer, kind)}.`,
    span,
    label: 'unknown field',
    help: [didYouMean(near) ?? `the fields are ${listWords(known)}`],
    fixes: near
      .filter((word) => !present.includes(word))
      .slice(0, 1)
      .map((word) => replacement(span, word)),
  };
}

function describeMissingKey(verdict: Verdict, tree: SyntaxTree, kind: string): Finding {
  const key = String(verdict.params['missingProperty']);
  const allowed = verdict.params['allowedValues'];
  const path = [...pathWords(verdict.pointer), key].join('.');
  const isRoot = verdict.pointer === '';
  return {
    code: 'declaration/missing-key',
    message: isRoot
      ? `A ${kind.toLowerCase()} needs ${quoteValue(key)}.`
      : `${quoteValue(path)} is required.`,
    span: isRoot ? firstPlace(tree) : headOf(tree, verdict.pointer),
    label: `${quoteValue(key)} is missing`,
    help: [
      Array.isArray(allowed)
        ? `write \`${key}: \` and one of ${listWords(allowed.map(String))}`
        : missingHelp(key, kind),
    ],
  };
}

const keyHelp: Record<string, string> = {
  apiVersion: `write \`apiVersion: ${apiVersion}\``,
  description: 'add `description: ` and what the capability does; people and agents choose by this text',
  owner: 'add `owner: ` and the team that answers for it',
  version: 'add `version: 1.0.0`',
  prompt: 'add `prompt:` and a list of messages, each with `role` and `content`',
};

function missingHelp(key: string, kind: string): string {
  return key === 'kind' ? `write \`kind: ${kind}\`` : (keyHelp[key] ?? `add \`${key}: \``);
}

/** A key whose own text is wrong, such as a tier named `Fast!`. */
function describeBadKey(verdict: Verdict, key: string, tree: SyntaxTree): Finding {
  const pointer = pointerTo(verdict.pointer, key);
  const span = tree.spanOf(pointer, 'key');
  const form = formOf(verdict.schemaPath, verdict.pointer);
  return {
    code: form?.code ?? 'declaration/bad-name',
    message: `${quoteValue(key)} cannot be a key here: ${form?.wanted ?? 'a key has another form'}.`,
    span,
    help: [form?.help?.(key)],
  };
}

// -- values

function describeWrongType(verdict: Verdict, tree: SyntaxTree): Finding {
  const { pointer, data } = verdict;
  const span = tree.spanOf(pointer);
  const written = tree.source.text.slice(span.start, span.end);
  const name = lastKey(pointer);
  if (typeof data === 'number' && name === 'version') {
    const isTorn = written !== String(data);
    return {
      code: 'declaration/version-is-a-number',
      message: `The version is the number ${data}${isTorn ? `: YAML reads ${written} as a number` : ''}.`,
      span,
      help: [`write a semantic version: ${completeVersion(written)}`],
      fixes: [replacement(span, completeVersion(written))],
    };
  }
  if (typeof data === 'number' && isForm(verdict, 'Duration')) {
    return {
      code: 'declaration/duration-without-unit',
      message: `The ${wordOf(name)} ${written} has no unit.`,
      span,
      help: [`write ${written}s for seconds; the units are ms, s, m, h and d`],
    };
  }
  const types = [verdict.params['type']].flat().map(String);
  const wanted = types.map(typeInWords);
  const isEmpty = data === null;
  return {
    code: isEmpty ? 'declaration/missing-value' : 'declaration/wrong-type',
    message: isEmpty
      ? `${placeName(pointer)} has no value; it must be ${listWords(wanted, 'or')}.`
      : `${placeName(pointer)} must be ${listWords(wanted, 'or')}, this is ${valueInWords(data)}.`,
    span: span.start === span.end ? tree.spanOf(pointer, 'key') : firstLineOf(tree, span),
    help: [typeHelp(types, data, written)],
  };
}

function typeHelp(types: readonly string[], data: unknown, written: string): string | undefined {
  if (types.includes('array') && typeof data === 'string') return `write a list: [${written}]`;
  if (types.includes('string') && (typeof data === 'number' || typeof data === 'boolean')) {
    return `put it in quotes: "${written}"`;
  }
  if (types.includes('boolean') && typeof data === 'string' && /^(yes|on|no|off)$/i.test(data)) {
    return `"${data}" is text in YAML 1.2; write ${/^(yes|on)$/i.test(data) ? 'true' : 'false'}`;
  }
  if ((types.includes('integer') || types.includes('number')) && typeof data === 'string') {
    return Number.isFinite(Number(data)) && data.trim() !== '' ? `write ${data} without quotes` : undefined;
  }
  return undefined;
}

function describeUnknownValue(verdict: Verdict, tree: SyntaxTree): Finding {
  const allowed = (verdict.params['allowedValues'] as unknown[] | undefined) ?? [
    verdict.params['allowedValue'],
  ];
  const words = allowed.map(String);
  const span = tree.spanOf(verdict.pointer);
  const written = typeof verdict.data === 'string' ? verdict.data : JSON.stringify(verdict.data);
  const near = suggest(written, words);
  const name = lastKey(verdict.pointer);
  const listName = lastKey(verdict.pointer.slice(0, verdict.pointer.lastIndexOf('/')));
  const what = /^\d+$/.test(name) ? `a value of ${quoteValue(listName)}` : `a ${wordOf(name)}`;
  return {
    code: 'declaration/unknown-value',
    message: `${quoteValue(written)} is not ${what.replace(/^a (?=[aeiou])/, 'an ')}.`,
    span: firstLineOf(tree, span),
    help: [
      didYouMean(near),
      `${words.length === 1 ? 'the only value is' : 'the values are'} ${listWords(words)}`,
    ],
    fixes: near.length === 1 ? near.map((word) => replacement(span, word)) : [],
  };
}

interface Form {
  readonly code: string;
  readonly wanted: string;
  readonly help?: (written: string) => string | undefined;
}

const nameForm: Form = {
  code: 'declaration/bad-name',
  wanted: 'names are kebab-case: small letters and digits, with single dashes between them',
  help: (written) => {
    const name = toKebabCase(written);
    return name === '' || name === written ? undefined : `write ${name}`;
  },
};

/** What a pattern of our schemas asks for, by the definition or property that holds it. */
const forms: Record<string, Form> = {
  Duration: {
    code: 'declaration/bad-duration',
    wanted: 'a duration is a number with a unit: ms, s, m, h or d',
    help: (written) => {
      const number = /^\s*\d+(\.\d+)?\s*$/.test(written) ? written.trim() : undefined;
      return number === undefined ? 'for example 500ms, 30s or 24h' : `write ${number}s for seconds`;
    },
  },
  Name: nameForm,
  TierName: nameForm,
  name: nameForm,
  ModelId: {
    code: 'declaration/bad-model-id',
    wanted: 'a model id is PROVIDER/MODEL, with the name of a provider of this project',
  },
  version: {
    code: 'declaration/bad-version',
    wanted: 'a version has three numbers, MAJOR.MINOR.PATCH',
    help: (written) => `write ${completeVersion(written)}`,
  },
  replacement: {
    code: 'declaration/bad-reference',
    wanted: 'a capability is named NAME or NAME@MAJOR',
  },
  apiKey: {
    code: 'declaration/literal-key',
    wanted: 'keys are not written here, only the environment variable that holds one',
    help: () => 'write "${NAME}" with the name of the variable',
  },
  baseUrl: {
    code: 'declaration/bad-url',
    wanted: 'an address begins with http:// or https://',
  },
  sha256: {
    code: 'declaration/bad-hash',
    wanted: 'a key is given by its SHA-256: 64 digits and letters a to f',
    help: () => '`capstan key` makes a key and prints its hash',
  },
  JsonPointer: {
    code: 'declaration/bad-pointer',
    wanted: 'a JSON pointer begins with "/" and names one key after the other, such as /points/0/text',
    help: (written) => (written.startsWith('/') ? undefined : `write /${written.replaceAll('.', '/')}`),
  },
  since: { code: 'declaration/bad-date', wanted: 'a date is written YYYY-MM-DD' },
  sunset: { code: 'declaration/bad-date', wanted: 'a date is written YYYY-MM-DD' },
  lint: { code: 'declaration/bad-name', wanted: 'the code of a rule is GROUP/NAME' },
};

function describeBadForm(verdict: Verdict, tree: SyntaxTree): Finding {
  const form = formOf(verdict.schemaPath, verdict.pointer);
  const written = String(verdict.data);
  // A literal key must not reach a terminal or a log.
  const isSecret = form === forms['apiKey'];
  const shown = isSecret ? 'This' : quoteValue(written);
  return {
    code: form?.code ?? 'declaration/bad-form',
    message: form
      ? `${shown} is not a valid ${wordOf(lastKey(verdict.pointer))}: ${form.wanted}.`
      : `${shown} does not have the form that ${placeName(verdict.pointer)} needs.`,
    span: tree.spanOf(verdict.pointer),
    help: [form?.help?.(written)],
  };
}

function formOf(schemaPath: string, pointer: string): Form | undefined {
  const definition = /#\/\$defs\/(\w+)\/(?:pattern|type|minLength|maxLength|format)$/.exec(schemaPath)?.[1];
  const property = /\/properties\/(\w+)\/(?:propertyNames\/)?\w+$/.exec(schemaPath)?.[1];
  return forms[definition ?? ''] ?? forms[property ?? ''] ?? forms[lastKey(pointer)];
}

function isForm(verdict: Verdict, definition: string): boolean {
  return verdict.schemaPath.includes(`/$defs/${definition}/`);
}

function describeBounds(verdict: Verdict, place: string): string {
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
      return `${place} must not be empty.`;
    case 'maxLength':
      return `${place} must not be longer than ${limit} characters.`;
    case 'minItems':
    case 'minProperties':
      return `${place} must not be empty.`;
    case 'maxItems':
    case 'maxProperties':
      return `${place} must not have more than ${limit} entries.`;
    case 'uniqueItems':
      return `${place} has the same entry twice.`;
    default:
      return `${place} does not fit its schema (${keyword}).`;
  }
}

// -- names and places

/** `metadata`, `a provider`: what a key would have been a field of. */
function ownerName(pointer: string, kind: string): string {
  if (pointer === '') return `a ${kind.toLowerCase()}`;
  return quoteValue(pathWords(pointer).join('.'));
}

function placeName(pointer: string, kind = 'file'): string {
  return pointer === '' ? `A ${kind.toLowerCase()}` : quoteValue(pathWords(pointer).join('.'));
}

function pathWords(pointer: string): string[] {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `maxOutputTokens` as `max output tokens` would read worse than the key itself; only the index of a list needs a word. */
function wordOf(name: string): string {
  return /^\d+$/.test(name) ? 'value' : name;
}

function valueInWords(data: unknown): string {
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object' && data !== null) return 'a map';
  if (typeof data === 'string') return data.length > 30 ? 'a text' : `the text ${quoteValue(data)}`;
  if (typeof data === 'boolean') return String(data);
  return typeof data === 'number' ? `the number ${data}` : 'empty';
}

/** The key under which something is missing, or the list item itself. */
function headOf(tree: SyntaxTree, pointer: string): SourceSpan {
  return firstLineOf(tree, tree.spanOf(pointer, 'key'));
}

function firstPlace(tree: SyntaxTree): SourceSpan {
  return firstLineOf(tree, tree.spanOf(''));
}

function firstLineOf(tree: SyntaxTree, span: SourceSpan): SourceSpan {
  const text = tree.source.text.slice(span.start, span.end);
  const length = text.search(/[\r\n]/);
  return length < 0 ? span : { ...span, end: span.start + length };
}

function replacement(span: SourceSpan, text: string): Fix {
  return { message: `Replace by \`${text}\`.`, safety: 'safe', edits: [{ span, text }] };
}

/** `1.10` → `1.10.0`, `v2` → `2.0.0`. */
function completeVersion(written: string): string {
  const numbers = written.match(/\d+/g) ?? ['1'];
  return [0, 1, 2].map((index) => String(Number(numbers[index] ?? '0'))).join('.');
}

function toKebabCase(written: string): string {
  return written
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '');
}
