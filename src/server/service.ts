// What every endpoint is given besides its request.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '../runtime/runtime.ts';
import type { ServerLimits } from './limits.ts';
import type { ServerLog } from './server-log.ts';
import type { Traffic } from './traffic.ts';

export interface Service {
  readonly runtime: Runtime;
  readonly access: 'keys' | 'open';
  readonly limits: ServerLimits;
  readonly traffic: Traffic;
  readonly log: ServerLog;
}

/** One method on one path. `answer` replies, or throws what `toHttpError` will put into words. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Answered without a key, and while the server is at its limit. */
  readonly unguarded?: true;
  /** Takes what no other endpoint does below a prefix, and bodies that are not JSON. */
  readonly relays?: true;
  answer(service: Service, request: FastifyRequest, reply: FastifyReply): void | Promise<void>;
}
