// POST /v1/capabilities/{ref}: one call of one capability, answered as JSON or as server-sent events.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { suggest } from '../../diagnostics/suggest.ts';
import { CapabilityError } from '../../errors.ts';
import type { Capability } from '../../registry/snapshot.ts';
import type { Once } from '../../runtime/idempotency.ts';
import { runCapability } from '../../runtime/run-capability.ts';
import type { CapabilityResult, CapabilitySink, InvocationFacts } from '../../runtime/run-capability.ts';
import { admissionOf } from '../admit.ts';
import { createEventStream } from '../event-stream.ts';
import { beginInvocation } from '../begin-invocation.ts';
import { findCapability } from '../find-capability.ts';
import { invocationHeaders } from '../invocation-headers.ts';
import { noteFailure } from '../note-failure.ts';
import { quoted } from '../quoted.ts';
import { chunksOf, readJsonObject } from '../read-json.ts';
import { readMetadata } from '../read-metadata.ts';
import { replyJson } from '../reply.ts';
import type { ReplyHeaders } from '../reply.ts';
import type { Endpoint, Service } from '../service.ts';
import { toHttpError } from '../to-http-error.ts';

export const invokeCapability: Endpoint = {
  method: 'POST',
  path: '/v1/capabilities/:ref',
  async answer(service, request, reply) {
    const { ref } = request.params as { ref: string };
    const capability = findCapability(admissionOf(request).snapshot, ref);
    const call = readCall(
      readJsonObject(chunksOf(request), service.limits.jsonDepth),
      request.headers.accept,
    );
    const work = { capability, call, key: readIdempotencyKey(request) };
    if (call.stream) await answerWithEvents(service, work, request, reply);
    else await answerWithJson(service, work, request, reply);
  },
};

interface Work {
  readonly capability: Capability;
  readonly call: Call;
  /** Of the calls that have the same, one works; the others get its answer. */
  readonly key: string | undefined;
}

interface Call {
  readonly input: unknown;
  readonly tier: string | undefined;
  readonly stream: boolean;
  readonly metadata: Record<string, string> | undefined;
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
  return { input, tier, stream: stream ?? acceptsEvents(accept), metadata };
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
  service: Service,
  work: Work,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { result, replayed } = await run(service, work, request);
  replyJson(request, reply, 200, result, headersOf(result.invocation, replayed));
}

/** Nothing is sent before the first content, so a failure until then is an ordinary HTTP error. */
async function answerWithEvents(
  service: Service,
  work: Work,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const events = createEventStream(request, reply);
  const sink = (replayed: boolean): CapabilitySink => ({
    start(facts) {
      events.open(headersOf(facts, replayed));
      return events.send({ invocation: facts }, 'start');
    },
    delta: (text) => events.send({ text }, 'delta'),
  });
  try {
    const { result, replayed } = await run(service, work, request, sink(false));
    if (replayed) await sendWhole(result, sink(true));
    await events.send(result, 'result');
  } catch (error) {
    if (!events.opened) throw error;
    noteFailure(service, request, error);
    await events.send(toHttpError(error, admissionOf(request).invocation).body, 'error');
  }
  events.end();
}

/** Runs the call, or finds the answer of the call that it repeats. */
async function run(
  service: Service,
  work: Work,
  request: FastifyRequest,
  sink?: CapabilitySink,
): Promise<Once<CapabilityResult>> {
  const { capability, call, key } = work;
  const { runtime } = service;
  if (key === undefined) return { result: await invoke(service, work, request, sink), replayed: false };
  const admission = admissionOf(request);
  const { caller, signal } = admission;
  const asked = { capability: capability.key, input: call.input, tier: call.tier, metadata: call.metadata };
  const once = await runtime.idempotency.once({ key, caller, request: asked, signal }, () =>
    invoke(service, work, request, sink),
  );
  admission.invocation = once.result.invocation.id;
  return once;
}

function invoke(
  service: Service,
  { capability, call }: Work,
  request: FastifyRequest,
  sink?: CapabilitySink,
): Promise<CapabilityResult> {
  const { tier, metadata } = call;
  const target = { kind: 'capability', capability } as const;
  const invocation = beginInvocation(service, request, { target, tier, metadata });
  return runCapability(service.runtime, invocation, call.input, sink);
}

async function sendWhole({ output, invocation }: CapabilityResult, sink: CapabilitySink): Promise<void> {
  await sink.start(invocation);
  await sink.delta(typeof output === 'string' ? output : JSON.stringify(output));
}

function headersOf(facts: InvocationFacts, replayed: boolean): ReplyHeaders {
  return { ...invocationHeaders(facts), ...(replayed ? { 'idempotent-replayed': 'true' } : {}) };
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

function readIdempotencyKey({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && IDEMPOTENCY_KEY.test(key))) return key;
  const message = 'An Idempotency-Key has 1 to 255 visible ASCII characters.';
  throw new CapabilityError('request_invalid', message, { param: 'Idempotency-Key' });
}
