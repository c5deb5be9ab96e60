// Reads one answer after the other from bytes that are cut anywhere. It pulls: each step consumes bytes up to the next piece
// of the body, so whoever reads may stop between two pieces. It holds no bytes but a head that is not yet whole.

import { framingOf, isTokenByte, isValueByte, keptMsOf, parseAnswerHead } from './answer-head.ts';
import { BrokenAnswer } from './faults.ts';

const HEAD = 0;
const UNTIL_CLOSE = 1;
const LENGTH = 2;
const CHUNK_SIZE_FIRST = 3;
const CHUNK_SIZE = 4;
const CHUNK_EXTENSION = 5;
const CHUNK_LINE_LF = 6;
const CHUNK_DATA = 7;
const CHUNK_CR = 8;
const CHUNK_LF = 9;
const TRAILER_LINE = 10;
const TRAILER_NAME = 11;
const TRAILER_VALUE = 12;
const TRAILER_LF = 13;
const LAST_LF = 14;
const WHOLE = 15;

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const SEMICOLON = 0x3b;

const HTTP = 'HTTP/1.';
const END_OF_HEAD = Buffer.from('\r\n\r\n');
/** Heads are seldom longer; of one that is, more is read. */
const USUAL_HEAD_BYTES = 2048;
/** As many as a safe integer has. */
const CHUNK_SIZE_DIGITS_MAX = 13;
/** A chunk's size with its extensions, which nobody uses. */
const CHUNK_LINE_BYTES_MAX = 1024;

export class AnswerReader {
  status = 0;
  headers: Record<string, string> = {};
  /** How long the connection may be kept after this answer, in milliseconds; 0: not at all. */
  keptMs = 0;
  /** The piece of the body that the last step has found: from here … */
  pieceAt = 0;
  /** … to here. */
  pieceEnd = 0;

  private readonly headBytesMax: number;
  private method = '';
  private state = WHOLE;
  /** Bytes of the body, or of the chunk, that are still to come. */
  private remaining = 0;
  private digits = 0;
  /** Of the heads of this answer, interim ones with it; then of its trailers. */
  private headBytes = 0;
  private lineBytes = 0;
  /** A head that is not yet whole, in the first `earlyBytes`. */
  private early: Buffer | undefined;
  private earlyBytes = 0;

  constructor(headBytesMax: number) {
    this.headBytesMax = headBytesMax;
  }

  /** Expects the answer to a request. */
  begin(method: string): void {
    this.method = method;
    this.state = HEAD;
    this.headBytes = 0;
    this.early = undefined;
    this.earlyBytes = 0;
  }

  get inHead(): boolean {
    return this.state === HEAD;
  }

  get isWhole(): boolean {
    return this.state === WHOLE;
  }

  /** Bytes that are sure to come next, of the body or of a chunk of it. */
  get bytesExpected(): number {
    return this.state === LENGTH || this.state === CHUNK_DATA ? this.remaining : 0;
  }

  /** Whether an answer that was read so far is whole when the connection closes now. */
  get endsByClosing(): boolean {
    return this.state === UNTIL_CLOSE || this.state === WHOLE;
  }

  /**
   * Reads the head from the first `length` bytes, which may be overwritten afterwards, and skips interim ones. Returns where
   * the body begins, or -1 when the head is not yet whole. Throws `BrokenAnswer`.
   */
  readHead(bytes: Buffer, length: number): number {
    let at = 0;
    while (at < length) {
      const text = this.early === undefined ? this.headIn(bytes, at, length) : undefined;
      const whole = text ?? this.headAcross(bytes, at, length);
      if (whole === undefined) return -1;
      // Of a head that was kept in part, the last part is new.
      at += whole.length - (text === undefined ? this.earlyBytes : 0);
      this.early = undefined;
      this.earlyBytes = 0;
      this.headBytes += whole.length;
      if (this.headBytes > this.headBytesMax) throw headTooLong();
      if (this.takeHead(whole)) return at;
    }
    return -1;
  }

  /**
   * Reads on from `at` until there is a piece of the body, the answer is whole or the bytes are used up; returns where.
   * The piece is empty when there is none. Throws `BrokenAnswer`.
   */
  step(bytes: Buffer, from: number): number {
    let at = from;
    this.pieceAt = at;
    this.pieceEnd = at;
    while (at < bytes.length) {
      switch (this.state) {
        case UNTIL_CLOSE:
          this.pieceEnd = bytes.length;
          return bytes.length;
        case LENGTH:
        case CHUNK_DATA: {
          const end = Math.min(bytes.length, at + this.remaining);
          this.remaining -= end - at;
          if (this.remaining === 0) this.state = this.state === LENGTH ? WHOLE : CHUNK_CR;
          this.pieceAt = at;
          this.pieceEnd = end;
          return end;
        }
        case WHOLE:
          return at;
        default:
          this.stepByte(bytes[at] ?? 0);
          at += 1;
      }
    }
    return at;
  }

  /** A head that lies in these bytes from end to end. */
  private headIn(bytes: Buffer, at: number, length: number): string | undefined {
    let text = bytes.toString('latin1', at, Math.min(length, at + USUAL_HEAD_BYTES));
    let end = text.indexOf('\r\n\r\n');
    if (end < 0 && length - at > USUAL_HEAD_BYTES) {
      text = bytes.toString('latin1', at, length);
      end = text.indexOf('\r\n\r\n');
    }
    return end < 0 ? undefined : text.slice(0, end + 4);
  }

  /** Adds the bytes to a head of which a part is here. `earlyBytes` is then how much of it was here before. */
  private headAcross(bytes: Buffer, at: number, length: number): string | undefined {
    const before = this.earlyBytes;
    const after = before + length - at;
    let early = this.early;
    if (early === undefined || early.length < after) {
      const longer = Buffer.allocUnsafe(Math.max(1024, after * 2));
      early?.copy(longer, 0, 0, before);
      early = longer;
      this.early = longer;
    }
    bytes.copy(early, before, at, length);
    const end = early.subarray(0, after).indexOf(END_OF_HEAD, Math.max(0, before - 3));
    if (end >= 0) return early.toString('latin1', 0, end + 4);
    this.earlyBytes = after;
    if (this.headBytes + after > this.headBytesMax) throw headTooLong();
    checkBegun(early, before, after);
    return undefined;
  }

  /** Whether this is the answer's own head, and not an interim one. */
  private takeHead(text: string): boolean {
    const head = parseAnswerHead(text);
    if (head.status < 200) {
      if (head.minor === 0) throw new BrokenAnswer('The answer is interim, which HTTP/1.0 does not know.');
      if (head.status === 101)
        throw new BrokenAnswer('The answer changes the protocol, which was not asked for.');
      return false;
    }
    const framing = framingOf(head, this.method);
    this.status = head.status;
    this.headers = head.headers;
    this.keptMs = framing === 'until-close' ? 0 : keptMsOf(head);
    if (framing === 'chunked') {
      this.state = CHUNK_SIZE_FIRST;
      this.headBytes = 0;
      this.beginChunk();
    } else if (framing === 'until-close') {
      this.state = UNTIL_CLOSE;
    } else {
      this.state = framing === 0 ? WHOLE : LENGTH;
      this.remaining = framing;
    }
    return true;
  }

  private beginChunk(): void {
    this.remaining = 0;
    this.digits = 0;
    this.lineBytes = 0;
  }

  private stepByte(byte: number): void {
    switch (this.state) {
      case CHUNK_SIZE_FIRST:
      case CHUNK_SIZE:
        return this.stepSize(byte);
      case CHUNK_EXTENSION:
        this.lineBytes += 1;
        if (byte === CR) this.state = CHUNK_LINE_LF;
        else if (!isValueByte(byte) || this.lineBytes > CHUNK_LINE_BYTES_MAX) throw brokenChunk();
        return;
      case CHUNK_LINE_LF:
        if (byte !== LF) throw brokenChunk();
        this.state = this.remaining === 0 ? TRAILER_LINE : CHUNK_DATA;
        return;
      case CHUNK_CR:
        if (byte !== CR) throw brokenChunk();
        this.state = CHUNK_LF;
        return;
      case CHUNK_LF:
        if (byte !== LF) throw brokenChunk();
        this.state = CHUNK_SIZE_FIRST;
        this.beginChunk();
        return;
      default:
        this.stepTrailer(byte);
    }
  }

  private stepSize(byte: number): void {
    const value = hexValue(byte);
    if (value >= 0) {
      this.digits += 1;
      if (this.digits > CHUNK_SIZE_DIGITS_MAX) throw brokenChunk();
      this.remaining = this.remaining * 16 + value;
      this.state = CHUNK_SIZE;
    } else if (this.state === CHUNK_SIZE && byte === CR) {
      this.state = CHUNK_LINE_LF;
    } else if (this.state === CHUNK_SIZE && byte === SEMICOLON) {
      this.state = CHUNK_EXTENSION;
    } else {
      throw brokenChunk();
    }
  }

  /** Trailers are read for their end alone. */
  private stepTrailer(byte: number): void {
    this.headBytes += 1;
    if (this.headBytes > this.headBytesMax) throw headTooLong();
    switch (this.state) {
      case TRAILER_LINE:
        if (byte === CR) this.state = LAST_LF;
        else if (isTokenByte(byte)) this.state = TRAILER_NAME;
        else throw brokenTrailer();
        return;
      case TRAILER_NAME:
        if (byte === COLON) this.state = TRAILER_VALUE;
        else if (!isTokenByte(byte)) throw brokenTrailer();
        return;
      case TRAILER_VALUE:
        if (byte === CR) this.state = TRAILER_LF;
        else if (!isValueByte(byte)) throw brokenTrailer();
        return;
      default:
        if (byte !== LF) throw brokenTrailer();
        this.state = this.state === LAST_LF ? WHOLE : TRAILER_LINE;
    }
  }
}

/** What can only become wrong is refused at once: nobody need wait for its end. */
function checkBegun(early: Buffer, before: number, after: number): void {
  const start = early.toString('latin1', 0, Math.min(after, HTTP.length));
  if (!HTTP.startsWith(start)) throw new BrokenAnswer('The answer is not HTTP/1.0 or HTTP/1.1.');
  if (/[^\r]\n/.test(early.toString('latin1', Math.max(0, before - 1), after))) {
    throw new BrokenAnswer('A line of the head does not end in CRLF.');
  }
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function headTooLong(): BrokenAnswer {
  return new BrokenAnswer('The head of the answer is too long.');
}

function brokenChunk(): BrokenAnswer {
  return new BrokenAnswer('A chunk of the answer is broken.');
}

function brokenTrailer(): BrokenAnswer {
  return new BrokenAnswer('A trailer of the answer is broken.');
}
