// Strings for the simulator: by format, by pattern, by what the property's name says, else from the leading sentences.

import type { JsonSchemaLike } from '../../chat/json.ts';
import { shorten } from './caller-text.ts';
import type { Place } from './fill-value.ts';
import { asNumber, inputProperty, sentencesAt } from './fill-value.ts';
import {
  findCurrency,
  findDate,
  findEmail,
  findIban,
  findIdentifier,
  findIpv4,
  findLabelled,
  findPhone,
  findTime,
  findUrl,
  findUuid,
} from './find-in-text.ts';
import { samplePattern } from './sample-pattern.ts';

/** A string that fits, from the text where it has one. */
export function fillString(schema: JsonSchemaLike, place: Place): string {
  const found = findStringFor(schema, place);
  if (found !== undefined) return found;
  const format = schema['format'];
  if (typeof format === 'string') {
    const sample = Object.hasOwn(FORMATS, format) ? FORMATS[format]?.sample : undefined;
    if (sample !== undefined) return sample;
  }
  const pattern = schema['pattern'];
  if (typeof pattern === 'string') {
    return samplePattern(pattern, { lengthMin: lengthMin(schema), lengthMax: lengthMax(schema) }) ?? '';
  }
  return fitString(sentencesAt(place, 1, SHORT_MAX) || 'Simulated.', schema);
}

/** A string that the text or the input really has for this name; undefined when there is none that fits. */
export function findStringFor(schema: JsonSchemaLike, place: Place): string | undefined {
  const found = candidateFor(schema, place);
  if (found === undefined || found === '') return undefined;
  const fitted = isExact(schema) ? found : fitString(found, schema);
  return fits(fitted, schema, place) ? fitted : undefined;
}

interface Format {
  readonly find: (text: string) => string | undefined;
  readonly sample: string;
}

const FORMATS: Readonly<Record<string, Format>> = {
  date: { find: findDate, sample: '2000-01-01' },
  'date-time': {
    find: (text) => {
      const date = findDate(text);
      return date === undefined ? undefined : `${date}T${findTime(text) ?? '00:00:00'}Z`;
    },
    sample: '2000-01-01T00:00:00Z',
  },
  time: {
    find: (text) => {
      const time = findTime(text);
      return time === undefined ? undefined : `${time}Z`;
    },
    sample: '00:00:00Z',
  },
  duration: { find: () => undefined, sample: 'PT0S' },
  email: { find: asciiOnly(findEmail), sample: 'nobody@example.com' },
  'idn-email': { find: findEmail, sample: 'nobody@example.com' },
  uri: { find: asciiOnly(findUrl), sample: 'https://example.com/' },
  url: { find: asciiOnly(findUrl), sample: 'https://example.com/' },
  'uri-reference': { find: asciiOnly(findUrl), sample: 'https://example.com/' },
  iri: { find: findUrl, sample: 'https://example.com/' },
  hostname: { find: () => undefined, sample: 'example.com' },
  ipv4: { find: findIpv4, sample: '192.0.2.1' },
  ipv6: { find: () => undefined, sample: '2001:db8::1' },
  uuid: { find: findUuid, sample: '00000000-0000-4000-8000-000000000000' },
  regex: { find: () => undefined, sample: '.*' },
  'json-pointer': { find: () => undefined, sample: '' },
  byte: { find: () => undefined, sample: '' },
};

function asciiOnly(find: (text: string) => string | undefined): (text: string) => string | undefined {
  return (text) => {
    const found = find(text);
    // eslint-disable-next-line no-control-regex
    return found !== undefined && /^[\u0021-\u007e]+$/.test(found) ? found : undefined;
  };
}

/** What a property of such a name holds, most telling name first. */
const NAMES: readonly (readonly [RegExp, (place: Place) => string | undefined])[] = [
  [/e-?mail/i, (place) => findEmail(place.text.text)],
  [/currency/i, (place) => findCurrency(place.text.text)],
  [/iban/i, (place) => findIban(place.text.text)],
  [/phone|mobile|^tel$/i, (place) => findPhone(place.text.text)],
  [/url|website|link$/i, (place) => findUrl(place.text.text)],
  [/date|deadline|^due$|^day$/i, (place) => labelledBy(place, findDate) ?? findDate(place.text.text)],
  [/(?:number|no|nr|id|reference|code)$/i, (place) => labelledBy(place, findIdentifier)],
  [/redact|anonymi|masked/i, (place) => redacted(place.text.text)],
  [/translat|rewritten|corrected|transcript|^content$/i, (place) => place.text.text.trim()],
  [/quote|excerpt|evidence|citation|snippet|passage/i, (place) => sentencesAt(place, 1, QUOTE_MAX)],
  [/title|subject|headline|heading/i, (place) => findLabelled(place.text, place.name) ?? firstWords(place)],
  [/summary|abstract|overview|synopsis|tldr/i, (place) => sentencesAt(place, SUMMARY_SENTENCES, LONG_MAX)],
  [/reply|response|answer/i, (place) => `[Simulated reply] ${sentencesAt(place, 2, LONG_MAX)}`],
  [/language|locale/i, (place) => languageOf(place.text.text)],
  [/description|item|product/i, (place) => wordsOfRow(place) ?? sentencesAt(place, 1, LONG_MAX)],
  [
    /text|point|message|body|reason|explanation|rationale|note|comment|decision|task|action|topic|change|difference|step|finding|issue|risk|question|context|detail/i,
    (place) => sentencesAt(place, 1, LONG_MAX),
  ],
];

const SHORT_MAX = 120;
const LONG_MAX = 600;
const QUOTE_MAX = 300;
const SUMMARY_SENTENCES = 3;
const TITLE_MAX = 80;

function candidateFor(schema: JsonSchemaLike, place: Place): string | undefined {
  const given = inputProperty(place);
  if (typeof given === 'string' && given.length <= SHORT_MAX) return given;
  const format = schema['format'];
  if (typeof format === 'string' && Object.hasOwn(FORMATS, format)) {
    const find = FORMATS[format]?.find ?? (() => undefined);
    return labelledBy(place, find) ?? find(place.text.text);
  }
  const pattern = schema['pattern'];
  if (typeof pattern === 'string') return byPattern(pattern, place);
  if (place.name === '') return sentencesAt(place, SUMMARY_SENTENCES, LONG_MAX);
  const named = NAMES.find(([name]) => name.test(place.name));
  return named === undefined ? findLabelled(place.text, place.name) : named[1](place);
}

function byPattern(pattern: string, place: Place): string | undefined {
  const named =
    NAMES.find(([name]) => name.test(place.name))?.[1](place) ?? findLabelled(place.text, place.name);
  if (!place.patterns) return undefined;
  if (named !== undefined && compilePattern(pattern)?.test(named) === true) return named;
  const loose = compilePattern(pattern.replace(/^\^|\$$/g, ''));
  return loose?.exec(place.text.text.slice(0, PATTERN_TEXT_MAX))?.[0];
}

/** A pattern is tried on this much of the text. */
const PATTERN_TEXT_MAX = 10_000;

function compilePattern(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    // A schema that came with a request may hold anything; without its pattern the value is a guess.
    return undefined;
  }
}

function labelledBy(place: Place, find: (text: string) => string | undefined): string | undefined {
  return findLabelled(place.text, place.name, find);
}

function firstWords(place: Place): string {
  return shorten(sentencesAt(place, 1, TITLE_MAX), TITLE_MAX);
}

/** In a row of a table: what is left without the numbers. */
function wordsOfRow(place: Place): string | undefined {
  if (place.sentence === undefined || !/\d/.test(place.sentence.text)) return undefined;
  const words = place.sentence.text
    .replace(/^\d+[.)]?\s+/, '')
    .split(/\s+(?=[\p{Sc}-]?\d[\d.,]*(?:\s|$))/u)[0]
    ?.trim();
  return words === '' ? undefined : words;
}

function redacted(text: string): string {
  let clean = text.trim();
  for (const [find, mark] of [
    [findEmail, '[email]'],
    [findIban, '[iban]'],
    [findPhone, '[phone]'],
  ] as const) {
    for (let count = 0; count < REDACTIONS_MAX; count += 1) {
      const found = find(clean);
      if (found === undefined) break;
      clean = clean.replaceAll(found, mark);
    }
  }
  return clean;
}

const REDACTIONS_MAX = 100;

const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Hiragana}|\p{Script=Katakana}/u, 'ja'],
  [/\p{Script=Han}/u, 'zh'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Arabic}/u, 'ar'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Cyrillic}/u, 'ru'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Devanagari}/u, 'hi'],
  [/\p{Script=Thai}/u, 'th'],
  [/[ąćęłńśźż]/, 'pl'],
  [/[äöüß]/, 'de'],
  [/[ñ¿¡]/, 'es'],
  [/[àâçèêëîïôûœ]/, 'fr'],
];

/** By script and telling letters; English when there is nothing to tell. */
function languageOf(text: string): string {
  const start = text.slice(0, 2000);
  return SCRIPTS.find(([script]) => script.test(start))?.[1] ?? 'en';
}

/** Formats and patterns are met exactly or not at all; cutting would break them. */
function isExact(schema: JsonSchemaLike): boolean {
  return typeof schema['format'] === 'string' || typeof schema['pattern'] === 'string';
}

function fits(value: string, schema: JsonSchemaLike, place: Place): boolean {
  const length = [...value].length;
  if (length < lengthMin(schema) || length > lengthMax(schema)) return false;
  const pattern = schema['pattern'];
  if (typeof pattern !== 'string' || !place.patterns) return true;
  return compilePattern(pattern)?.test(value) ?? false;
}

/** Cut or repeated until the length fits. */
export function fitString(value: string, schema: JsonSchemaLike): string {
  const least = lengthMin(schema);
  let fitted = value;
  if ([...fitted].length < least) {
    const unit = fitted === '' ? 'Simulated. ' : `${fitted} `;
    fitted = unit.repeat(Math.ceil(least / [...unit].length) + 1).trimEnd();
    fitted = [...fitted].slice(0, Math.max(least, 1)).join('').trimEnd().padEnd(least, '.');
  }
  return shorten(fitted, lengthMax(schema));
}

function lengthMin(schema: JsonSchemaLike): number {
  return asNumber(schema['minLength']) ?? 0;
}

function lengthMax(schema: JsonSchemaLike): number {
  return asNumber(schema['maxLength']) ?? Infinity;
}
