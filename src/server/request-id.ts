// A caller's `x-request-id` is echoed when it is short and plain; anything else is replaced, not refused.
import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';

const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}$/;

export function requestIdOf(request: IncomingMessage, newId: () => string): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
}

/** Whether the caller named the request itself, and so knows it by that name. */
export function isOwnRequestId({ id, headers }: FastifyRequest): boolean {
  return headers['x-request-id'] === id;
}
