// HTTP/1.1 to one origin, as little of it as a provider needs: one request at a time on each connection, connections kept
// and used again, the last used first. It retries nothing, follows nothing, decodes nothing and limits no time but that of
// connecting: who sends does that.

import { assert } from '../../errors.ts';
import { Connection } from './connection.ts';
import { ClosedEarly } from './faults.ts';
import { encodeConstantHead, encodeHead } from './request-head.ts';
import { Sending } from './sending.ts';

export interface LineOptions {
  /** `http:` or `https:`; its path counts for nothing. */
  readonly origin: URL;
  readonly connectMs: number;
  /** How long an idle connection is kept; a shorter wish of the other side is heeded. */
  readonly keepAliveMs: number;
  /** Idle ones included. Who sends keeps to it: more requests than that at once are a bug. */
  readonly connectionsMax: number;
  /** Longest head of an answer, interim heads included; the same again for its trailers. */
  readonly headBytesMax?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

export interface Line {
  /**
   * Sends on an idle connection, else on a new one. Throws for nothing that a request or the network may be: the handler
   * hears, and never before `dispatch` has returned.
   */
  dispatch(request: LineRequest, handler: LineHandler): Exchange;
  /** Ends every connection; exchanges under way fail. */
  destroy(): void;
  /** Connections: busy, idle, or being made. */
  readonly open: number;
}

export interface LineRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Name, value, name, value. Host, length and whatever else is about the connection are set here. */
  readonly headers: readonly string[];
  /** In pieces, which must not change while the exchange lasts. */
  readonly body: readonly Uint8Array[];
}

/** None of these may throw. Nothing is called after `onEnd` or `onError`, exactly one of which comes unless aborted. */
export interface LineHandler {
  /** There is a connection, and the request is being written. */
  onSent(): void;
  /** Lower-case names, what was repeated joined with a comma. Interim answers (1xx) are not told. */
  onHead(status: number, headers: Record<string, string>): void;
  /** The bytes belong to the receiver and are never none. */
  onData(bytes: Buffer): void;
  /** What has come of the answer is handed on, and more is to come. */
  onWaiting(): void;
  onEnd(): void;
  onError(error: Error): void;
}

/** What it does after the end of the exchange is nothing. */
export interface Exchange {
  /** The handler hears of no head, data or end until `resume`; of errors it does. Before the request is sent, nothing. */
  pause(): void;
  /** What was read meanwhile is handed on before this returns. */
  resume(): void;
  /** Ends the exchange, and its connection unless nothing was written on it yet; the handler hears nothing more. */
  abort(): void;
}

const HEAD_BYTES_MAX = 64 * 1024;
/** How often idle connections are looked at. One that is too old is never used, however late this is. */
const SWEEP_MS = 1000;

/** Makes a line. It connects when the first request comes. */
export function createLine(options: LineOptions): Line {
  return new ConnectionPool(options);
}

export class ConnectionPool implements Line {
  readonly origin: URL;
  readonly connectMs: number;
  readonly headBytesMax: number;
  /** The last TLS session, so that the next handshake is short. */
  session: Buffer | undefined;

  private readonly keepAliveMs: number;
  private readonly connectionsMax: number;
  private readonly now: () => number;
  private readonly constantHead: string;
  private readonly connections = new Set<Connection>();
  /** The one used last is at the end. */
  private readonly idle: Connection[] = [];
  /** Those that were idle and get their request at the end of this turn. */
  private waiting: Connection[] = [];
  private sweeper: NodeJS.Timeout | undefined;
  private destroyed = false;

  constructor(options: LineOptions) {
    const { protocol } = options.origin;
    assert(protocol === 'http:' || protocol === 'https:', 'a line is for HTTP');
    this.origin = options.origin;
    this.connectMs = options.connectMs;
    this.headBytesMax = options.headBytesMax ?? HEAD_BYTES_MAX;
    this.keepAliveMs = options.keepAliveMs;
    this.connectionsMax = options.connectionsMax;
    this.now = options.now ?? monotonicNow;
    this.constantHead = encodeConstantHead(options.origin);
  }

  get open(): number {
    return this.connections.size;
  }

  dispatch(request: LineRequest, handler: LineHandler): Exchange {
    const { method, body } = request;
    let bodyBytes = 0;
    for (const piece of body) bodyBytes += piece.length;
    let head: string;
    try {
      head = encodeHead(request, this.constantHead, bodyBytes);
    } catch (error) {
      const refused = new Sending(handler, method, '', [], 0);
      queueMicrotask(() => refused.fail(error as Error));
      return refused;
    }
    const sending = new Sending(handler, method, head, body, bodyBytes);
    if (this.destroyed) queueMicrotask(() => sending.fail(lineIsDestroyed()));
    else this.assign(sending);
    return sending;
  }

  destroy(): void {
    this.destroyed = true;
    clearTimeout(this.sweeper);
    for (const connection of [...this.connections]) connection.fail(lineIsDestroyed());
  }

  /** Gives the request a connection. */
  assign(sending: Sending): void {
    const connection = this.takeIdle();
    if (connection === undefined) {
      assert(this.connections.size < this.connectionsMax, 'calls are limited before they come here');
      this.connections.add(new Connection(this, sending));
      return;
    }
    connection.take(sending);
    // What the other side did to an idle connection, a farewell or bytes nobody asked for, may lie there unread. It is read
    // before this turn of the event loop ends; written to at once, those bytes would pass for the answer to this request.
    if (this.waiting.length === 0) setImmediate(sendWaiting, this);
    this.waiting.push(connection);
  }

  sendWaiting(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const connection of waiting) connection.send();
  }

  /** Until when a connection may be used, of which the other side says for how long. */
  untilWhenIdle(keptMs: number): number {
    return this.now() + Math.min(keptMs, this.keepAliveMs);
  }

  /** Takes a connection that is idle. */
  putBack(connection: Connection): void {
    this.idle.push(connection);
    this.sweeper ??= setTimeout(sweepIdle, Math.min(SWEEP_MS, this.keepAliveMs), this).unref();
  }

  /** Ends what was idle for too long. */
  sweep(): void {
    const now = this.now();
    for (const connection of this.idle.filter(({ idleUntil }) => idleUntil <= now)) connection.destroy();
    if (this.idle.length > 0) this.sweeper?.refresh();
    else this.sweeper = undefined;
  }

  /** A connection is no more. */
  forget(connection: Connection): void {
    this.connections.delete(connection);
    const at = this.idle.lastIndexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }

  private takeIdle(): Connection | undefined {
    if (this.idle.length === 0) return undefined;
    const now = this.now();
    for (;;) {
      const connection = this.idle.pop();
      if (connection === undefined || connection.idleUntil > now) return connection;
      connection.destroy();
    }
  }
}

function sendWaiting(pool: ConnectionPool): void {
  pool.sendWaiting();
}

function sweepIdle(pool: ConnectionPool): void {
  pool.sweep();
}

function monotonicNow(): number {
  return performance.now();
}

function lineIsDestroyed(): ClosedEarly {
  return new ClosedEarly('The connections to this origin were ended.');
}
