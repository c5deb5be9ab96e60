// Texts that a regular expression matches, by reading the expression: a few different ones, the shortest first. The
// expression itself is never run here, so nothing can hang; single characters are, against a small palette.

export interface SampleOptions {
  /** The first part that may repeat is repeated until the text is about this long. */
  readonly length?: number;
}

/** So many texts are made at most, and of each part. */
const samplesMax = 16;
/** Parts are repeated at most so often, unless a length is asked for. */
const repeatsMax = 40;

const palette = [...'xaA01zZ9 -_.@é/:+#b\n'];

/** Different texts for a pattern; none when it uses what this does not read (look-around, references to groups). */
export function samplePattern(pattern: string, options: SampleOptions = {}): readonly string[] {
  const parsed = parse(pattern);
  if (parsed === undefined) return [];
  const shortest = write(parsed, 0)[0] ?? '';
  const missing = (options.length ?? 0) - [...shortest].length;
  const texts = missing > 0 ? write(parsed, missing) : write(parsed, 0);
  return [...new Set(texts)].slice(0, samplesMax);
}

type Part =
  | { readonly kind: 'characters'; readonly characters: readonly string[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly options: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly least: number; readonly most: number };

// -- writing

/** `extra` more characters are wanted than the shortest text has. */
function write(part: Part, extra: number): readonly string[] {
  switch (part.kind) {
    case 'characters':
      return part.characters.slice(0, 6);
    case 'choice':
      return part.options.flatMap((option) => write(option, extra)).slice(0, samplesMax);
    case 'repeat':
      return writeRepeat(part, extra);
    case 'sequence':
      return writeSequence(part.parts, extra);
  }
}

/** The first text of every part, then one part at a time in its other forms. */
function writeSequence(parts: readonly Part[], extra: number): readonly string[] {
  const stretched = parts.findIndex((part) => part.kind === 'repeat' && part.most > part.least);
  const forms = parts.map((part, index) => write(part, index === stretched ? extra : 0));
  const first = forms.map(([text = '']) => text);
  const others = forms.flatMap((texts, index) =>
    texts.slice(1).map((text) => first.with(index, text).join('')),
  );
  return [first.join(''), ...others].slice(0, samplesMax);
}

function writeRepeat(
  { part, least, most }: Extract<Part, { kind: 'repeat' }>,
  extra: number,
): readonly string[] {
  const texts = write(part, 0);
  const [first = ''] = texts;
  const wanted = Math.min(most, least + extra);
  const counts = new Set([wanted, ...[0, 1, 2, 5, 12, 30].map((more) => Math.min(most, least + more))]);
  if (most <= repeatsMax) counts.add(most);
  const repeated = [...counts].map((count) => first.repeat(count));
  const varied = texts.slice(1).map((text) => text.repeat(Math.max(1, Math.min(wanted, repeatsMax))));
  return [...repeated, ...varied.filter((_, index) => index < most)].slice(0, samplesMax);
}

// -- reading

interface Reader {
  readonly pattern: string;
  at: number;
  isUnknown: boolean;
}

function parse(pattern: string): Part | undefined {
  const reader: Reader = { pattern, at: 0, isUnknown: false };
  const part = readChoice(reader);
  return reader.isUnknown || reader.at < pattern.length ? undefined : part;
}

function readChoice(reader: Reader): Part {
  const options = [readSequence(reader)];
  while (reader.pattern[reader.at] === '|') {
    reader.at += 1;
    options.push(readSequence(reader));
  }
  const [only] = options;
  return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
}

function readSequence(reader: Reader): Part {
  const parts: Part[] = [];
  while (reader.at < reader.pattern.length && !reader.isUnknown) {
    const rest = reader.pattern.slice(reader.at);
    if (rest.startsWith('|') || rest.startsWith(')')) break;
    const anchor = /^(?:[\^$]|\\[bB])/.exec(rest)?.[0];
    if (anchor !== undefined) reader.at += anchor.length;
    else parts.push(readRepeated(reader));
  }
  return { kind: 'sequence', parts };
}

function readRepeated(reader: Reader): Part {
  const part = reader.pattern[reader.at] === '(' ? readGroup(reader) : readCharacter(reader);
  const quantifier = /^(?:[*+?]|\{(?<least>\d+)(?<comma>,?)(?<most>\d*)\})\??/.exec(
    reader.pattern.slice(reader.at),
  );
  if (quantifier === null) return part;
  const [text] = quantifier;
  reader.at += text.length;
  const { least, comma, most } = quantifier.groups ?? {};
  if (least === undefined) {
    return {
      kind: 'repeat',
      part,
      least: text.startsWith('+') ? 1 : 0,
      most: text.startsWith('?') ? 1 : Infinity,
    };
  }
  const highest = comma === '' ? Number(least) : most === '' ? Infinity : Number(most);
  return { kind: 'repeat', part, least: Number(least), most: highest };
}

function readGroup(reader: Reader): Part {
  const opening = /^\((?:\?:|\?<[A-Za-z_$][\w$]*>)?/.exec(reader.pattern.slice(reader.at))?.[0] ?? '(';
  reader.at += opening.length;
  if (reader.pattern[reader.at] === '?') reader.isUnknown = true;
  const part = readChoice(reader);
  reader.at += 1;
  return part;
}

/** A class, an escape, a dot or a letter: tried on the palette and on the letters that it is written with. */
function readCharacter(reader: Reader): Part {
  const rest = reader.pattern.slice(reader.at);
  const [text = ''] =
    /^(?:\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[0-9a-fA-F]+\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\.|[^])/su.exec(
      rest,
    ) ?? [];
  reader.at += text.length;
  if (text === '' || /^\\[1-9k]/.test(text)) reader.isUnknown = true;
  const fits = singleCharacter(text);
  const characters = [...palette, ...text].filter((character) => fits?.test(character));
  if (characters.length === 0 && fits !== undefined) characters.push(...spelledOut(text));
  if (characters.length === 0) reader.isUnknown = true;
  return { kind: 'characters', characters: [...new Set(characters)] };
}

function singleCharacter(text: string): RegExp | undefined {
  try {
    return new RegExp(`^${text}$`, 'u');
  } catch {
    // Not something that the Unicode mode knows: the whole pattern is refused.
    return undefined;
  }
}

/** The character of an escape such as `\u00e9`, or of a range that begins with one. */
function spelledOut(text: string): readonly string[] {
  const code = /\\(?:u\{(?<long>[0-9a-fA-F]+)\}|u(?<short>[0-9a-fA-F]{4})|x(?<byte>[0-9a-fA-F]{2}))/.exec(
    text,
  );
  const { long, short, byte } = code?.groups ?? {};
  const digits = long ?? short ?? byte;
  return digits === undefined ? [] : [String.fromCodePoint(Number.parseInt(digits, 16))];
}
