// The only hook, run before any byte of a body is read. Closed by default: a route that does not say otherwise, and a
// path that leads nowhere, need a key. Here a request gets its caller, its Snapshot and its cancel signal.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CapabilityError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { authenticate } from '../governance/authenticate.ts';
import { openCaller } from '../governance/caller.ts';
import type { Caller } from '../governance/caller.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import { loggedPath } from './server-log.ts';
import type { Service } from './service.ts';

export interface Admission {
  readonly caller: Caller;
  /** Taken once, here; the request sees no other. */
  readonly snapshot: Snapshot;
  /** Aborted when the caller leaves, or the server goes. */
  readonly signal: AbortSignal;
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
  const caller =
    unguarded || service.access === 'open'
      ? openCaller
      : authenticate(snapshot.access, request.headers.authorization);
  if (!unguarded && service.access === 'keys') refuseCrowd(service, work, caller);
  refuseEncodedBody(request);
  request.admission = { caller, snapshot, signal: work.signal };
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

function refuseCrowd({ traffic, limits }: Service, work: AbortController, { name }: Caller): void {
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
): AbortController {
  const work = new AbortController();
  const startedAt = runtime.now();
  reply.raw.once('close', () => {
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
      ...(admission === null ? {} : { caller: admission.caller.name }),
      ...(admission?.invocation === undefined ? {} : { invocation: admission.invocation }),
      ...(failure === null ? {} : { error: failure }),
      ...(cut && failure === null ? { abandoned: true as const } : {}),
    });
  });
  return work;
}

/** Bodies are read as they are sent; a compressed one would be taken for garbage, or grow without end. */
function refuseEncodedBody({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() === 'identity') return;
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
