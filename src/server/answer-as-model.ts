// A capability's call in the clothes of a chat completion, whole or in chunks.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { printCompletion, printCompletionChunk, printUsageChunk } from '../chat/openai-format.ts';
import type { AnswerEnvelope } from '../chat/openai-format.ts';
import type { Capability, Json } from '../registry/snapshot.ts';
import type { Invocation } from '../runtime/invocation.ts';
import { runCapability } from '../runtime/run-capability.ts';
import { createEventStream } from './event-stream.ts';
import { invocationHeaders } from './invocation-headers.ts';
import { createModelContent } from './model-content.ts';
import type { ModelContent } from './model-content.ts';
import type { ChatCall } from './read-chat-call.ts';
import { noteFailure } from './note-failure.ts';
import { replyJson } from './reply.ts';
import type { ReplyHeaders } from './reply.ts';
import type { Service } from './service.ts';
import { toHttpError } from './to-http-error.ts';

export interface ModelCall {
  /** What the caller wrote as `model`; the answer repeats it, who really answered is in the headers. */
  readonly name: string;
  readonly capability: Capability;
  readonly invocation: Invocation;
  readonly call: ChatCall;
}

export async function answerAsModel(
  service: Service,
  modelCall: ModelCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (modelCall.call.stream) await answerInChunks(service, modelCall, request, reply);
  else await answerWhole(service, modelCall, request, reply);
}

async function answerWhole(
  service: Service,
  modelCall: ModelCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { completion, headers } = await completeAsModel(service, modelCall);
  replyJson(request, reply, 200, completion, headers);
}

/** Runs the call to its end; the answer as a chat completion, and the headers that go with it. */
export async function completeAsModel(
  { runtime }: Service,
  { name, invocation, call }: ModelCall,
): Promise<{ readonly completion: Record<string, Json>; readonly headers: ReplyHeaders }> {
  const { output, invocation: report } = await runCapability(runtime, invocation, call.input);
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  const envelope = envelopeOf(invocation, runtime.now(), name);
  const completion = printCompletion({ text, finishReason: 'stop', usage: report.usage }, envelope);
  return { completion, headers: { ...invocationHeaders(report), ...ignoredHeader(call) } };
}

/**
 * Chunks go out as the model writes. A stream that turns out wrong ends in an error event and without `[DONE]`, so that
 * nobody takes it for whole.
 */
async function answerInChunks(
  service: Service,
  { name, capability, invocation, call }: ModelCall,
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
        return events.send(printCompletionChunk(envelope, { role: 'assistant', text: '' }));
      },
      delta: (text) => events.send(printCompletionChunk(envelope, { text })),
    });
    const rest = content?.rest(output) ?? '';
    if (rest !== '') await events.send(printCompletionChunk(envelope, { text: rest }));
    await events.send(printCompletionChunk(envelope, { finishReason: 'stop' }));
    if (call.includeUsage) await events.send(printUsageChunk(envelope, report.usage));
    await events.sendText('[DONE]');
  } catch (error) {
    if (!events.opened) throw error;
    noteFailure(service, request, error);
    await events.send(toHttpError(error, invocation.id).body);
  }
  events.end();
}

export function envelopeOf(invocation: Invocation, nowMs: number, model: string): AnswerEnvelope {
  return { id: `chatcmpl-${invocation.id}`, created: Math.floor(nowMs / 1000), model };
}

export function ignoredHeader({ ignored }: ChatCall): ReplyHeaders {
  return ignored.length === 0 ? {} : { 'x-capstan-ignored': ignored.join(', ') };
}
