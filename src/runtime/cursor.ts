// A place in a text that is read once from left to right, and how the reading ends when there is no single way on.

/**
 * - `cut-off`: the text ends inside the value.
 * - `duplicate`: two values for one name.
 * - `number`: an integer with more digits than a JSON number can hold.
 * - `depth`: nested deeper than any answer.
 * - `syntax`: anything else that has no single reading.
 */
export type Unreadability = 'cut-off' | 'duplicate' | 'number' | 'depth' | 'syntax';

export interface Cursor {
  readonly text: string;
  at: number;
  /** Whether a quote may stand in a text without a backslash. */
  readonly hasInnerQuotes: boolean;
  /** A name or a value was read: this is no bracket in a sentence. */
  isData: boolean;
  /** Keeps a receipt at the value, or name, that is read. */
  note(step: string, before: string, after: string): void;
}

/** Thrown inside the reader only; `readLooseJson` answers with it. */
export class Unreadable extends Error {
  readonly reason: Unreadability;
  readonly at: number;

  constructor(reason: Unreadability, at: number) {
    super(reason);
    this.reason = reason;
    this.at = at;
  }
}

/** What the pattern, which is sticky, matches at a place. */
export function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The next character that is not plain white space. */
export function nextInk(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== LINE_FEED && code !== CARRIAGE_RETURN && code !== TAB) return at;
    at += 1;
  }
}

export function hasLineBreak(text: string, from: number, to: number): boolean {
  return text.slice(from, to).includes('\n');
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
