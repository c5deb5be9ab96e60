// A capability's call in the clothes of a response, whole or in events.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { printCompletionChunk, printUsageChunk } from '../chat/openai-format.ts';
import { chunkOfCompletion, createResponseWriter } from '../chat/response-writer.ts';
import type { ResponseEvent, ResponseWriter } from '../chat/response-writer.ts';
import { runCapability } from '../runtime/run-capability.ts';
import { completeAsModel, envelopeOf, ignoredHeader } from './answer-as-model.ts';
import type { ModelCall } from './answer-as-model.ts';
import { createEventStream } from './event-stream.ts';
import type { EventStream } from './event-stream.ts';
import { invocationHeaders } from './invocation-headers.ts';
import { createModelContent } from './model-content.ts';
import type { ModelContent } from './model-content.ts';
import { noteFailure } from './note-failure.ts';
import { replyJson } from './reply.ts';
import type { Service } from './service.ts';
import { toHttpError } from './to-http-error.ts';

export async function answerAsResponse(
  service: Service,
  modelCall: ModelCall,
  body: Record<string, unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { invocation, name } = modelCall;
  const createdAt = Math.floor(service.runtime.now() / 1000);
  const writer = createResponseWriter({ id: invocation.id, createdAt, model: name, request: body });
  if (modelCall.call.stream) await answerInEvents(service, modelCall, writer, request, reply);
  else await answerWhole(service, modelCall, writer, request, reply);
}

async function answerWhole(
  service: Service,
  modelCall: ModelCall,
  writer: ResponseWriter,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { completion, headers } = await completeAsModel(service, modelCall);
  writer.take(chunkOfCompletion(completion));
  writer.end();
  replyJson(request, reply, 200, writer.response(), headers);
}

/** A stream that turns out wrong ends in an error event and without the response, so that nobody takes it for whole. */
async function answerInEvents(
  service: Service,
  { name, capability, invocation, call }: ModelCall,
  writer: ResponseWriter,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { runtime } = service;
  const events = createEventStream(request, reply);
  const envelope = envelopeOf(invocation, runtime.now(), name);
  /** Of the attempt that answers; the others' words were never sent. */
  let content: ModelContent | undefined;
  try {
    const { output, invocation: report } = await runCapability(runtime, invocation, call.input, {
      filter: () => createModelContent(capability),
      start(facts, filter) {
        content = filter as ModelContent | undefined;
        events.open({ ...invocationHeaders(facts), ...ignoredHeader(call) });
        return sendAll(events, writer.begin());
      },
      delta: (text) => sendAll(events, writer.take(printCompletionChunk(envelope, { text }))),
    });
    const rest = content?.rest(output) ?? '';
    await sendAll(events, [
      ...writer.take(printCompletionChunk(envelope, { text: rest, finishReason: 'stop' })),
      ...writer.take(printUsageChunk(envelope, report.usage)),
      ...writer.end(),
    ]);
  } catch (error) {
    if (!events.opened) throw error;
    noteFailure(service, request, error);
    const { code, message } = toHttpError(error, invocation.id).body.error;
    await sendAll(events, writer.fail({ code, message }));
  }
  events.end();
}

async function sendAll(events: EventStream, all: readonly ResponseEvent[]): Promise<void> {
  for (const event of all) await events.send(event, event.type);
}
