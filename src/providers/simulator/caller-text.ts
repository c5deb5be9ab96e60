// The caller's own words, as the simulator uses them: paragraphs, sentences in any script, rows, and "label: value".

import type { Json } from '../../chat/json.ts';

export interface CallerText {
  /** The longest text of the input, at most `TEXT_MAX` characters of it. */
  readonly text: string;
  readonly sentences: readonly Sentence[];
  readonly labels: readonly Labelled[];
}

export interface Sentence {
  readonly text: string;
  /** Counted from 1. */
  readonly paragraph: number;
}

export interface Labelled {
  readonly label: string;
  readonly value: string;
}

/** The simulator looks no further than this into a text: it fills examples, it does not read books. */
const TEXT_MAX = 60_000;
const SENTENCES_MAX = 200;
const LABELS_MAX = 400;
const INPUT_DEPTH_MAX = 16;

/** Reads the text that an input is about: its longest string, with all the others after it for the labels. */
export function callerText(input: Json): CallerText {
  const texts = stringsOf(input, 0).sort((left, right) => right.length - left.length);
  return readText(texts[0] ?? '', texts.slice(1).join('\n'));
}

/** A text read on its own. */
export function readText(whole: string, beside = ''): CallerText {
  const text = whole.slice(0, TEXT_MAX).toWellFormed();
  return {
    text,
    sentences: sentencesOf(text),
    labels: labelsOf(`${text}\n${beside.slice(0, TEXT_MAX)}`),
  };
}

/** The first sentences of the text on one line, not longer than `charactersMax`. */
export function leadingSentences(text: CallerText, count: number, charactersMax: number): string {
  return shorten(joinSentences(text.sentences.slice(0, count)), charactersMax);
}

/** Sentences follow one another with a space, unless their script does without. */
export function joinSentences(sentences: readonly Sentence[]): string {
  return sentences.reduce((joined, { text }) => {
    const gap = joined === '' || WITHOUT_SPACES.test(joined.slice(-1)) ? '' : ' ';
    return joined + gap + text;
  }, '');
}

/** Cut at a word where there is one near the end, marked by an ellipsis. Counts code points, as JSON Schema does. */
export function shorten(text: string, charactersMax: number): string {
  const characters = [...text];
  if (characters.length <= charactersMax) return text;
  if (charactersMax < 8) return characters.slice(0, charactersMax).join('');
  const kept = characters.slice(0, charactersMax - 1).join('');
  const lastSpace = kept.lastIndexOf(' ');
  return `${(lastSpace > kept.length * 0.6 ? kept.slice(0, lastSpace) : kept).trimEnd()}…`;
}

const WITHOUT_SPACES = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}。！？、，；：」』）]/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Shorter pieces are headings, numbers and stray marks. */
const SENTENCE_WEIGHT_MIN = 20;
const WIDE_CHARACTER_WEIGHT = 3;

function sentencesOf(text: string): Sentence[] {
  const all: Sentence[] = [];
  const long: Sentence[] = [];
  let paragraph = 0;
  for (const block of text.split(/\r?\n[^\S\n]*\r?\n/)) {
    const line = unwrap(block);
    if (line === '') continue;
    paragraph += 1;
    for (const { segment } of segmenter.segment(line)) {
      const sentence = { text: segment.trim(), paragraph };
      if (sentence.text === '') continue;
      all.push(sentence);
      if (weightOf(sentence.text) >= SENTENCE_WEIGHT_MIN) long.push(sentence);
      if (long.length >= SENTENCES_MAX) return long;
    }
  }
  return long.length === 0 ? all.slice(0, SENTENCES_MAX) : long;
}

/** A hard-wrapped paragraph on one line. Scripts without spaces are joined without one. */
function unwrap(block: string): string {
  return block
    .trim()
    .replace(/[^\S\n]+/g, ' ')
    .replace(/(\P{L}?)\s*\n\s*(?=(.?))/gu, (_match, before: string, after: string) =>
      WITHOUT_SPACES.test(before) && WITHOUT_SPACES.test(after) ? before : `${before} `,
    );
}

function weightOf(text: string): number {
  let weight = 0;
  for (const character of text) weight += WITHOUT_SPACES.test(character) ? WIDE_CHARACTER_WEIGHT : 1;
  return weight;
}

/** `Invoice number: 17`, `Total    99.00`, `| Total | 99.00 |`, several to a line. */
function labelsOf(text: string): Labelled[] {
  const found: Labelled[] = [];
  for (const line of text.split('\n')) {
    for (const cell of line.split(
      /\s{3,}(?=\p{L}[\p{L} .#-]{1,40}[:：])|(?<=\S)\s+\|\s+(?=\p{L}[^|]{0,40}[:：])/u,
    )) {
      const labelled = labelIn(cell);
      if (labelled !== undefined) found.push(labelled);
      if (found.length >= LABELS_MAX) return found;
    }
  }
  return found;
}

const LABEL =
  /^[\s|*#>-]*(?<label>[\p{L}\p{N}][^:：|\n]{0,48}?)[*\s]*(?:[:：]|\s{2,}|\||\t)[\s|*]*(?<value>\S[^|\n]*)/u;

function labelIn(cell: string): Labelled | undefined {
  const groups = LABEL.exec(cell.slice(0, 400))?.groups;
  const label = groups?.['label']?.trim();
  const value = groups?.['value']?.replace(/[\s|*]+$/, '').replace(/\s{2,}/g, ' ');
  return label === undefined || value === undefined || value === '' ? undefined : { label, value };
}

function stringsOf(value: Json, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > INPUT_DEPTH_MAX) return [];
  return Object.values(value).flatMap((item: Json) => stringsOf(item, depth + 1));
}
