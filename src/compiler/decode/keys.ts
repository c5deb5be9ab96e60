// Keys: those that are no fields, those that are missing, and those whose own text is wrong.

import type { Fix } from '../../diagnostics/diagnostic.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Verdict } from '../decode.ts';
import { pointerTo, valueAt } from '../json-pointer.ts';
import { firstLineOf } from '../syntax-tree.ts';
import type { SyntaxTree } from '../syntax-tree.ts';
import { didYouMean, listWords } from '../../diagnostics/words.ts';
import { quoteValue } from '../words.ts';
import { placesOfField } from './fields.ts';
import type { DeclarationKind as Kind } from './fields.ts';
import { formOf } from './forms.ts';
import { headOf, kindInWords, ownerName, pathInWords, replacement } from './place-words.ts';
import type { DecodeFinding } from './place-words.ts';

export function describeUnknownKey(verdict: Verdict, tree: SyntaxTree, kind: Kind): DecodeFinding {
  const key = unknownKeyOf(verdict);
  const pointer = pointerTo(verdict.pointer, key);
  const known = knownKeys(verdict);
  const present = Object.keys((valueAt(tree.value, verdict.pointer) as Record<string, unknown>) ?? {});
  const near = suggest(key, known);
  const elsewhere = placesOfField(kind, key);
  const span = tree.spanOf(pointer, 'key');
  const isWanted = near.length > 0 || elsewhere.length > 0;
  return {
    code: 'declaration/unknown-key',
    message: `${quoteValue(key)} is not a field of ${ownerName(verdict.pointer, kind)}.`,
    span,
    label: 'unknown field',
    help: [
      belongsHelp(key, elsewhere),
      didYouMean(near),
      isWanted ? undefined : `the fields are ${listWords(known)}`,
    ],
    fixes:
      elsewhere.length > 0
        ? []
        : near
            .filter((word) => !present.includes(word))
            .slice(0, 1)
            .map((word) => replacement(span, word)),
  };
}

/** The key that a verdict on additional properties is about. */
export function unknownKeyOf(verdict: Verdict): string {
  return String(verdict.params['additionalProperty']);
}

/** What the author probably meant by a key that is no field. */
export function meantKey(verdict: Verdict): string | undefined {
  return suggest(unknownKeyOf(verdict), knownKeys(verdict))[0];
}

function knownKeys(verdict: Verdict): string[] {
  return Object.keys((verdict.schema['properties'] as Record<string, unknown>) ?? {});
}

/** More places than these are no help. */
const placesShownMax = 3;

function belongsHelp(key: string, places: readonly string[]): string | undefined {
  if (places.length === 0 || places.length > placesShownMax) return undefined;
  const [only] = places;
  if (places.length === 1 && only === '')
    return `\`${key}\` is a field of the whole file; move it to the left edge`;
  return `\`${key}\` belongs under ${listWords(
    places.filter((path) => path !== '').map((path) => `\`${path}\``),
    'or',
  )}`;
}

export function describeMissingKey(verdict: Verdict, tree: SyntaxTree, kind: Kind): DecodeFinding {
  const key = String(verdict.params['missingProperty']);
  const allowed = verdict.params['allowedValues'];
  const isRoot = verdict.pointer === '';
  const fix = insertion(tree, verdict.pointer, key);
  return {
    code: 'declaration/missing-key',
    message: isRoot
      ? `A ${kindInWords(kind)} needs ${quoteValue(key)}.`
      : `${quoteValue(pathInWords(pointerTo(verdict.pointer, key)))} is required.`,
    span: isRoot ? firstLineOf(tree, tree.spanOf('')) : headOf(tree, verdict.pointer),
    label: `${quoteValue(key)} is missing`,
    help: [
      Array.isArray(allowed)
        ? `write \`${key}: \` and one of ${listWords(allowed.map(String))}`
        : missingHelp(verdict.pointer, key, kind),
    ],
    ...(fix && { fixes: [fix] }),
  };
}

/** By pointer: the same word means something else in another map. */
const keyHelp: { readonly [pointer: string]: string } = {
  '/apiVersion': 'write `apiVersion: capstan/v1`',
  '/metadata/description':
    'add `description: ` and what the capability does; people and agents choose by this text',
  '/input': 'add `input:` and a schema of type object',
  '/output': 'add `output:` and a schema; `type: string` means plain text',
  '/metadata/owner': 'add `owner: ` and the team that answers for it',
  '/metadata/version': 'add `version: 1.0.0`',
  '/prompt': 'add `prompt:` and a list of messages, each with `role` and `content`',
};

function missingHelp(pointer: string, key: string, kind: Kind): string {
  const place = pointerTo(pointer, key);
  return place === '/kind' ? `write \`kind: ${kind}\`` : (keyHelp[place] ?? `add \`${key}: \``);
}

/** A line for the key above the first key of its map; the value is for the author to write. */
function insertion(tree: SyntaxTree, pointer: string, key: string): Fix | undefined {
  const [first] = Object.keys((valueAt(tree.value, pointer) as Record<string, unknown>) ?? {});
  if (first === undefined) return undefined;
  const { path, start } = tree.spanOf(pointerTo(pointer, first), 'key');
  const { text } = tree.source;
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (!/^\s*(?:- +)*$/.test(before)) return undefined;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  return {
    message: `Add \`${key}\`.`,
    safety: 'maybe',
    edits: [{ span: { path, start, end: start }, text: `${key}: ${lineEnd}${' '.repeat(before.length)}` }],
  };
}

/** A key whose own text is wrong, such as a tier named `Fast!`. */
export function describeBadKey(verdict: Verdict, key: string, tree: SyntaxTree): DecodeFinding {
  const span = tree.spanOf(pointerTo(verdict.pointer, key), 'key');
  const form = formOf(verdict.schemaPath, verdict.pointer);
  return {
    code: form.code,
    message: form.message(key),
    span,
    help: [form.help(key)],
  };
}
