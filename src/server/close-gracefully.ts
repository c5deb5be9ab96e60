// The end of a server: no new requests, time for those that are being answered, then no more.
import type { FastifyInstance } from 'fastify';
import { CapabilityError } from '../errors.ts';
import type { Traffic } from './traffic.ts';

/** Ties a server to the traffic that must end with it. */
export function closesWith(app: FastifyInstance, traffic: Traffic): void {
  app.addHook('preClose', async () => drain(app, traffic));
}

/** A connection that was kept alive for a next request has none to wait for once its answer is over. */
function drain({ server }: FastifyInstance, traffic: Traffic): void {
  traffic.drain(() => setImmediate(() => server.closeIdleConnections()));
}

/** How long cancelled requests may take to say so before their connections are cut. */
const CANCEL_MS = 1_000;

/**
 * Stops accepting, lets answers finish for `graceMs`, then cancels what is left; resolves when every connection is
 * closed.
 */
export async function closeGracefully(app: FastifyInstance, graceMs: number): Promise<void> {
  const { traffic } = app;
  drain(app, traffic);
  const cancel = setTimeout(() => {
    traffic.cancelAll(new CapabilityError('overloaded', 'The server is shutting down.'));
  }, graceMs);
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs + CANCEL_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(cancel);
    clearTimeout(cut);
  }
}
