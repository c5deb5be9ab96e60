// POST /v1/responses: with a model, bytes in and bytes out; with a capability, a call of it in the clothes of a response.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestMistake } from '../../chat/mistake.ts';
import { readResponseRequest, responseFields } from '../../chat/response-request.ts';
import type { ResponseAsChat } from '../../chat/response-request.ts';
import { CapabilityError } from '../../errors.ts';
import type { Target } from '../../runtime/target.ts';
import { answerAsResponse } from '../answer-as-response.ts';
import { answerWithRelay } from '../answer-with-relay.ts';
import { beginInvocation } from '../begin-invocation.ts';
import { readChatCall } from '../read-chat-call.ts';
import { chunksOf, readJsonObject } from '../read-json.ts';
import { modelTargetOf, readRelay } from '../read-relay.ts';
import type { Endpoint, Service } from '../service.ts';

export const responses: Endpoint = {
  method: 'POST',
  path: '/v1/responses',
  async answer(service, request, reply) {
    const relayed = readRelay(service, request, 'POST');
    const target = modelTargetOf(request, relayed);
    if (target.kind === 'capability') {
      await callCapability(service, target, relayed.model?.name ?? '', request, reply);
    } else {
      const invocation = beginInvocation(service, request, { target });
      await answerWithRelay(service, invocation, relayed, request, reply);
    }
  },
};

async function callCapability(
  service: Service,
  target: Extract<Target, { kind: 'capability' }>,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const body = readJsonObject(chunksOf(request), service.limits.jsonDepth);
  const { capability } = target;
  if (body['instructions'] !== undefined && body['instructions'] !== null) {
    const message = `The capability ${capability.name} brings its own instructions; leave yours out.`;
    throw new CapabilityError('request_invalid', message, { param: 'instructions' });
  }
  const { chat, stream } = readAsChat(body);
  const unread = Object.keys(body).filter((field) => !responseFields.has(field) && body[field] !== null);
  const read = readChatCall(capability, { ...chat, stream });
  const call = { ...read, ignored: [...new Set([...read.ignored.map(responseName), ...unread])] };
  const { metadata, history } = call;
  const labels = metadata === undefined ? {} : { metadata };
  const invocation = beginInvocation(service, request, { target, history, ...labels });
  await answerAsResponse(service, { name, capability, invocation, call }, body, request, reply);
}

function readAsChat(body: Record<string, unknown>): ResponseAsChat {
  try {
    return readResponseRequest(body);
  } catch (error) {
    if (!(error instanceof RequestMistake)) throw error;
    throw new CapabilityError('request_invalid', error.message, { param: error.param });
  }
}

/** What the caller wrote, for a field that a chat calls otherwise. */
function responseName(field: string): string {
  const names: Readonly<Record<string, string>> = {
    max_completion_tokens: 'max_output_tokens',
    reasoning_effort: 'reasoning',
    response_format: 'text',
  };
  return names[field] ?? field;
}
