// What goes wrong on a connection that is ours to name. What the system says (ECONNREFUSED, ECONNRESET, a certificate) and
// undici's ConnectTimeoutError are handed on as they are.

import { errors } from 'undici';

/** Nobody answered at the address in time. */
export function isConnectTimeout(error: Error): boolean {
  return error instanceof errors.ConnectTimeoutError;
}

/** The other side breaks the protocol; the message says where. */
export class BrokenAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BrokenAnswer';
  }
}

/** The other side, or we, closed the connection before the answer was whole. */
export class ClosedEarly extends Error {
  constructor(message = 'The connection was closed before the answer was whole.') {
    super(message);
    this.name = 'ClosedEarly';
  }
}

/** What was to be sent cannot stand in a request. Nothing was sent. */
export class BadRequestHead extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadRequestHead';
  }
}
