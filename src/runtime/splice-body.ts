// Changes a few top-level fields of a JSON body in its bytes, so that everything else crosses as it was written: unknown
// fields, their order, the spelling of numbers. It follows the structure of the body and does not judge its values.

import { CapabilityError } from '../errors.ts';
import { readText, sliceBytes } from './byte-list.ts';
import type { ByteList } from './byte-list.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Where the value of a top-level field stands. */
export interface FieldPlace {
  readonly start: number;
  readonly end: number;
}

export type FieldPlaces = ReadonlyMap<string, FieldPlace>;

/**
 * The places of the named fields at the top of a JSON object; undefined when the body is not one, as far as can be seen
 * without parsing it, or nests deeper than `depthMax`. Throws `request_invalid` when a named field occurs twice: servers
 * differ in which one they take, so checking one and obeying the other must not be possible.
 */
export function findFields(
  body: ByteList,
  names: ReadonlySet<string>,
  depthMax = Infinity,
): FieldPlaces | undefined {
  const scanner = new Scanner(body, 0);
  if (scanner.toNext() !== OPEN_BRACE) return undefined;
  scanner.at += 1;
  if (scanner.toNext() !== CLOSE_BRACE) return scanFields(scanner, names, depthMax);
  scanner.at += 1;
  return scanner.toNext() === undefined ? new Map() : undefined;
}

/** The same for the rest of an object, from the first quote of one of its keys on. */
export function findFieldsFrom(
  body: Buffer,
  start: number,
  names: ReadonlySet<string>,
  depthMax = Infinity,
): FieldPlaces | undefined {
  return scanFields(new Scanner([body], start), names, depthMax);
}

function scanFields(scanner: Scanner, names: ReadonlySet<string>, depthMax: number): FieldPlaces | undefined {
  const found = new Map<string, FieldPlace>();
  for (;;) {
    if (scanner.toNext() !== QUOTE) return undefined;
    const name = scanner.readKey();
    if (scanner.toNext() !== COLON) return undefined;
    scanner.at += 1;
    const first = scanner.toNext();
    const start = scanner.place;
    const end = scanner.crossValue(first, depthMax);
    if (end === undefined) return undefined;
    if (name !== undefined && names.has(name)) {
      if (found.has(name)) {
        throw new CapabilityError('request_invalid', `The body names "${name}" twice.`, { param: name });
      }
      found.set(name, { start, end });
    }
    const next = scanner.toNext();
    scanner.at += 1;
    if (next === CLOSE_BRACE) return scanner.toNext() === undefined ? found : undefined;
    if (next !== COMMA) return undefined;
  }
}

export interface Edit extends FieldPlace {
  readonly text: string;
}

/** The body with each place replaced by its text, nothing else of it copied. The edits do not overlap. */
export function splice(body: ByteList, edits: readonly Edit[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of edits.toSorted((left, right) => left.start - right.start)) {
    pieces.push(...sliceBytes(body, at, start), Buffer.from(text));
    at = end;
  }
  pieces.push(...sliceBytes(body, at));
  return pieces;
}

/** Where the first field of the object would begin. */
export function placeAfterOpening(body: ByteList): FieldPlace {
  const scanner = new Scanner(body, 0);
  scanner.toNext();
  const at = scanner.place + 1;
  return { start: at, end: at };
}

/** Most strings of a body are keys and words: shorter than what a search costs. */
const SHORT_STRING = 24;

const NOTHING = Buffer.alloc(0);

/** Stands at one byte of the list, and goes on over the cuts. At the end of the list it stands behind the last byte. */
class Scanner {
  /** In the chunk. */
  at: number;
  private readonly body: ByteList;
  private index = 0;
  private bytes: Buffer;
  /** Where the chunk begins. */
  private base = 0;

  constructor(body: ByteList, at: number) {
    this.body = body;
    this.bytes = body[0] ?? NOTHING;
    this.at = at;
  }

  get place(): number {
    return this.base + this.at;
  }

  /** Goes to the next byte that is no space, and gives it; undefined at the end. */
  toNext(): number | undefined {
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined) {
        if (!this.toNextChunk()) return undefined;
      } else if (isSpace(byte)) this.at += 1;
      else return byte;
    }
  }

  /** Crosses the key that begins here; gives its name, or undefined for one that is no name of anything. */
  readKey(): string | undefined {
    const start = this.place;
    this.crossString();
    const end = this.place;
    const plain = this.textOf(start + 1, end - 1, 'latin1');
    if (!plain.includes('\\')) return plain;
    try {
      return JSON.parse(this.textOf(start, end, 'utf8')) as string;
    } catch {
      // No JSON: whoever parses the body will say so.
      return undefined;
    }
  }

  /** Crosses the value of which `first` is the first byte, and gives the place behind it; undefined where there is none. */
  crossValue(first: number | undefined, depthMax: number): number | undefined {
    if (first === QUOTE) {
      this.crossString();
      return this.place;
    }
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return this.crossWord();
    return this.crossNested(depthMax) ? this.place : undefined;
  }

  private textOf(start: number, end: number, encoding: 'utf8' | 'latin1'): string {
    const { base } = this;
    return start < base
      ? readText(this.body, start, end, encoding)
      : this.bytes.toString(encoding, start - base, end - base);
  }

  /** Goes behind the closing quote; in a long text every jump is to a quote. */
  private crossString(): void {
    let { bytes } = this;
    let at = this.at + 1;
    for (const near = at + SHORT_STRING; at < near; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.at = at + 1;
        return;
      }
      if (byte === BACKSLASH) at += 1;
      else if (byte === undefined) break;
    }
    for (;;) {
      const quote = bytes.indexOf(QUOTE, at);
      const end = quote < 0 ? bytes.length : quote;
      let slashes = 0;
      while (end - slashes > at && bytes[end - 1 - slashes] === BACKSLASH) slashes += 1;
      const isEscaped = slashes % 2 === 1 || at > end;
      if (quote < 0) {
        if (!this.toNextChunk()) return;
        bytes = this.bytes;
        // What a backslash in front of the cut escapes is the first byte behind it.
        at = isEscaped ? 1 : 0;
      } else if (isEscaped) at = quote + 1;
      else {
        this.at = quote + 1;
        return;
      }
    }
  }

  private crossNested(depthMax: number): boolean {
    let { bytes, at } = this;
    let depth = 0;
    for (;;) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.at = at;
        this.crossString();
        ({ bytes, at } = this);
        continue;
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
        // The body itself is the first level.
        if (depth >= depthMax) return false;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1;
        if (depth === 0) {
          this.at = at + 1;
          return true;
        }
      } else if (byte === undefined) {
        if (!this.toNextChunk()) return false;
        ({ bytes, at } = this);
        continue;
      }
      at += 1;
    }
  }

  /** A number, or `true`, `false` or `null`: whatever stands before what ends a value. */
  private crossWord(): number | undefined {
    const start = this.place;
    let end = start;
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined) {
        if (!this.toNextChunk()) return undefined;
        continue;
      }
      if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        return end === start ? undefined : end;
      }
      if (byte === QUOTE || byte === OPEN_BRACE || byte === OPEN_BRACKET) return undefined;
      this.at += 1;
      if (!isSpace(byte)) end = this.place;
    }
  }

  private toNextChunk(): boolean {
    const next = this.body[this.index + 1];
    if (next === undefined) {
      this.at = this.bytes.length;
      return false;
    }
    this.index += 1;
    this.base += this.bytes.length;
    this.bytes = next;
    this.at = 0;
    return true;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
