// OpenAI's chat JSON in both directions: requests to it and answers from it (for adapters that speak it), and answers
// in it (for the OpenAI surface and the simulator). Knows no HTTP; event-stream framing is the caller's.

import type { ChatRequest, Completion, FinishReason, TokenUsage } from './chat.ts';
import type { Json, JsonSchemaLike } from './json.ts';

/** How a model is asked for JSON of a shape, strongest first. */
export type StructuredMode = 'json-schema' | 'tool-call' | 'json-object' | 'instructions';

export interface ChatBodyOptions {
  /** The name the provider knows the model by. */
  readonly model: string;
  readonly stream: boolean;
  readonly structured: StructuredMode;
  /** Newer servers want `max_completion_tokens`, most others know only `max_tokens`. */
  readonly limitField: 'max_completion_tokens' | 'max_tokens';
}

type ChatBody = Record<string, unknown>;

/** The request as a body of `POST /chat/completions`, ready for `JSON.stringify`. */
export function printChatBody(request: ChatRequest, options: ChatBodyOptions): ChatBody {
  const body: ChatBody = { model: options.model, messages: request.messages };
  if (request.temperature !== undefined) body['temperature'] = request.temperature;
  if (request.topP !== undefined) body['top_p'] = request.topP;
  if (request.maxOutputTokens !== undefined) body[options.limitField] = request.maxOutputTokens;
  if (options.stream) {
    body['stream'] = true;
    body['stream_options'] = { include_usage: true };
  }
  if (request.outputSchema !== undefined) {
    askForJson(body, request, request.outputSchema, options.structured);
  }
  return body;
}

function askForJson(
  body: ChatBody,
  request: ChatRequest,
  output: NonNullable<ChatRequest['outputSchema']>,
  mode: StructuredMode,
): void {
  const { name, schema, strict = true } = output;
  switch (mode) {
    case 'json-schema':
      body['response_format'] = { type: 'json_schema', json_schema: { name, schema, strict } };
      return;
    case 'tool-call':
      body['tools'] = [{ type: 'function', function: { name, parameters: schema, strict } }];
      body['tool_choice'] = { type: 'function', function: { name } };
      return;
    case 'json-object':
      body['response_format'] = { type: 'json_object' };
      body['messages'] = withSchemaInstruction(request, schema);
      return;
    case 'instructions':
      body['messages'] = withSchemaInstruction(request, schema);
      return;
  }
}

/** Models without a structured mode are told the schema in words, after the author's own instructions. */
function withSchemaInstruction(request: ChatRequest, schema: JsonSchemaLike): unknown[] {
  const instruction = {
    role: 'system',
    content:
      'Answer with exactly one JSON value that fits this JSON Schema, and with nothing before or after it:\n' +
      JSON.stringify(schema),
  };
  const afterInstructions = request.messages.findIndex(
    ({ role }) => role !== 'system' && role !== 'developer',
  );
  const at = afterInstructions === -1 ? request.messages.length : afterInstructions;
  return request.messages.toSpliced(at, 0, instruction as never);
}

/** Reads a `chat.completion` object; undefined when it is not one. */
export function parseCompletion(value: unknown): Completion | undefined {
  const choice = asObject(asArray(asObject(value)?.['choices'])?.[0]);
  const message = asObject(choice?.['message']);
  if (choice === undefined || message === undefined) return undefined;
  const text = readContent(message['content']) ?? readToolArguments(message['tool_calls']) ?? '';
  const refusal = asString(message['refusal']);
  const usage = parseUsage(asObject(value)?.['usage']);
  return {
    text,
    finishReason: refusal === undefined ? readFinishReason(choice['finish_reason']) : 'refusal',
    ...(refusal === undefined ? {} : { refusal }),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** One `chat.completion.chunk`, reduced to what it adds. */
export interface CompletionChunk {
  readonly text: string;
  readonly refusal: string;
  readonly finishReason?: FinishReason;
  readonly usage?: TokenUsage;
}

/** Reads one event's data of a streamed answer; undefined when it is not a chunk. */
export function parseCompletionChunk(value: unknown): CompletionChunk | undefined {
  const chunk = asObject(value);
  const choices = asArray(chunk?.['choices']);
  if (chunk === undefined || choices === undefined) return undefined;
  const choice = asObject(choices[0]);
  const delta = asObject(choice?.['delta']);
  const finish = choice?.['finish_reason'];
  const usage = parseUsage(chunk['usage']);
  return {
    text: readContent(delta?.['content']) ?? readToolArguments(delta?.['tool_calls']) ?? '',
    refusal: asString(delta?.['refusal']) ?? '',
    ...(typeof finish === 'string' ? { finishReason: readFinishReason(finish) } : {}),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** Reads OpenAI's `usage`, of a chat or of a response; undefined when it does not count what went in. */
export function parseUsage(value: unknown): TokenUsage | undefined {
  const usage = asObject(value);
  const inputTokens = asCount(usage?.['prompt_tokens'] ?? usage?.['input_tokens']);
  if (usage === undefined || inputTokens === undefined) return undefined;
  const outputTokens = asCount(usage['completion_tokens'] ?? usage['output_tokens']) ?? 0;
  const inputDetails = asObject(usage['prompt_tokens_details'] ?? usage['input_tokens_details']);
  const outputDetails = asObject(usage['completion_tokens_details'] ?? usage['output_tokens_details']);
  const cachedInputTokens = asCount(inputDetails?.['cached_tokens']);
  const reasoningTokens = asCount(outputDetails?.['reasoning_tokens']);
  if (inputDetails === undefined && outputDetails === undefined) return { inputTokens, outputTokens };
  return {
    inputTokens,
    outputTokens,
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

/** The envelope of an answer in OpenAI's format. `created` is in seconds. */
export interface AnswerEnvelope {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

/** A whole answer as a `chat.completion` object. */
export function printCompletion(completion: Completion, envelope: AnswerEnvelope): Record<string, Json> {
  return {
    id: envelope.id,
    object: 'chat.completion',
    created: envelope.created,
    model: envelope.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: completion.refusal === undefined ? completion.text : null,
          refusal: completion.refusal ?? null,
        },
        logprobs: null,
        finish_reason: printFinishReason(completion.finishReason),
      },
    ],
    ...(completion.usage === undefined ? {} : { usage: printUsage(completion.usage) }),
  };
}

/** One piece of a streamed answer as a `chat.completion.chunk` object. */
export function printCompletionChunk(
  envelope: AnswerEnvelope,
  piece: { readonly role?: 'assistant'; readonly text?: string; readonly finishReason?: FinishReason },
): Record<string, Json> {
  const delta = {
    ...(piece.role === undefined ? {} : { role: piece.role }),
    ...(piece.text === undefined ? {} : { content: piece.text }),
  };
  const finish = piece.finishReason === undefined ? null : printFinishReason(piece.finishReason);
  return {
    id: envelope.id,
    object: 'chat.completion.chunk',
    created: envelope.created,
    model: envelope.model,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  };
}

/** The chunk without choices that carries the usage at the end of a stream. */
export function printUsageChunk(envelope: AnswerEnvelope, usage: TokenUsage): Record<string, Json> {
  return {
    id: envelope.id,
    object: 'chat.completion.chunk',
    created: envelope.created,
    model: envelope.model,
    choices: [],
    usage: printUsage(usage),
  };
}

export function printUsage(usage: TokenUsage): Record<string, Json> {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    ...(usage.cachedInputTokens === undefined
      ? {}
      : { prompt_tokens_details: { cached_tokens: usage.cachedInputTokens } }),
    ...(usage.reasoningTokens === undefined
      ? {}
      : { completion_tokens_details: { reasoning_tokens: usage.reasoningTokens } }),
  };
}

/** The text of a message's `content`, which is a string or a list of parts; undefined when it holds none. */
export function readContent(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  const parts = asArray(content);
  if (parts === undefined) return undefined;
  return parts.map((part) => asString(asObject(part)?.['text']) ?? '').join('');
}

function readToolArguments(calls: unknown): string | undefined {
  const call = asObject(asArray(calls)?.[0]);
  return asString(asObject(call?.['function'])?.['arguments']);
}

function readFinishReason(value: unknown): FinishReason {
  switch (value) {
    case 'stop':
    case 'length':
      return value;
    case 'content_filter':
      return 'refusal';
    case 'tool_calls':
    case 'function_call':
      return 'tool-calls';
    default:
      return 'other';
  }
}

function printFinishReason(reason: FinishReason): string {
  if (reason === 'refusal') return 'content_filter';
  if (reason === 'tool-calls') return 'tool_calls';
  return reason === 'other' ? 'stop' : reason;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function asArray(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
