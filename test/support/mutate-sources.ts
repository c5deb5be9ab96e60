// Sources as somebody half done, a bad merge, a wrong tool or an attacker would leave them: drawn from the sources of a project
// by a generator of numbers, so that a seed gives the same ones again.
import type { Source } from '../../src/diagnostics/diagnostic.ts';

/** A number from 0 to 1, 1 excluded. */
export type Random = () => number;

/** One source changed in one to four ways; the others are the same objects. */
export function mutateSources(
  sources: readonly Source[],
  foreign: readonly string[],
  random: Random,
): readonly Source[] {
  const index = Math.floor(random() * sources.length);
  const source = sources[index];
  if (source === undefined) throw new Error('there are no sources');
  let { text } = source;
  if (random() < 0.05) text = pick(foreign, random);
  const times = 1 + Math.floor(random() * 4);
  for (let done = 0; done < times; done += 1) text = pick(mutations, random)(text, random, sources);
  return sources.map((each) => (each === source ? { ...source, text } : each));
}

/** A source of one kind made of bytes that mean nothing, read in one of the ways in which files are read wrongly. */
export function noiseSource(path: string, random: Random): Source {
  const bytes = Buffer.from(
    Array.from({ length: Math.floor(random() * 2_000) }, () => Math.floor(random() * 256)),
  );
  return { path, text: bytes.toString(pick(['utf8', 'latin1', 'utf16le'] as const, random)) };
}

type Mutation = (text: string, random: Random, sources: readonly Source[]) => string;

const mutations: readonly Mutation[] = [
  flipBits,
  deleteLines,
  repeatLines,
  swapLines,
  indentLine,
  spliceTokens,
  spliceTokens,
  exchangeWord,
  truncate,
  insertFragment,
  insertFragment,
  lineEnds,
];

function flipBits(text: string, random: Random): string {
  const bytes = Buffer.from(text);
  const flips = 1 + Math.floor(random() * 4);
  for (let done = 0; done < flips && bytes.length > 0; done += 1) {
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  return bytes.toString('utf8');
}

function deleteLines(text: string, random: Random): string {
  const lines = linesOf(text);
  lines.splice(Math.floor(random() * lines.length), 1 + Math.floor(random() * 5));
  return lines.join('');
}

function repeatLines(text: string, random: Random): string {
  const lines = linesOf(text);
  const from = Math.floor(random() * lines.length);
  const some = lines.slice(from, from + 1 + Math.floor(random() * 5));
  lines.splice(Math.floor(random() * lines.length), 0, ...some);
  return lines.join('');
}

function swapLines(text: string, random: Random): string {
  const lines = linesOf(text);
  const [one, other] = [Math.floor(random() * lines.length), Math.floor(random() * lines.length)];
  [lines[one], lines[other]] = [lines[other] ?? '', lines[one] ?? ''];
  return lines.join('');
}

function indentLine(text: string, random: Random): string {
  const lines = linesOf(text);
  const at = Math.floor(random() * lines.length);
  const line = lines[at] ?? '';
  lines[at] = random() < 0.5 ? pick([' ', '  ', '\t', '- '], random) + line : line.slice(1);
  return lines.join('');
}

/** A piece of any source in place of a piece of this one. */
function spliceTokens(text: string, random: Random, sources: readonly Source[]): string {
  const tokens = tokensOf(text);
  const others = tokensOf(pick(sources, random).text);
  const from = Math.floor(random() * others.length);
  const piece = others.slice(from, from + Math.floor(random() * 12));
  tokens.splice(Math.floor(random() * tokens.length), Math.floor(random() * 6), ...piece);
  return tokens.join('');
}

/** One word in place of another everywhere: a name that is now twice there, or nowhere. */
function exchangeWord(text: string, random: Random): string {
  const words = text.match(/[\w$-]+/g) ?? [];
  if (words.length === 0) return text;
  return text.replaceAll(pick(words, random), () => pick(words, random));
}

function truncate(text: string, random: Random): string {
  return text.slice(0, Math.floor(random() * text.length));
}

function insertFragment(text: string, random: Random): string {
  const at = Math.floor(random() * (text.length + 1));
  return text.slice(0, at) + pick(fragments, random) + text.slice(at);
}

function lineEnds(text: string, random: Random): string {
  return text.replaceAll('\n', pick(['\r\n', '\r', '\n\n', '\u2028'], random));
}

/** Each alone is known to have thrown some reader off. */
const fragments: readonly string[] = [
  ...[
    '&a ',
    '*a',
    '*',
    '<<: *a\n',
    '<<: {}\n',
    '!!binary ',
    '! ',
    '%YAML 1.1\n',
    '---\n',
    '...\n',
    '--- |\n',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    '[[[[',
    '{{',
    '}}',
    '{a',
    '"',
    "'",
    '`',
    '|',
    '|9\n',
    '>-\n',
    '? ',
    ': ',
    ':',
    '- ',
    '-',
  ],
  ...['#', ' #', ',', '@', '%', '\\', '\\u', '"\\x"', '\t', '\r', '\r\n', '\n', '\n\n', ' '.repeat(1_100)],
  ...[
    '\0',
    '\u0002',
    '\u0018',
    '\u001f',
    '\u202e',
    '\ud800',
    '\udc00',
    '\ufeff',
    '\ufffd',
    '\u2028',
    '\u0085',
    '🙂',
    'é',
  ],
  ...[
    '__proto__: 1\n',
    'constructor',
    'toString',
    'hasOwnProperty',
    '"": 1\n',
    '~',
    'null',
    'true',
    'yes',
    '.inf',
    '.nan',
  ],
  ...[
    '1e999',
    '-0',
    '0x1F',
    '9'.repeat(400),
    '1_000',
    '2026-01-01',
    '/',
    '~1',
    '%2F',
    '#/$defs/',
    'schema:',
    'schema:common#/$defs/X',
  ],
  ...[
    '$ref: "#"\n',
    '$ref: "#/$defs/__proto__"\n',
    '$defs: {}\n',
    'allOf: [{}]\n',
    'anyOf: []\n',
    'oneOf: [{}, {}]\n',
    'not: {}\n',
  ],
  ...[
    'pattern: "("\n',
    'pattern: "(a+)+$"\n',
    'enum: []\n',
    'default: {}\n',
    'required: true\n',
    'type: [string, "null"]\n',
    'items: [{}]\n',
  ],
  ...[
    '{{#if',
    '{{#each x as |a b c|}}',
    '{{/if}}',
    '{{else}}',
    '{{else if x}}',
    '{{> x}}',
    '{{> (x)}}',
    '{{{',
    '}}}',
    '{{!--',
    '--}}',
    '\\{{',
  ],
  ...[
    '{{../../x}}',
    '{{@index}}',
    '{{[a b]}}',
    '{{json this}}',
    '{{this.[0]}}',
    '{{~',
    '~}}',
    '{{#x}}',
    '{{^x}}',
    '{{a.b.c}}',
    '{{"a"}}',
    '{{1}}',
  ],
  ...[
    '# capstan-ignore-next-line\n',
    '# capstan-ignore-next-line test/missing: x\n',
    '{{! capstan-ignore-next-line x: y }}',
    '${NAME}',
    '${',
  ],
];

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [''];
}

function tokensOf(text: string): string[] {
  return text.match(/\s+|[\w$-]+|[^\w\s]/gu) ?? [''];
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T;
}
