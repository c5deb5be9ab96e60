// POST /v1/chat/completions: with a model, bytes in and bytes out; with a capability, a call of it in chat's clothes.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Target } from '../../runtime/target.ts';
import { answerAsModel } from '../answer-as-model.ts';
import { answerWithRelay } from '../answer-with-relay.ts';
import { beginInvocation } from '../begin-invocation.ts';
import { readChatCall } from '../read-chat-call.ts';
import { chunksOf, readJsonObject } from '../read-json.ts';
import { modelTargetOf, readRelay } from '../read-relay.ts';
import type { Endpoint, Service } from '../service.ts';

export const chatCompletions: Endpoint = {
  method: 'POST',
  path: '/v1/chat/completions',
  answer(service, request, reply) {
    const relayed = readRelay(service, request, 'POST');
    const target = modelTargetOf(request, relayed);
    if (target.kind === 'capability') {
      const body = readJsonObject(chunksOf(request), service.limits.jsonDepth);
      return callCapability(service, { name: relayed.model?.name ?? '', target, body }, request, reply);
    }
    const invocation = beginInvocation(service, request, { target });
    return answerWithRelay(service, invocation, relayed, request, reply);
  },
};

interface CapabilityChat {
  /** What the caller wrote as `model`. */
  readonly name: string;
  readonly target: Extract<Target, { kind: 'capability' }>;
  readonly body: Record<string, unknown>;
}

function callCapability(
  service: Service,
  { name, target, body }: CapabilityChat,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { capability } = target;
  const call = readChatCall(capability, body);
  const { metadata, history } = call;
  const labels = metadata === undefined ? {} : { metadata };
  const invocation = beginInvocation(service, request, { target, history, ...labels });
  return answerAsModel(service, { name, capability, invocation, call }, request, reply);
}
