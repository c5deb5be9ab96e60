// One exchange as its sender holds it. It outlives its place on the connection: after the end it holds nothing, so a late
// call cannot touch the next request on the same connection.

import type { Connection } from './connection.ts';
import type { Exchange, LineHandler } from './line.ts';

export class Sending implements Exchange {
  readonly handler: LineHandler;
  readonly method: string;
  readonly head: string;
  readonly bodyBytes: number;
  /** Let go of when it is written: an answer may last for minutes. */
  body: readonly Uint8Array[];
  /** Undefined before and after its place on one. */
  connection: Connection | undefined;
  private over = false;

  constructor(
    handler: LineHandler,
    method: string,
    head: string,
    body: readonly Uint8Array[],
    bodyBytes: number,
  ) {
    this.handler = handler;
    this.method = method;
    this.head = head;
    this.body = body;
    this.bodyBytes = bodyBytes;
  }

  pause(): void {
    this.connection?.pause();
  }

  resume(): void {
    this.connection?.resume();
  }

  abort(): void {
    this.over = true;
    this.connection?.abandon();
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    this.handler.onEnd();
  }

  fail(error: Error): void {
    if (this.over) return;
    this.over = true;
    this.handler.onError(error);
  }
}
