// From here on a request is an invocation: on the Snapshot that it was admitted to, for the caller that it came from.
import type { FastifyRequest } from 'fastify';
import { openInvocation } from '../runtime/invocation.ts';
import type { Invocation, InvocationOptions } from '../runtime/invocation.ts';
import { admissionOf } from './admit.ts';
import type { Service } from './service.ts';

export function beginInvocation(
  { runtime }: Service,
  request: FastifyRequest,
  asked: Pick<InvocationOptions, 'target' | 'tier' | 'metadata' | 'history'>,
): Invocation {
  const admission = admissionOf(request);
  const { snapshot, caller, signal } = admission;
  const { target, tier, metadata, history } = asked;
  const bypassCache = wantsFreshAnswer(request);
  const requestId = request.id;
  const options = { target, tier, metadata, history, snapshot, caller, signal, requestId, bypassCache };
  const invocation = openInvocation(runtime, options);
  admission.invocation = invocation.id;
  return invocation;
}

/** `Cache-Control: no-cache` or `no-store`: the caller wants an answer that is made for it. */
function wantsFreshAnswer({ headers }: FastifyRequest): boolean {
  const control = headers['cache-control'];
  return control !== undefined && /(?:^|,)\s*no-(?:cache|store)\s*(?:,|$)/i.test(control);
}
