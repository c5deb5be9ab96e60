// For whoever watches the process: is it alive, and should it get traffic. Needs no key and tells nothing secret.
import type { Endpoint } from '../service.ts';
import { replyJson } from '../reply.ts';

export const healthLive: Endpoint = {
  method: 'GET',
  path: '/health/live',
  unguarded: true,
  answer(_service, request, reply) {
    replyJson(request, reply, 200, { status: 'live' });
  },
};

export const healthReady: Endpoint = {
  method: 'GET',
  path: '/health/ready',
  unguarded: true,
  answer({ traffic, runtime }, request, reply) {
    const { revision } = runtime.registry.current;
    if (traffic.draining) replyJson(request, reply, 503, { status: 'draining', revision });
    else replyJson(request, reply, 200, { status: 'ready', revision });
  },
};
