// The head of an answer: text in, status, headers and framing out. RFC 9112 without its leniencies: lines end in CRLF, a
// field does not go on in the next line, no space stands before a colon, and what says two things about the length of the
// body is refused, for whoever believes the other one reads a different answer.

import { BrokenAnswer } from './faults.ts';

export interface AnswerHead {
  readonly status: number;
  /** Lower-case names; what was repeated is joined with a comma. It inherits nothing. */
  readonly headers: Record<string, string>;
  /** 0 or 1, of HTTP/1.x. */
  readonly minor: number;
}

/** Where the body ends: after so many bytes, or by its own chunks, or with the connection. */
export type BodyFraming = number | 'chunked' | 'until-close';

const TOKEN = 1;
const VALUE = 2;
const UPPER = 4;
const classes = classesOfCharacters();

const SPACE = 0x20;
const TAB = 0x09;
const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const ZERO = 0x30;

/** A header may have any name, those of what every object inherits as well. Quicker than `Object.create(null)`. */
const HeaderTable = function () {} as unknown as new () => Record<string, string>;
HeaderTable.prototype = Object.create(null) as object;

/** `text` is one head, one character a byte, up to and with its empty line. */
export function parseAnswerHead(text: string): AnswerHead {
  if (!text.startsWith('HTTP/1.')) throw notHttp();
  const minor = text.charCodeAt(7) - ZERO;
  const status = digit(text, 9) * 100 + digit(text, 10) * 10 + digit(text, 11);
  if ((minor !== 0 && minor !== 1) || text.charCodeAt(8) !== SPACE || !(status >= 100)) throw notHttp();
  let at = 12;
  if (text.charCodeAt(at) === SPACE) at = endOfValue(text, at);
  at = endOfLine(text, at);
  const headers = new HeaderTable();
  while (text.charCodeAt(at) !== CR) {
    const nameAt = at;
    let seen = 0;
    let kind = classOf(text, at);
    while ((kind & TOKEN) !== 0) {
      seen |= kind;
      at += 1;
      kind = classOf(text, at);
    }
    if (at === nameAt || text.charCodeAt(at) !== COLON)
      throw new BrokenAnswer('A header has no proper name.');
    const written = text.slice(nameAt, at);
    const name = (seen & UPPER) === 0 ? written : written.toLowerCase();
    at += 1;
    while (isBlank(text.charCodeAt(at))) at += 1;
    const valueAt = at;
    at = endOfValue(text, at);
    let end = at;
    while (end > valueAt && isBlank(text.charCodeAt(end - 1))) end -= 1;
    const value = text.slice(valueAt, end);
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
    at = endOfLine(text, at);
  }
  endOfLine(text, at);
  return { status, headers, minor };
}

/** RFC 9112, 6.3. */
export function framingOf({ status, headers }: AnswerHead, method: string): BodyFraming {
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (coding !== undefined) {
    if (length !== undefined) throw new BrokenAnswer('The answer has a length and a transfer coding.');
    if (coding.toLowerCase() !== 'chunked') {
      throw new BrokenAnswer('The answer has a transfer coding that is not "chunked".');
    }
  } else if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw new BrokenAnswer('The length of the answer is no number, or is there twice.');
  }
  if (status === 204 || status === 304 || method === 'HEAD') return 0;
  if (coding !== undefined) return 'chunked';
  return length === undefined ? 'until-close' : Number(length);
}

/** How long the connection may be kept after this answer, in milliseconds; 0: not at all, Infinity: nothing is said. */
export function keptMsOf({ headers, minor }: AnswerHead): number {
  const connection = headers['connection'];
  if (connection === undefined) {
    if (minor === 0) return 0;
  } else if (connection !== 'keep-alive') {
    const options = connection.toLowerCase().split(/[\t ]*,[\t ]*/);
    if (options.includes('close') || (minor === 0 && !options.includes('keep-alive'))) return 0;
  }
  // RFC 9112, 6.1: whoever chunks in HTTP/1.0 may have been changed on the way.
  if (minor === 0 && headers['transfer-encoding'] !== undefined) return 0;
  const hint = headers['keep-alive'];
  if (hint === undefined) return Infinity;
  const seconds = /(?:^|[,;\t ])timeout[\t ]*=[\t ]*(?<seconds>\d{1,9})/i.exec(hint)?.groups?.['seconds'];
  // A request that is on its way while the other side closes is lost: its last second is not used.
  return seconds === undefined ? Infinity : Math.max(0, (Number(seconds) - 1) * 1000);
}

export function isTokenByte(byte: number): boolean {
  return ((classes[byte] ?? 0) & TOKEN) !== 0;
}

export function isValueByte(byte: number): boolean {
  return ((classes[byte] ?? 0) & VALUE) !== 0;
}

function notHttp(): BrokenAnswer {
  return new BrokenAnswer('The answer is not HTTP/1.0 or HTTP/1.1.');
}

function classOf(text: string, at: number): number {
  return classes[text.charCodeAt(at)] ?? 0;
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : NaN;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function endOfValue(text: string, from: number): number {
  let at = from;
  while ((classOf(text, at) & VALUE) !== 0) at += 1;
  return at;
}

function endOfLine(text: string, at: number): number {
  if (text.charCodeAt(at) !== CR || text.charCodeAt(at + 1) !== LF) {
    throw new BrokenAnswer('A line of the head holds a character that it may not, or does not end in CRLF.');
  }
  return at + 2;
}

function classesOfCharacters(): Uint8Array {
  const table = new Uint8Array(256);
  for (let code = 0; code < 256; code += 1) {
    const character = String.fromCharCode(code);
    if (code === 0x09 || (code >= 0x20 && code !== 0x7f)) table[code] = VALUE;
    if (/[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(character)) table[code] = (table[code] ?? 0) | TOKEN;
    if (/[A-Z]/.test(character)) table[code] = (table[code] ?? 0) | UPPER;
  }
  return table;
}
