// Writes a string that a regular expression matches, by walking the expression. Nothing is run, so nothing can hang.
// Understands what JSON Schemas use: literals, classes, groups, alternation, quantifiers, anchors; refuses the rest.

export interface SampleLength {
  readonly lengthMin: number;
  readonly lengthMax: number;
}

/** The shortest sample that is long enough; undefined when the pattern uses something else. */
export function samplePattern(pattern: string, length: SampleLength): string | undefined {
  const reader: Reader = { pattern, at: 0, extra: 0, unknown: false };
  const shortest = readAlternatives(reader);
  if (reader.unknown || reader.at < pattern.length) return undefined;
  if ([...shortest].length >= length.lengthMin) return shortest;
  const longer: Reader = { pattern, at: 0, extra: length.lengthMin - [...shortest].length, unknown: false };
  const sample = readAlternatives(longer);
  // Without an end anchor, anything may follow; a pattern with one grew inside its first open quantifier.
  const padded = pattern.endsWith('$') ? sample : sample.padEnd(Math.min(length.lengthMin, REPEATS_MAX), 'a');
  return padded;
}

interface Reader {
  readonly pattern: string;
  at: number;
  /** Characters still wanted; the first quantifier that may repeat more takes them all. */
  extra: number;
  unknown: boolean;
}

const REPEATS_MAX = 4096;

function readAlternatives(reader: Reader): string {
  let first: string | undefined;
  for (;;) {
    const branch = readSequence(reader);
    first ??= branch;
    if (reader.pattern[reader.at] !== '|') return first;
    reader.at += 1;
  }
}

function readSequence(reader: Reader): string {
  let sample = '';
  while (reader.at < reader.pattern.length && !reader.unknown) {
    const character = reader.pattern[reader.at];
    if (character === '|' || character === ')') break;
    if (character === '^' || character === '$') {
      reader.at += 1;
      continue;
    }
    const atom = readAtom(reader);
    sample += atom.repeat(readQuantifier(reader));
  }
  return sample;
}

function readAtom(reader: Reader): string {
  const character = String.fromCodePoint(reader.pattern.codePointAt(reader.at) ?? 0);
  reader.at += character.length;
  switch (character) {
    case '(':
      return readGroup(reader);
    case '[':
      return readClass(reader);
    case '.':
      return 'a';
    case '\\':
      return readEscape(reader);
    default:
      return character;
  }
}

function readGroup(reader: Reader): string {
  const opening = /^\?(?::|<[A-Za-z_]\w*>)/.exec(reader.pattern.slice(reader.at))?.[0];
  if (opening !== undefined) reader.at += opening.length;
  else if (reader.pattern[reader.at] === '?') reader.unknown = true;
  const sample = readAlternatives(reader);
  reader.at += 1;
  return sample;
}

const ESCAPES: Readonly<Record<string, string>> = {
  d: '0',
  w: 'a',
  s: ' ',
  D: 'a',
  W: '-',
  S: 'a',
  n: '\n',
  t: '\t',
  r: '\r',
  b: '',
};
const PROPERTIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:Lu|Uppercase)/, 'A'],
  [/^(?:L|Alphabetic|Lowercase|Ll)/, 'a'],
  [/^N/, '0'],
  [/^P/, '.'],
];

function readEscape(reader: Reader): string {
  const rest = reader.pattern.slice(reader.at);
  const property = /^[pP]\{([^}]*)\}/.exec(rest);
  if (property !== null) {
    reader.at += property[0].length;
    const sample = PROPERTIES.find(([name]) => name.test(property[1] ?? ''))?.[1];
    if (sample === undefined || rest.startsWith('P')) reader.unknown = true;
    return sample ?? '';
  }
  const code = /^(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/.exec(rest);
  if (code !== null) {
    reader.at += code[0].length;
    return String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '0', 16));
  }
  const letter = rest[0] ?? '';
  reader.at += 1;
  if (/[1-9Bk]/.test(letter)) reader.unknown = true;
  return ESCAPES[letter] ?? letter;
}

const TRIED_IN_NEGATED_CLASS = ['a', 'A', '0', '-', '_', ' ', '.', 'z', 'é'];

function readClass(reader: Reader): string {
  const start = reader.at;
  let end = start;
  while (end < reader.pattern.length && reader.pattern[end] !== ']') {
    end += reader.pattern[end] === '\\' ? 2 : 1;
  }
  const source = reader.pattern.slice(start, end);
  if (source.startsWith('^')) {
    reader.at = end + 1;
    return negated(source, reader);
  }
  const first = reader.pattern[reader.at] === ']' ? '' : readAtomInClass(reader);
  reader.at = end + 1;
  return first;
}

function readAtomInClass(reader: Reader): string {
  const character = String.fromCodePoint(reader.pattern.codePointAt(reader.at) ?? 0);
  reader.at += character.length;
  return character === '\\' ? readEscape(reader) : character;
}

function negated(source: string, reader: Reader): string {
  // One class on one character cannot backtrack, so this small expression may be run.
  const allowed = compileClass(source);
  const sample = TRIED_IN_NEGATED_CLASS.find((character) => allowed?.test(character));
  if (sample === undefined) reader.unknown = true;
  return sample ?? '';
}

function compileClass(source: string): RegExp | undefined {
  try {
    return new RegExp(`^[${source}]$`, 'u');
  } catch {
    // Not a class that the Unicode mode knows: the whole pattern is refused.
    return undefined;
  }
}

/** How often the atom before is written: the least, plus what is still wanted where more is allowed. */
function readQuantifier(reader: Reader): number {
  const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(reader.pattern.slice(reader.at));
  if (quantifier === null) return 1;
  reader.at += quantifier[0].length;
  const [text, low, comma, high] = quantifier;
  const least = low === undefined ? (text.startsWith('+') ? 1 : 0) : Number(low);
  const most =
    low === undefined
      ? text.startsWith('?')
        ? 1
        : REPEATS_MAX
      : comma === ''
        ? least
        : high === ''
          ? REPEATS_MAX
          : Number(high);
  const repeats = Math.min(least + reader.extra, most, REPEATS_MAX);
  reader.extra -= Math.max(0, repeats - least);
  return repeats;
}
