// The only hook, run before any byte of a body is read. Closed by default: a route that does not say otherwise, and a
// path that leads nowhere, need a key. Here a request gets its caller, its Snapshot and its cancel signal.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CancelSignal } from '../cancellation.ts';
import { CapabilityError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { authenticate } from '../governance/authenticate.ts';
import { openCaller } from '../governance/caller.ts';
import type { Caller } from '../governance/caller.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import { loggedPath } from './server-log.ts';
import type { Service } from './service.ts';
import { Work } from './traffic.ts';

export interface Admission {
  readonly caller: Caller;
  /** Taken once, here; the request sees no other. */
  readonly snapshot: Snapshot;
  /** Aborted when the caller leaves, or the server goes. */
  readonly signal: CancelSignal;
  /** Set by the endpoint once there is one, for error bodies and the log. */
  invocation?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    admission: Admission | null;
    /** Why it was answered with an error, or cut. */
    failure: ErrorCode | null;
  }
  interface FastifyContextConfig {
    unguarded?: boolean;
  }
}

export function admit(service: Service, request: FastifyRequest, reply: FastifyReply): void {
  const unguarded = request.routeOptions.config?.unguarded === true;
  const work = watchAnswer(service, request, reply);
  if (!unguarded) refuseWhenFull(service);
  service.traffic.enter(work);
  if (service.access === 'open') refuseForeignOrigin(request);
  const snapshot = service.runtime.registry.current;
  const caller = unguarded || service.access === 'open' ? openCaller : callerOf(snapshot.access, request);
  if (!unguarded && service.access === 'keys') refuseCrowd(service, work, caller);
  refuseEncodedBody(request);
  request.admission = { caller, snapshot, signal: work };
}

interface Known {
  readonly access: Snapshot['access'];
  readonly authorization: string | undefined;
  readonly caller: Caller;
}

/** By connection: nearly every one sends the same key over and over. It goes with its connection, and with its Snapshot. */
const known = new WeakMap<object, Known>();

function callerOf(access: Snapshot['access'], { raw, headers }: FastifyRequest): Caller {
  const { authorization } = headers;
  const last = known.get(raw.socket);
  if (last !== undefined && last.access === access && last.authorization === authorization)
    return last.caller;
  const caller = authenticate(access, authorization);
  known.set(raw.socket, { access, authorization, caller });
  return caller;
}

/** What `admit` left on the request; a route without it would be a hole in the hook. */
export function admissionOf(request: FastifyRequest): Admission {
  if (request.admission === null)
    throw new Error('Capstan has a bug: a request reached its endpoint unadmitted');
  return request.admission;
}

function refuseWhenFull({ traffic, limits }: Service): void {
  if (traffic.draining) {
    throw new CapabilityError('overloaded', 'The server is shutting down.', { retryAfterSeconds: 1 });
  }
  if (traffic.inFlight >= limits.concurrentRequests) {
    throw new CapabilityError('overloaded', 'The server is at its limit of concurrent requests.', {
      retryAfterSeconds: 1,
    });
  }
}

function refuseCrowd({ traffic, limits }: Service, work: Work, { name }: Caller): void {
  if (traffic.claim(work, name, limits.concurrentPerCaller)) return;
  throw new CapabilityError('rate_limited', 'This key is at its limit of concurrent requests.', {
    retryAfterSeconds: 1,
  });
}

/** Logs the request and counts it out when its answer is over; a caller who leaves early cancels the work. */
export function watchAnswer(
  { traffic, runtime, log }: Service,
  request: FastifyRequest,
  reply: FastifyReply,
): Work {
  const work = new Work();
  const startedAt = runtime.now();
  reply.raw.on('close', () => {
    traffic.leave(work);
    const cut = !reply.raw.writableFinished;
    if (cut) work.abort(new CapabilityError('cancelled', 'The caller left.'));
    const { admission, failure } = request;
    log.request({
      requestId: request.id,
      method: request.method,
      path: loggedPath(request.url),
      status: reply.raw.statusCode,
      durationMs: runtime.now() - startedAt,
      caller: admission?.caller.name,
      invocation: admission?.invocation,
      error: failure ?? undefined,
      abandoned: cut && failure === null ? true : undefined,
    });
  });
  return work;
}

/** Bodies are read as they are sent; a compressed one would be taken for garbage, or grow without end. */
function refuseEncodedBody({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new CapabilityError('request_invalid', 'The body must be sent without a content encoding.', {
    status: 415,
  });
}

/**
 * A server without keys trusts everybody who reaches it, and a web page that a developer has open can reach loopback
 * (by a name that resolves to it, or by a form). Such requests carry the page's own host or origin.
 */
function refuseForeignOrigin({ headers }: FastifyRequest): void {
  if (headers.host !== undefined && !isLoopback(headers.host)) {
    throw new CapabilityError(
      'forbidden',
      'A server without keys answers only to loopback names such as localhost.',
    );
  }
  const { origin } = headers;
  if (origin !== undefined && !isLoopback(origin.replace(/^https?:\/\//, ''))) {
    throw new CapabilityError('forbidden', 'A server without keys does not answer pages of other origins.');
  }
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|[a-z0-9-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host);
}
