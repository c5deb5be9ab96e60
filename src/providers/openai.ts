// The adapter for every server that speaks OpenAI's HTTP format, whoever runs it. What differs between two of them is a
// value of the project (base URL, features of a model), not code.

import { createParser } from 'eventsource-parser';
import type { ChatEvent, ChatRequest, Completion, FinishReason, TokenUsage } from '../chat/chat.ts';
import type { StructuredMode } from '../chat/openai-format.ts';
import { parseCompletion, parseCompletionChunk, printChatBody } from '../chat/openai-format.ts';
import type { Model, Provider } from '../registry/snapshot.ts';
import type { Adapter, CollectedResponse, EncodeOptions, WireHeaders, WireRequest } from './adapter.ts';
import type { FailureClass } from './provider-failure.ts';
import { ProviderFailure } from './provider-failure.ts';

export const openai: Adapter = {
  name: 'openai',
  relay: true,
  defaultBaseUrl: 'https://api.openai.com/v1',
  encode,
  decode,
  decodeStream,
  classify,
};

/** One event of a stream may not be longer than this. */
const EVENT_CHARACTERS_MAX = 4 * 1024 * 1024;

const JSON_HEADERS: WireHeaders = { 'content-type': 'application/json', accept: 'application/json' };
const STREAM_HEADERS: WireHeaders = { 'content-type': 'application/json', accept: 'text/event-stream' };

/** The request in OpenAI's format, in the strongest structured mode that the model has. */
export function encode(request: ChatRequest, model: Model, options: EncodeOptions): WireRequest {
  const body = printChatBody(request, {
    model: model.name,
    stream: options.stream,
    structured: structuredModeOf(model),
    limitField: limitFieldOf(options.provider),
  });
  return {
    method: 'POST',
    path: '/chat/completions',
    headers: options.stream ? STREAM_HEADERS : JSON_HEADERS,
    body: [Buffer.from(printBody(body))],
  };
}

/** Who runs the format's own service knows the newer name; of others only the older one is certain. */
function limitFieldOf({ limitField, baseUrl }: Provider): 'max_completion_tokens' | 'max_tokens' {
  return limitField ?? (baseUrl === undefined ? 'max_completion_tokens' : 'max_tokens');
}

/**
 * The body as JSON. A capability's schema is the longest constant part of its requests, so its text is kept: it takes the
 * place of the value in the text of the rest.
 */
function printBody(body: Record<string, unknown>): string {
  const format = body['response_format'] as { readonly json_schema?: JsonSchemaFormat } | undefined;
  const schema = format?.json_schema;
  if (schema === undefined) return JSON.stringify(body);
  const head = JSON.stringify({ ...body, response_format: undefined }).slice(0, -1);
  const name = JSON.stringify(schema.name);
  const text = `{"name":${name},"strict":${schema.strict},"schema":${schemaText(schema.schema)}}`;
  return `${head},"response_format":{"type":"json_schema","json_schema":${text}}}`;
}

interface JsonSchemaFormat {
  readonly name: string;
  readonly schema: object;
  readonly strict: boolean;
}

/** An entry goes with its schema. */
const schemaTexts = new WeakMap<object, string>();

function schemaText(schema: object): string {
  const known = schemaTexts.get(schema) ?? JSON.stringify(schema);
  schemaTexts.set(schema, known);
  return known;
}

function structuredModeOf(model: Model): StructuredMode {
  if (model.features.includes('structured-output')) return 'json-schema';
  if (model.features.includes('tools')) return 'tool-call';
  return model.features.includes('json-mode') ? 'json-object' : 'instructions';
}

/** Reads a whole answer. */
export function decode(response: CollectedResponse): Completion {
  const completion = parseCompletion(parseJson(response.body.toString()));
  if (completion !== undefined) return completion;
  throw new ProviderFailure('server', `The provider answered ${describeBody(response)}.`, {
    status: response.status,
  });
}

/** Reads a streamed answer. It is whole when a finish reason or `[DONE]` came. */
export async function* decodeStream(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ChatEvent> {
  const stream: StreamState = { refusal: '' };
  for await (const data of eventsOf(bytes)) {
    if (data === '[DONE]') {
      yield endOf(stream);
      return;
    }
    const text = readEvent(data, stream);
    if (text !== '') yield { kind: 'text', text };
  }
  if (stream.finishReason === undefined) {
    throw new ProviderFailure('server', 'The stream broke off before its end.');
  }
  yield endOf(stream);
}

interface StreamState {
  refusal: string;
  finishReason?: FinishReason;
  usage?: TokenUsage;
}

/** Notes what the event says about the whole stream, and gives the text that it adds. */
function readEvent(data: string, stream: StreamState): string {
  const value = parseJson(data);
  const chunk = parseCompletionChunk(value);
  if (chunk === undefined) throw streamFault(value);
  stream.refusal += chunk.refusal;
  if (chunk.finishReason !== undefined) stream.finishReason = chunk.finishReason;
  if (chunk.usage !== undefined) stream.usage = chunk.usage;
  return chunk.text;
}

function endOf({ refusal, finishReason, usage }: StreamState): ChatEvent {
  return {
    kind: 'end',
    finishReason: refusal === '' ? (finishReason ?? 'other') : 'refusal',
    ...(refusal === '' ? {} : { refusal }),
    ...(usage === undefined ? {} : { usage }),
  };
}

function streamFault(event: unknown): ProviderFailure {
  const error = errorOf(event);
  if (error.message === undefined) {
    return new ProviderFailure('server', 'The provider sent an event that is not a completion chunk.');
  }
  return new ProviderFailure('server', 'The provider sent an error inside the stream.', {
    providerMessage: error.message,
    ...(error.code === undefined ? {} : { providerCode: error.code }),
  });
}

async function* eventsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let events: string[] = [];
  let tooLong = false;
  const parser = createParser({
    onEvent: (event) => events.push(event.data),
    onError: (error) => (tooLong ||= error.type === 'max-buffer-size-exceeded'),
    maxBufferSize: EVENT_CHARACTERS_MAX,
  });
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (tooLong) throw new ProviderFailure('server', 'The provider sent an event without end.');
    const ready = events;
    events = [];
    yield* ready;
  }
}

/** Sorts an error answer by its status, and by the few codes that say more than the status does. */
export function classify(status: number, headers: WireHeaders, body: Buffer): ProviderFailure {
  const error = errorOf(parseJson(body.toString()));
  const retryAfterSeconds = readRetryAfter(headers);
  return new ProviderFailure(classOf(status, error.code), `The provider answered ${status}.`, {
    status,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(error.message === undefined ? {} : { providerMessage: error.message }),
    ...(error.code === undefined ? {} : { providerCode: error.code }),
  });
}

function classOf(status: number, code: string | undefined): FailureClass {
  if (code === 'insufficient_quota') return 'credential';
  if (code === 'context_length_exceeded' || code === 'content_filter') return 'content';
  switch (status) {
    case 401:
    case 402:
    case 403:
    // The provider does not have the model, or not for our key.
    case 404:
      return 'credential';
    case 429:
      return 'throttled';
    case 408:
    case 409:
    case 425:
      return 'server';
    default:
      return status >= 400 && status < 500 ? 'caller' : 'server';
  }
}

/** Longest wait that a provider may ask for and be believed. */
const RETRY_AFTER_MAX_SECONDS = 24 * 60 * 60;

/** Seconds from `retry-after-ms` or `retry-after`; a date counts from the answer's own `date`. */
export function readRetryAfter(headers: WireHeaders): number | undefined {
  const milliseconds = Number(headers['retry-after-ms'] ?? NaN);
  const seconds = Number(headers['retry-after'] ?? NaN);
  const untilDate = (Date.parse(headers['retry-after'] ?? '') - Date.parse(headers['date'] ?? '')) / 1000;
  const wait = [milliseconds / 1000, seconds, untilDate].find((value) => Number.isFinite(value));
  return wait === undefined ? undefined : Math.min(Math.max(0, wait), RETRY_AFTER_MAX_SECONDS);
}

/** The error in a body, whether it is OpenAI's shape, a bare string, or one of their relatives. */
function errorOf(value: unknown): { message?: string; code?: string } {
  const body = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const inner = body['error'];
  if (typeof inner === 'string') return { message: inner };
  const error = (typeof inner === 'object' && inner !== null ? inner : body) as Record<string, unknown>;
  const message = error['message'] ?? error['detail'];
  const code = error['code'] ?? error['type'];
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof code === 'string' ? { code } : {}),
  };
}

function describeBody(response: CollectedResponse): string {
  if (response.body.length === 0) return 'with an empty body';
  const start = response.body.subarray(0, 200).toString().trimStart();
  return start.startsWith('<') ? 'with HTML instead of JSON' : 'with something that is not a completion';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the callers say what was expected in its place.
    return undefined;
  }
}
