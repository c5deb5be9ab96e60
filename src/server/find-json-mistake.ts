// Where a text stops being JSON, and what was due there. Runs only after `JSON.parse` has refused, because the parser's
// own messages quote the text and often hold no position. The caller has bounded the nesting.

export interface JsonMistake {
  readonly offset: number;
  /** What would have been right, as the end of "expected …". */
  readonly expected: string;
}

export function findJsonMistake(text: string): JsonMistake {
  const end = afterValue(text, skipSpace(text, 0));
  return typeof end === 'number' ? { offset: skipSpace(text, end), expected: 'the end of the body' } : end;
}

/** The same in words, without the text's own: `at line 1, column 2 (offset 1) a value was expected`. */
export function describeJsonMistake(text: string): string {
  const { offset, expected } = findJsonMistake(text);
  return `at ${printPlace(text, offset)} ${expected} was expected`;
}

export function printPlace(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return `line ${line}, column ${column} (offset ${offset})`;
}

/** Each of these returns the offset after what it read, or the mistake that it met. */
type Reading = number | JsonMistake;

function afterValue(text: string, at: number): Reading {
  const first = text[at];
  if (first === '{') return afterMembers(text, at + 1, '}', afterProperty);
  if (first === '[') return afterMembers(text, at + 1, ']', afterValue);
  if (first === '"') return afterString(text, at);
  return afterWord(text, at);
}

function afterMembers(
  text: string,
  start: number,
  closer: string,
  afterMember: (text: string, at: number) => Reading,
): Reading {
  let at = skipSpace(text, start);
  if (text[at] === closer) return at + 1;
  for (;;) {
    const end = afterMember(text, at);
    if (typeof end !== 'number') return end;
    at = skipSpace(text, end);
    if (text[at] === closer) return at + 1;
    if (text[at] !== ',') return { offset: at, expected: `"," or "${closer}"` };
    at = skipSpace(text, at + 1);
  }
}

function afterProperty(text: string, at: number): Reading {
  if (text[at] !== '"') return { offset: at, expected: 'a property name in double quotes' };
  const end = afterString(text, at);
  if (typeof end !== 'number') return end;
  const colon = skipSpace(text, end);
  if (text[colon] !== ':') return { offset: colon, expected: '":"' };
  return afterValue(text, skipSpace(text, colon + 1));
}

function afterString(text: string, open: number): Reading {
  for (let at = open + 1; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x22) return at + 1;
    if (character < 0x20)
      return { offset: at, expected: 'an escape such as \\n; control characters do not stand in strings' };
    if (character !== 0x5c) continue;
    const escape = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
    escape.lastIndex = at + 1;
    if (!escape.test(text)) return { offset: at, expected: 'a valid escape' };
    at = escape.lastIndex - 1;
  }
  return { offset: text.length, expected: 'the closing quote of a string' };
}

function afterWord(text: string, at: number): Reading {
  const word = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  word.lastIndex = at;
  return word.test(text) ? word.lastIndex : { offset: at, expected: 'a value' };
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return at;
}

// -- nesting

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where nesting goes past `depthMax`, before a parser recurses into it; strings are skipped. */
export function depthExceededAt(text: string, depthMax: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at);
    else if (character === 0x7b || character === 0x5b) depth++;
    else if (character === 0x7d || character === 0x5d) depth--;
    if (depth > depthMax) return at;
  }
  return undefined;
}

function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close !== -1 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close === -1 ? text.length : close;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
