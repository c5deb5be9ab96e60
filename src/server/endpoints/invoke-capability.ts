// POST /v1/capabilities/{ref}: one call of one capability, answered as JSON or as server-sent events.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { suggest } from '../../diagnostics/suggest.ts';
import { CapabilityError } from '../../errors.ts';
import type { Invocation } from '../../runtime/invocation.ts';
import { runCapability } from '../../runtime/run-capability.ts';
import { admissionOf } from '../admit.ts';
import { createEventStream } from '../event-stream.ts';
import { beginInvocation } from '../begin-invocation.ts';
import { findCapability } from '../find-capability.ts';
import { invocationHeaders } from '../invocation-headers.ts';
import { noteFailure } from '../note-failure.ts';
import { quoted } from '../quoted.ts';
import { readJsonObject } from '../read-json.ts';
import { readMetadata } from '../read-metadata.ts';
import { replyJson } from '../reply.ts';
import type { Endpoint, Service } from '../service.ts';
import { toHttpError } from '../to-http-error.ts';

export const invokeCapability: Endpoint = {
  method: 'POST',
  path: '/v1/capabilities/:ref',
  async answer(service, request, reply) {
    const { ref } = request.params as { ref: string };
    const capability = findCapability(admissionOf(request).snapshot, ref);
    const call = readCall(readJsonObject(request.body, service.limits.jsonDepth), request.headers.accept);
    const invocation = beginInvocation(service, request, {
      target: { kind: 'capability', capability },
      ...(call.tier === undefined ? {} : { tier: call.tier }),
      ...(call.metadata === undefined ? {} : { metadata: call.metadata }),
    });
    if (call.stream) await answerWithEvents(service, invocation, call.input, request, reply);
    else await answerWithJson(service, invocation, call.input, request, reply);
  },
};

interface Call {
  readonly input: unknown;
  readonly tier?: string;
  readonly stream: boolean;
  readonly metadata?: Record<string, string>;
}

const fields = ['input', 'tier', 'stream', 'metadata'];

function readCall(body: Record<string, unknown>, accept: string | undefined): Call {
  for (const field of Object.keys(body)) {
    if (!fields.includes(field)) throw unknownField(field);
  }
  const { input, tier, stream } = body;
  if (!Object.hasOwn(body, 'input')) {
    throw new CapabilityError('request_invalid', 'The body has no "input".', { param: 'input' });
  }
  if (tier !== undefined && typeof tier !== 'string') {
    throw new CapabilityError('request_invalid', '"tier" must be the name of a tier.', { param: 'tier' });
  }
  if (stream !== undefined && typeof stream !== 'boolean') {
    throw new CapabilityError('request_invalid', '"stream" must be true or false.', { param: 'stream' });
  }
  const metadata = readMetadata(body['metadata']);
  return {
    input,
    ...(tier === undefined ? {} : { tier }),
    stream: stream ?? acceptsEvents(accept),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function unknownField(field: string): CapabilityError {
  const [near] = suggest(field, fields);
  const hint =
    near === undefined
      ? `The body's fields are ${fields.join(', ')}; what the capability takes stands inside "input".`
      : `Did you mean "${near}"?`;
  return new CapabilityError('request_invalid', `The body has no field ${quoted(field)}. ${hint}`, {
    param: field.slice(0, 80),
  });
}

function acceptsEvents(accept: string | undefined): boolean {
  return accept !== undefined && /(?:^|,)\s*text\/event-stream\s*(?:[;,]|$)/i.test(accept);
}

async function answerWithJson(
  { runtime }: Service,
  invocation: Invocation,
  input: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const result = await runCapability(runtime, invocation, input);
  replyJson(request, reply, 200, result, invocationHeaders(result.invocation));
}

/** Nothing is sent before the first content, so a failure until then is an ordinary HTTP error. */
async function answerWithEvents(
  service: Service,
  invocation: Invocation,
  input: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const events = createEventStream(request, reply);
  try {
    const result = await runCapability(service.runtime, invocation, input, {
      start(facts) {
        events.open(invocationHeaders(facts));
        return events.send({ invocation: facts }, 'start');
      },
      delta: (text) => events.send({ text }, 'delta'),
    });
    await events.send(result, 'result');
  } catch (error) {
    if (!events.opened) throw error;
    noteFailure(service, request, error);
    await events.send(toHttpError(error, invocation.id).body, 'error');
  }
  events.end();
}
