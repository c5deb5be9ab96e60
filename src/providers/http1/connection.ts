// One connection and the request that is on it. The socket reads past Node's streams into buffers of ours: what is handed on
// is copied once, or was read straight to where it stays. A connection is used again only when nothing about its last answer
// was in doubt.

import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { AnswerReader } from './answer-reader.ts';
import { BrokenAnswer, ClosedEarly } from './faults.ts';
import type { ConnectionPool } from './line.ts';
import type { Sending } from './sending.ts';

const CONNECTING = 0;
/** Nothing is on it; nothing may come. */
const IDLE = 1;
/** It has a request, of which nothing is written. */
const TAKEN = 2;
const BUSY = 3;
const DEAD = 4;

const READ_BYTES = 64 * 1024;
/** Up to here a request is one buffer and one write; a longer one is written in its pieces, without a copy. */
const COPY_BYTES_MAX = 16 * 1024;
const NOTHING = Buffer.alloc(0);
const WRITTEN: readonly Uint8Array[] = [];

/** Of a body, so much that reading it straight to where it stays is worth a buffer of its own, which has at most so much. */
const DIRECT_BYTES_MIN = 16 * 1024;
const DIRECT_BYTES_MAX = 128 * 1024;
/** A read that does not fill its buffer was the last for now: it spares asking again, and shows what follows a body. */
const DIRECT_BYTES_MORE = 64;

/** Filled and emptied within one callback, so that all connections of a thread can have the same. */
const scratchOfThread = Buffer.allocUnsafeSlow(READ_BYTES);

export class Connection {
  /** When it is too old to be used, by the line's clock. */
  idleUntil = 0;

  private readonly pool: ConnectionPool;
  private readonly reader: AnswerReader;
  private socket: Socket | undefined;
  private sending: Sending | undefined;
  private state = CONNECTING;
  private paused = false;
  /** The other side will send no more. */
  private ended = false;
  /** Whether bytes are being handed on: then who resumes need not. */
  private advancing = false;
  /** Windows fills a buffer while other callbacks run. */
  private readonly scratch =
    process.platform === 'win32' ? Buffer.allocUnsafeSlow(READ_BYTES) : scratchOfThread;
  /** Where the socket reads to: `scratch`, or what will be handed on as it is. */
  private target: Buffer = this.scratch;
  /** Read, and not yet handed on. */
  private held: Buffer = NOTHING;

  constructor(pool: ConnectionPool, sending: Sending) {
    this.pool = pool;
    this.reader = new AnswerReader(pool.headBytesMax);
    this.sending = sending;
    sending.connection = this;
    this.connect();
  }

  /** Puts a request on an idle connection, without sending it. */
  take(sending: Sending): void {
    this.state = TAKEN;
    this.sending = sending;
    sending.connection = this;
    this.socket?.ref();
  }

  /** Writes the request that it has taken, if it still has one. */
  send(): void {
    const { sending, socket } = this;
    if (this.state !== TAKEN || sending === undefined || socket === undefined) return;
    this.state = BUSY;
    this.reader.begin(sending.method);
    sending.handler.onSent();
    if (this.sending === sending) write(socket, sending);
  }

  pause(): void {
    if (this.state !== BUSY || this.paused) return;
    this.paused = true;
    this.socket?.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (!this.ended) this.socket?.resume();
    if (this.advancing) return;
    if (this.reader.inHead && this.held.length > 0) this.readHead(this.held, this.held.length);
    else this.advance();
  }

  /** The sender wants no more. */
  abandon(): void {
    this.release();
    if (this.state === TAKEN) this.rest();
    else this.destroy();
  }

  fail(error: Error): void {
    const sending = this.release();
    this.destroy();
    sending?.fail(error);
  }

  destroy(): void {
    if (this.state === DEAD) return;
    this.state = DEAD;
    this.held = NOTHING;
    this.pool.forget(this);
    this.socket?.destroy();
  }

  private connect(): void {
    const { pool } = this;
    const { hostname, host, protocol, port } = pool.origin;
    const connector = buildConnector({
      allowH2: false,
      timeout: pool.connectMs,
      maxCachedSessions: 0,
      ...(pool.session === undefined ? {} : { session: pool.session }),
      port: Number(port),
      onread: {
        buffer: () => this.target,
        callback: (length) => {
          const { target } = this;
          this.onRead(target, length);
          this.aim(target, length);
          return true;
        },
      },
    });
    // The types hide that it returns the socket, which is needed to end the wait.
    this.socket = connector(
      { hostname: hostname.replace(/^\[|\]$/g, ''), host, protocol, port },
      (error, socket) => (error === null ? this.onConnected(socket) : this.fail(error)),
    ) as unknown as Socket;
    this.socket.on('session', (session: Buffer) => {
      pool.session = session;
    });
  }

  private onConnected(socket: Socket): void {
    if (this.state === DEAD) {
      socket.destroy();
      return;
    }
    this.socket = socket;
    socket.on('end', () => this.onEnded());
    socket.on('error', (error) => this.onLost(error));
    socket.on('close', () => this.onLost(new ClosedEarly()));
    this.state = TAKEN;
    this.send();
  }

  private onRead(bytes: Buffer, length: number): void {
    if (this.state !== BUSY) {
      // Nobody asked for these bytes, so nobody knows what they answer.
      this.leave(new BrokenAnswer('Bytes came before there was a request.'));
      return;
    }
    if (this.paused) {
      this.held = Buffer.concat([this.held, bytes.subarray(0, length)]);
      return;
    }
    if (this.reader.inHead) {
      this.readHead(bytes, length);
    } else {
      this.held = bytes === this.scratch ? copyOf(bytes, 0, length) : bytes.subarray(0, length);
      this.advance();
    }
  }

  /** Where the next bytes are read to: much of a body goes where it will stay, so that it need not be copied. */
  private aim(before: Buffer, length: number): void {
    const expected = this.state === BUSY ? this.reader.bytesExpected : 0;
    const rest = before === this.scratch ? 0 : before.length - length;
    if (rest > 0 && rest > Math.min(expected, DIRECT_BYTES_MIN)) {
      this.target = expected > 0 ? before.subarray(length) : this.scratch;
    } else if (expected >= DIRECT_BYTES_MIN) {
      this.target = Buffer.allocUnsafeSlow(Math.min(expected, DIRECT_BYTES_MAX) + DIRECT_BYTES_MORE);
    } else {
      this.target = this.scratch;
    }
  }

  private readHead(bytes: Buffer, length: number): void {
    const { reader, sending } = this;
    let at: number;
    try {
      at = reader.readHead(bytes, length);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    // Copied before anybody hears: what is called from here may let another connection read.
    this.held = at >= 0 && at < length ? copyOf(bytes, at, length) : NOTHING;
    if (at >= 0) {
      this.advancing = true;
      sending?.handler.onHead(reader.status, reader.headers);
      this.advancing = false;
    }
    this.advance();
  }

  /** Hands on what is held, until it is used up, the reader pauses, or the exchange is over. */
  private advance(): void {
    const { reader, sending } = this;
    if (sending === undefined) return;
    const bytes = this.held;
    let at = 0;
    this.advancing = true;
    while (at < bytes.length && !this.paused && !reader.isWhole) {
      try {
        at = reader.step(bytes, at);
      } catch (error) {
        this.advancing = false;
        this.fail(error as Error);
        return;
      }
      const { pieceAt, pieceEnd } = reader;
      if (pieceEnd === pieceAt) continue;
      const isAll = pieceAt === 0 && pieceEnd === bytes.length;
      sending.handler.onData(isAll ? bytes : bytes.subarray(pieceAt, pieceEnd));
      // Whoever leaves an exchange that is under way leaves the connection.
      if (this.sending !== sending) return;
    }
    this.advancing = false;
    this.held = at < bytes.length ? bytes.subarray(at) : NOTHING;
    if (this.paused) return;
    if (reader.isWhole) this.finish(sending);
    else if (this.ended) this.onEnded();
    else if (!reader.inHead) sending.handler.onWaiting();
  }

  /** The other side has said all. What was read and is held comes first. */
  private onEnded(): void {
    this.ended = true;
    if (this.state !== BUSY) this.leave(new ClosedEarly());
    else if (this.paused) return;
    else if (this.reader.endsByClosing && this.sending !== undefined) this.finish(this.sending);
    else this.fail(new ClosedEarly());
  }

  private onLost(error: Error): void {
    // With a paused reader, all that will come may be here.
    if (this.state === BUSY && (this.ended || this.reader.isWhole)) this.ended = true;
    else this.leave(error);
  }

  /** The connection is gone. A request that was not yet written on it gets another. */
  private leave(error: Error): void {
    if (this.state !== TAKEN) {
      this.fail(error);
      return;
    }
    const sending = this.release();
    this.destroy();
    if (sending !== undefined) this.pool.assign(sending);
  }

  private finish(sending: Sending): void {
    const { reader, socket } = this;
    this.release();
    // Bytes after the end belong to no answer. Of a long request that was answered early, the rest would stand in the way of
    // the next one; of a short one, the system has all of it, though TLS says so a turn late.
    const isWritten = sending.bodyBytes <= COPY_BYTES_MAX || socket?.writableLength === 0;
    const isClean = isWritten && this.held.length === 0 && !this.ended;
    if (isClean && reader.keptMs > 0) {
      this.idleUntil = this.pool.untilWhenIdle(reader.keptMs);
      this.rest();
    } else {
      this.destroy();
    }
    sending.end();
  }

  /** Waits for the next request, without keeping the process alive. */
  private rest(): void {
    this.state = IDLE;
    this.socket?.unref();
    this.pool.putBack(this);
  }

  private release(): Sending | undefined {
    const { sending } = this;
    this.sending = undefined;
    if (sending !== undefined) sending.connection = undefined;
    return sending;
  }
}

function write(socket: Socket, sending: Sending): void {
  const { head, body, bodyBytes } = sending;
  sending.body = WRITTEN;
  if (bodyBytes === 0) {
    socket.write(head, 'latin1');
  } else if (bodyBytes <= COPY_BYTES_MAX) {
    const bytes = Buffer.allocUnsafe(head.length + bodyBytes);
    let at = bytes.write(head, 0, 'latin1');
    for (const piece of body) {
      bytes.set(piece, at);
      at += piece.length;
    }
    socket.write(bytes);
  } else {
    socket.cork();
    socket.write(head, 'latin1');
    for (const piece of body) if (piece.length > 0) socket.write(piece);
    socket.uncork();
  }
}

function copyOf(bytes: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafe(to - from);
  bytes.copy(copy, 0, from, to);
  return copy;
}
