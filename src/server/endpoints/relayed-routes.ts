// Everything else of OpenAI's API (embeddings, completions, images, audio, moderations, files, batches, vector stores, …
// and what a provider adds to it): bytes in and bytes out, to the provider of the model, else to the one that the request
// names by `x-capstan-provider`, else to the project's default.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CapabilityError } from '../../errors.ts';
import type { RelayCall } from '../../runtime/relay-call.ts';
import type { Target } from '../../runtime/target.ts';
import { answerWithRelay } from '../answer-with-relay.ts';
import { beginInvocation } from '../begin-invocation.ts';
import { isOwnRoom } from '../no-such-route.ts';
import { readRelay, relayTargetOf } from '../read-relay.ts';
import { loggedPath } from '../server-log.ts';
import type { Endpoint, Service } from '../service.ts';

export const relayedGet = relayedRoute('GET');
export const relayedPost = relayedRoute('POST');
export const relayedDelete = relayedRoute('DELETE');

function relayedRoute(method: Endpoint['method']): Endpoint {
  return {
    method,
    path: '/v1/*',
    relays: true,
    async answer(service, request, reply) {
      if (isOwnRoom(loggedPath(request.url))) {
        reply.callNotFound();
        return;
      }
      const call = readRelay(service, request, method);
      const target = relayTargetOf(request, call);
      if (target === undefined) throw noProvider();
      refuseChoice(call, target);
      await relayCall(service, { call, target }, request, reply);
    },
  };
}

async function relayCall(
  service: Service,
  { call, target }: { readonly call: RelayCall; readonly target: Target },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const invocation = beginInvocation(service, request, { target });
  await answerWithRelay(service, invocation, call, request, reply);
}

/** Capabilities, and models that we choose, answer in words. */
function refuseChoice({ model }: RelayCall, target: Target): void {
  if (target.kind === 'model') return;
  const what = target.kind === 'capability' ? 'A capability' : 'A tier';
  const message = `${what} answers /v1/chat/completions and /v1/responses; here "model" must name one model, not ${JSON.stringify(model?.name)}.`;
  throw new CapabilityError('request_invalid', message, { param: 'model' });
}

function noProvider(): CapabilityError {
  return new CapabilityError(
    'request_invalid',
    'Nothing says which provider this is for. Name one in the header x-capstan-provider, or set defaults.provider in capstan.yaml.',
    { param: 'x-capstan-provider' },
  );
}
