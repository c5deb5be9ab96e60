// Whether one assertion of a test holds, and what is different when it does not. Pure.

import { isDeepStrictEqual } from 'node:util';
import type { CapabilityTest } from '../compiler/compile.ts';
import type { Violation } from '../errors.ts';
import type { Json } from '../registry/snapshot.ts';
import type { RenderedPrompt } from '../runtime/render-prompt.ts';
import { diffLines } from './line-diff.ts';
import { readPointer } from '../schema/json-pointer.ts';

export type Assertion = CapabilityTest['expect'][number];
type Check<Type extends Assertion['type']> = Extract<Assertion, { type: Type }>;

/** What a test looks at: rendered messages, an output, or the error that came in its place. */
export type Subject =
  | { readonly kind: 'messages'; readonly rendered: RenderedPrompt }
  | { readonly kind: 'output'; readonly output: Json }
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly message: string;
      readonly violations: readonly Violation[];
    };

/** Nothing when the assertion holds, else what is different. */
export function judgeAssertion(assertion: Assertion, subject: Subject): readonly string[] {
  if (assertion.type === 'error') return judgeError(assertion, subject);
  if (subject.kind === 'error') {
    const places = subject.violations.map(({ pointer, message }) => `\n+ ${pointer}: ${message}`);
    return [`${assertion.type}: the call fails with ${subject.code}: ${subject.message}${places.join('')}`];
  }
  switch (assertion.type) {
    // What is for a model to say is not said here: see judge-rubric.ts.
    case 'rubric':
    case 'valid':
      return [];
    case 'roles':
      return judgeRoles(assertion, subject);
    case 'fenced':
      return judgeFenced(assertion, subject);
    case 'equals':
      return judgeEquals(assertion, subject);
    case 'max-length':
      return judgeLength(assertion, subject);
    case 'contains':
    case 'contains-all':
    case 'not-contains':
    case 'matches':
      return judgeText(assertion, subject);
  }
}

type Good = Exclude<Subject, { kind: 'error' }>;

function judgeError({ value, path }: Check<'error'>, subject: Subject): readonly string[] {
  if (subject.kind !== 'error') return [`error: ${value} is expected, but the call succeeds`];
  if (subject.code !== value)
    return [`error: another error\n- ${value}\n+ ${subject.code}: ${subject.message}`];
  if (path === undefined || subject.violations.some(({ pointer }) => pointer === path)) return [];
  const places = subject.violations.map(({ pointer, message }) => `\n+ ${pointer}: ${message}`).join('');
  return [`error: ${value} does not name the place\n- ${path}${places}`];
}

function judgeRoles({ value }: Check<'roles'>, subject: Good): readonly string[] {
  const roles = subject.kind === 'messages' ? subject.rendered.messages.map(({ role }) => role) : [];
  if (isDeepStrictEqual(roles, value)) return [];
  return [`roles: other roles\n- ${value.join(', ')}\n+ ${roles.join(', ')}`];
}

function judgeFenced({ source, message }: Check<'fenced'>, subject: Good): readonly string[] {
  if (subject.kind !== 'messages') return ['fenced: only rendered messages have fences'];
  const pointer = source.startsWith('/') ? source : `/${source}`;
  const { segments } = subject.rendered;
  const printed = segments
    .filter((_, index) => message === undefined || index === message)
    .flat()
    .filter((segment) => segment.source === pointer || segment.source?.startsWith(`${pointer}/`));
  if (printed.length === 0) return [`fenced: no message prints ${pointer}`];
  return printed
    .filter(({ fence }) => fence === undefined)
    .map(({ text }) => `fenced: ${pointer} is printed outside a fence\n+ ${shortened(text)}`);
}

function judgeEquals(assertion: Check<'equals'>, subject: Good): readonly string[] {
  const actual = lookedAt(assertion, subject);
  if (isDeepStrictEqual(actual, assertion.value)) return [];
  return [`equals${placeOf(assertion)}: not equal\n${diffLines(printed(assertion.value), printed(actual))}`];
}

function judgeLength(assertion: Check<'max-length'>, subject: Good): readonly string[] {
  const actual = lookedAt(assertion, subject);
  const length = Array.isArray(actual) ? actual.length : [...textOf(actual)].length;
  if (length <= assertion.value) return [];
  return [`max-length${placeOf(assertion)}: longer\n- ${assertion.value}\n+ ${length}`];
}

function judgeText(
  assertion: Check<'contains'> | Check<'contains-all'> | Check<'not-contains'> | Check<'matches'>,
  subject: Good,
): readonly string[] {
  const text = textOf(lookedAt(assertion, subject));
  const shown = shortened(text).replaceAll(/^/gm, '+ ');
  const head = `${assertion.type}${placeOf(assertion)}`;
  switch (assertion.type) {
    case 'contains':
      return text.includes(assertion.value)
        ? []
        : [`${head}: not found\n- ${shortened(assertion.value)}\n${shown}`];
    case 'contains-all': {
      const missing = assertion.value.filter((value) => !text.includes(value));
      const wanted = missing.map((value) => `- ${shortened(value)}\n`).join('');
      return missing.length === 0 ? [] : [`${head}: not found\n${wanted}${shown}`];
    }
    case 'not-contains': {
      const at = text.indexOf(assertion.value);
      return at < 0 ? [] : [`${head}: found\n+ ${around(text, at, assertion.value.length)}`];
    }
    case 'matches':
      return new RegExp(assertion.value, 'u').test(text)
        ? []
        : [`${head}: no match\n- ${assertion.value}\n${shown}`];
  }
}

interface Place {
  readonly message?: number;
  readonly path?: string;
}

/** A message's text, all messages when none is named, or the part of the output at a JSON pointer. */
export function lookedAt({ message, path }: Place, subject: Good): Json | undefined {
  if (subject.kind === 'output') return readPointer(subject.output, path ?? '') as Json | undefined;
  const { messages } = subject.rendered;
  if (message !== undefined) return messages[message]?.content;
  return messages.map(({ content }) => content).join('\n');
}

function placeOf({ message, path }: Place): string {
  if (message !== undefined) return ` in message ${message}`;
  return path === undefined ? '' : ` at ${path}`;
}

/** Text stays as it is; everything else is looked at as its JSON. */
function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function printed(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '(nothing)');
}

const shownCharactersMax = 1000;
const shownLinesMax = 12;

function shortened(text: string): string {
  const cut = text.slice(0, shownCharactersMax).trimEnd().split('\n');
  const isWhole = text.length <= shownCharactersMax && cut.length <= shownLinesMax;
  return isWhole ? cut.join('\n') : `${cut.slice(0, shownLinesMax).join('\n')} …`;
}

const aroundCharacters = 40;

function around(text: string, at: number, length: number): string {
  const from = Math.max(0, at - aroundCharacters);
  const to = Math.min(text.length, at + length + aroundCharacters);
  return `${from > 0 ? '… ' : ''}${text.slice(from, to).replaceAll('\n', ' ')}${to < text.length ? ' …' : ''}`;
}
