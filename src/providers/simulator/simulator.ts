// An adapter without network or key, for first runs, tests and demonstrations. It is deterministic in its input, its
// answers fit the schema they were asked for, and it never pretends to be a language model.

import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { ChatRequest, ChatTask, Completion } from '../../chat/chat.ts';
import type { Json, JsonSchemaLike } from '../../chat/json.ts';
import type { JsonObject } from '../../chat/json-fields.ts';
import { RequestMistake } from '../../chat/mistake.ts';
import {
  printCompletion,
  printCompletionChunk,
  printUsageChunk,
  readContent,
  type AnswerEnvelope,
} from '../../chat/openai-format.ts';
import type { Model } from '../../registry/snapshot.ts';
import type {
  Adapter,
  AnswerContext,
  EncodeOptions,
  WholeRequest,
  WireRequest,
  WireResponse,
} from '../adapter.ts';
import * as openaiFormat from '../openai.ts';
import { answerOverChat, errorBody } from '../over-chat.ts';
import type { ChatAnswer } from '../over-chat.ts';
import { callerText, leadingSentences } from './caller-text.ts';
import { type Fault, faultNamed } from './faults.ts';
import { fillValue } from './fill-value.ts';

export const simulator: Adapter = {
  name: 'simulator',
  relay: true,
  encode,
  decode: openaiFormat.decode,
  decodeStream: openaiFormat.decodeStream,
  classify: openaiFormat.classify,
  answer,
};

/** OpenAI's bytes, and beside them what the call is about. */
function encode(request: ChatRequest, model: Model, options: EncodeOptions): WireRequest {
  const wire = openaiFormat.encode(request, model, options);
  return request.task === undefined ? wire : { ...wire, task: request.task };
}

/** Answers as an OpenAI-compatible server would, so relayed bytes work as well as our own. */
async function answer(request: WholeRequest, context: AnswerContext): Promise<WireResponse> {
  if (request.path === '/responses') {
    const naming = { id: hash('sha256', request.body).slice(0, 16), created: 0 };
    return answerOverChat(request, naming, (body) => answerChat(body, context));
  }
  if (request.path !== '/chat/completions') {
    return errorResponse(404, `The simulator does not serve ${request.path}.`, 'not_found_error');
  }
  const body = readBody(request.body);
  if (body === undefined) {
    return errorResponse(400, 'The body has to be a JSON object with a list of messages.');
  }
  const fault = faultNamed(body.model);
  if (fault?.kind === 'status') return errorResponse(fault.status, fault.message, fault.type, fault.headers);
  if (fault?.kind === 'slow') await context.wait(fault.waitMs);
  const completion = complete(body, request.task, fault);
  const envelope = { id: answerId(request.body), created: 0, model: body.model };
  return body.stream
    ? streamed(completion, envelope, body, fault, context)
    : whole(completion, envelope, fault);
}

/** The chat that a response is, for those who put it into the words of the other API. */
async function answerChat(chat: JsonObject, context: AnswerContext): Promise<ChatAnswer> {
  const bytes = Buffer.from(JSON.stringify(chat));
  const body = readBody(bytes);
  if (body === undefined) throw new RequestMistake('input', 'The input has to be a list of messages.');
  const fault = faultNamed(body.model);
  if (fault?.kind === 'status') {
    const { status, message, type, headers } = fault;
    return { kind: 'error', status, body: errorBody(type, message), ...(headers && { headers }) };
  }
  if (fault?.kind === 'slow') await context.wait(fault.waitMs);
  const completion = complete(body, undefined, fault);
  const envelope = { id: answerId(bytes), created: 0, model: body.model };
  if (!body.stream) return { kind: 'whole', completion: printCompletion(completion, envelope) };
  return { kind: 'chunks', chunks: paced(chunksOf(completion, envelope, body), context) };
}

async function* paced(chunks: readonly JsonObject[], context: AnswerContext): AsyncGenerator<JsonObject> {
  for (const chunk of chunks) {
    await context.wait(context.paceMs);
    yield chunk;
  }
}

interface SimulatorBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly schema?: JsonSchemaLike;
  readonly jsonObject: boolean;
}

function complete(body: SimulatorBody, task: ChatTask | undefined, fault: Fault | undefined): Completion {
  const text = fault?.kind === 'invalid-output' ? fault.text : answerText(body, task);
  const prompt = body.messages.map((message) => message.text).join('\n');
  const usage = { inputTokens: countTokens(prompt), outputTokens: countTokens(text) };
  return { text, finishReason: 'stop', usage };
}

function answerText(body: SimulatorBody, task: ChatTask | undefined): string {
  if (task !== undefined) return outputText(answerTask(task), task.outputSchema);
  const input = body.messages.findLast((message) => message.role === 'user')?.text ?? '';
  if (body.schema !== undefined) return JSON.stringify(fillValue(body.schema, { input, patterns: false }));
  const said = leadingSentences(callerText(input), 2, 400);
  if (body.jsonObject) return JSON.stringify({ simulator: true, text: said });
  return `This is a simulator, not a language model. You wrote: "${said}"`;
}

/** The output of the example whose input is the call's, else a value made from the schema and the caller's text. */
function answerTask(task: ChatTask): Json {
  const example = task.examples.find(
    ({ input, output }) => output !== undefined && isDeepStrictEqual(input, task.input),
  );
  return example?.output ?? fillValue(task.outputSchema, { input: task.input, patterns: true });
}

function outputText(output: Json, schema: JsonSchemaLike): string {
  return typeof output === 'string' && schema['type'] === 'string' ? output : JSON.stringify(output);
}

function whole(completion: Completion, envelope: AnswerEnvelope, fault: Fault | undefined): WireResponse {
  const text = JSON.stringify(printCompletion(completion, envelope));
  if (fault?.kind === 'html') return htmlResponse();
  const broken = fault?.kind === 'malformed' || fault?.kind === 'cut-stream';
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: pieces([broken ? text.slice(0, text.length / 2) : text]),
  };
}

function streamed(
  completion: Completion,
  envelope: AnswerEnvelope,
  body: SimulatorBody,
  fault: Fault | undefined,
  context: AnswerContext,
): WireResponse {
  if (fault?.kind === 'html') return htmlResponse();
  const events = chunksOf(completion, envelope, body);
  const texts = [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'];
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    body: pieces(spoil(texts, fault), context),
  };
}

function chunksOf(completion: Completion, envelope: AnswerEnvelope, body: SimulatorBody): JsonObject[] {
  const chunks = [
    printCompletionChunk(envelope, { role: 'assistant', text: '' }),
    ...cutText(completion.text).map((text) => printCompletionChunk(envelope, { text })),
    printCompletionChunk(envelope, { finishReason: completion.finishReason }),
  ];
  if (body.includeUsage && completion.usage !== undefined) {
    chunks.push(printUsageChunk(envelope, completion.usage));
  }
  return chunks;
}

/** What a fault does to the events of a stream. */
function spoil(texts: readonly string[], fault: Fault | undefined): readonly string[] {
  if (fault?.kind === 'cut-stream') return texts.slice(0, Math.max(2, Math.floor(texts.length / 2)));
  if (fault?.kind === 'malformed') return ['data: {"id":"chatcmpl-simul\n\n', 'data: [DONE]\n\n'];
  return texts;
}

async function* pieces(texts: readonly string[], context?: AnswerContext): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (context !== undefined) await context.wait(context.paceMs);
    yield Buffer.from(text);
  }
}

/** Characters in one piece of a stream: a word or two. */
const PIECE_CHARACTERS = 16;

function cutText(text: string): string[] {
  const cut: string[] = [];
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + PIECE_CHARACTERS, text.length);
    if (isHighSurrogate(text.charCodeAt(end - 1)) && end < text.length) end += 1;
    cut.push(text.slice(start, end));
    start = end;
  }
  return cut;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function htmlResponse(): WireResponse {
  return {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: pieces(['<!doctype html>\n<title>Simulated gateway page</title>\n<h1>It works</h1>\n']),
  };
}

function errorResponse(
  status: number,
  message: string,
  type = 'invalid_request_error',
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: pieces([JSON.stringify({ error: { message, type, param: null, code: null } })]),
  };
}

function readBody(bytes: Uint8Array): SimulatorBody | undefined {
  const value = parseObject(Buffer.from(bytes).toString());
  const messages = value?.['messages'];
  if (value === undefined || !Array.isArray(messages)) return undefined;
  const format = value['response_format'] as Record<string, unknown> | undefined;
  const schema = (format?.['json_schema'] as Record<string, unknown> | undefined)?.['schema'];
  return {
    model: String(value['model'] ?? ''),
    messages: messages.map((message: Record<string, unknown> | null) => ({
      role: String(message?.['role']),
      text: readContent(message?.['content']) ?? '',
    })),
    stream: value['stream'] === true,
    includeUsage:
      (value['stream_options'] as Record<string, unknown> | undefined)?.['include_usage'] === true,
    jsonObject: format?.['type'] === 'json_object',
    ...(typeof schema === 'object' && schema !== null ? { schema: schema as JsonSchemaLike } : {}),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // The simulated server answers 400, as a real one would.
    return undefined;
  }
}

function answerId(body: Uint8Array): string {
  return `chatcmpl-simulator-${hash('sha256', body).slice(0, 16)}`;
}

/** A count that is the same everywhere and near enough for a demonstration. */
const BYTES_PER_TOKEN = 4;

function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}
