// POST /v1/chat/completions: with a model, bytes in and bytes out; with a capability, a call of it in chat's clothes.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CapabilityError } from '../../errors.ts';
import { parseTarget } from '../../runtime/target.ts';
import type { Target } from '../../runtime/target.ts';
import { admissionOf } from '../admit.ts';
import { answerAsModel } from '../answer-as-model.ts';
import { answerWithRelay } from '../answer-with-relay.ts';
import { beginInvocation } from '../begin-invocation.ts';
import { readChatCall } from '../read-chat-call.ts';
import { jsonBytes, readJsonObject } from '../read-json.ts';
import type { Endpoint, Service } from '../service.ts';

export const chatCompletions: Endpoint = {
  method: 'POST',
  path: '/v1/chat/completions',
  async answer(service, request, reply) {
    const body = readJsonObject(request.body, service.limits.jsonDepth);
    const name = readModel(body['model']);
    const target = parseTarget(admissionOf(request).snapshot, name);
    if (target.kind === 'capability') {
      await callCapability(service, { name, target, body }, request, reply);
    } else {
      const invocation = beginInvocation(service, request, { target });
      await answerWithRelay(service, invocation, jsonBytes(request.body), request, reply);
    }
  },
};

function readModel(model: unknown): string {
  if (typeof model === 'string' && model !== '') return model;
  const wanted =
    model === undefined
      ? 'The body has no "model". GET /v1/models lists what it may name.'
      : '"model" must be the name of a model or of a capability.';
  throw new CapabilityError('request_invalid', wanted, { param: 'model' });
}

interface CapabilityChat {
  /** What the caller wrote as `model`. */
  readonly name: string;
  readonly target: Extract<Target, { kind: 'capability' }>;
  readonly body: Record<string, unknown>;
}

async function callCapability(
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
  await answerAsModel(service, { name, capability, invocation, call }, request, reply);
}
