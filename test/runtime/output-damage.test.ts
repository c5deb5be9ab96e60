// Random answers, damaged at random: what comes out is the value that was written, or nothing. And random answers, spelled as
// models spell them: those come out always.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonSchema } from '../../src/registry/snapshot.ts';
import { decodeOutput } from '../../src/runtime/decode-output.ts';
import { prepare } from '../../src/runtime/prepare.ts';
import type { Prepared } from '../../src/runtime/prepare.ts';
import { canonicalJson } from '../../src/schema/canonical-json.ts';
import { contracts } from '../support/arbitrary-contract.ts';
import { sampleSnapshot } from '../support/sample-snapshot.ts';

const sample = sampleSnapshot().capabilities['summarize@1'];

function preparedFor(output: JsonSchema): Prepared {
  if (sample === undefined) throw new Error('the sample has summarize');
  return prepare({ ...sample, output, outputKind: 'json' });
}

const damages = ['delete', 'double', 'cut', 'replace', 'insert'] as const;

interface Damage {
  readonly at: number;
  readonly kind: (typeof damages)[number];
  readonly character: string;
}

const damage = fc.record<Damage>({
  at: fc.nat(),
  kind: fc.constantFrom(...damages),
  character: fc.constantFrom(...'{}[]",:\''),
});

// The seed is fixed: some damage is another valid text, rarely enough that a hundred thousand random ones had none.
test('an answer whose brackets, quotes, colons or commas are damaged is read as it was meant, or refused', () => {
  let repaired = 0;
  fc.assert(
    fc.property(
      contracts(),
      fc.array(damage, { minLength: 20, maxLength: 20 }),
      fc.boolean(),
      (contract, list, isPretty) => {
        const { schema, value } = contract;
        if (typeof value !== 'object') return;
        const prepared = preparedFor(schema);
        const text = JSON.stringify(value, null, isPretty ? 2 : 0);
        for (const each of list) {
          const damaged = applyDamage(text, each);
          const decoded = decodeOutput(prepared, damaged);
          if (!decoded.ok) continue;
          repaired += 1;
          expect(canonicalJson(decoded.output), damaged).toBe(canonicalJson(value));
        }
      },
    ),
    { numRuns: 100, seed: 20_251_124 },
  );
  expect(repaired).toBeGreaterThan(50);
});

/** Damage to the structure; inside texts and between digits it would be another answer, and nobody could know. */
function applyDamage(text: string, { at, kind, character }: Damage): string {
  if (kind === 'cut') return text.slice(0, at % text.length);
  const places = structureOf(text).filter(({ endsText }) => kind !== 'insert' || !endsText);
  const place = places[at % places.length]?.at ?? 0;
  if (kind === 'delete') return text.slice(0, place) + text.slice(place + 1);
  if (kind === 'double') return text.slice(0, place) + text.charAt(place) + text.slice(place);
  return text.slice(0, place) + character + text.slice(kind === 'insert' ? place : place + 1);
}

function structureOf(text: string): { readonly at: number; readonly endsText: boolean }[] {
  const places: { at: number; endsText: boolean }[] = [];
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (inText && character === '\\') at += 1;
    else if (character === '"') {
      places.push({ at, endsText: inText });
      inText = !inText;
    } else if (!inText && /[{}[\]:]/.test(character)) places.push({ at, endsText: false });
    else if (!inText && character === ',' && !/\d/.test(text.charAt(at - 1)))
      places.push({ at, endsText: false });
  }
  return places;
}

test('an answer in the spelling of another language, in a fence, among sentences, is read as it was meant', () => {
  const spelling = fc.record({
    quote: fc.constantFrom('"', "'", '“'),
    bareNames: fc.boolean(),
    trailingCommas: fc.boolean(),
    comments: fc.boolean(),
    python: fc.boolean(),
    rawLineBreaks: fc.boolean(),
    around: fc.constantFrom(
      ['', ''],
      ['```json\n', '\n```'],
      ['Here is what you asked for:\n\n', '\n\nLet me know!'],
      ['<think>\nIt is {"a": 1}, or not.\n</think>\n', ''],
      ['\ufeffSure.\n~~~\n', '\n~~~\nDone.'],
    ),
  });
  fc.assert(
    fc.property(contracts(), spelling, ({ schema, value }, style) => {
      // Empty values and lone texts among sentences have more than one reading.
      if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return;
      const text = `${style.around[0]}${spell(value, style)}${style.around[1]}`;
      const decoded = decodeOutput(preparedFor(schema), text);
      expect(decoded.ok ? canonicalJson(decoded.output) : decoded.violations, text).toBe(
        canonicalJson(value),
      );
    }),
    { numRuns: 150 },
  );
});

interface Style {
  readonly quote: string;
  readonly bareNames: boolean;
  readonly trailingCommas: boolean;
  readonly comments: boolean;
  readonly python: boolean;
  readonly rawLineBreaks: boolean;
}

function spell(value: Json, style: Style): string {
  if (typeof value === 'string') return spellText(value, style);
  if (typeof value !== 'object' || value === null) return spellWord(JSON.stringify(value), style);
  const comma = style.trailingCommas ? ',' : '';
  const comment = style.comments ? ' // so\n' : ' ';
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => spell(item, style));
    return items.length === 0 ? '[]' : `[${items.join(`,${comment}`)}${comma}\n]`;
  }
  const entries = Object.entries(value).map(
    ([name, inner]) => `${spellName(name, style)}: ${spell(inner, style)}`,
  );
  return entries.length === 0 ? '{}' : `{\n${entries.join(`,${comment}`)}${comma}\n}`;
}

function spellWord(word: string, { python }: Style): string {
  const words: Record<string, string> = { true: 'True', false: 'False', null: 'None' };
  return python ? (words[word] ?? word) : word;
}

function spellName(name: string, style: Style): string {
  return style.bareNames && /^[a-z]+$/.test(name) ? name : spellText(name, style);
}

function spellText(text: string, { quote, rawLineBreaks }: Style): string {
  const inner = JSON.stringify(text).slice(1, -1);
  const raw = rawLineBreaks ? inner.replaceAll(/(?<!\\)((?:\\\\)*)\\n/g, '$1\n') : inner;
  if (quote === '"') return `"${raw}"`;
  return quote === "'" ? `'${raw.replaceAll('\\"', '"').replaceAll("'", "\\'")}'` : `“${raw}”`;
}
