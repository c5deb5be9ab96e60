// What a language model of the AI SDK says → OpenAI's JSON: a whole completion, or the chunks of a stream. Reasoning goes
// into `reasoning_content`; what the vendor wants to hear again in the next turn into `extra_content`.

import type {
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';

type Printed = Record<string, unknown>;

export interface ChatEnvelope {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
}

export function printChat(
  { content, finishReason, usage }: LanguageModelV4GenerateResult,
  envelope: ChatEnvelope,
): Printed {
  let text = '';
  let reasoning = '';
  const details: Printed[] = [];
  const calls: Printed[] = [];
  const images: Printed[] = [];
  for (const part of content) {
    switch (part.type) {
      case 'text':
        text += part.text;
        break;
      case 'reasoning':
        reasoning += part.text;
        details.push(withExtra({ type: 'reasoning', text: part.text }, part.providerMetadata));
        break;
      case 'tool-call':
        if (part.providerExecuted === true) break;
        calls.push(
          withExtra(
            {
              id: part.toolCallId,
              type: 'function',
              function: { name: part.toolName, arguments: part.input },
            },
            part.providerMetadata,
          ),
        );
        break;
      case 'file':
        if (part.data.type === 'data') images.push(imageOf(part.mediaType, part.data.data));
        break;
      default:
        break;
    }
  }
  const printed = printUsage(usage);
  const hasDetails = details.some((detail) => 'extra_content' in detail);
  return {
    ...envelope,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && calls.length > 0 ? null : text,
          refusal: null,
          ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
          ...(hasDetails ? { reasoning_details: details } : {}),
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
          ...(images.length === 0 ? {} : { images }),
        },
        logprobs: null,
        finish_reason: printFinish(finishReason, calls.length > 0),
      },
    ],
    ...(printed === undefined ? {} : { usage: printed }),
  };
}

/** Answers of models that draw; OpenAI's chats have no place for them. */
function imageOf(mediaType: string, data: string | Uint8Array): Printed {
  const base64 = typeof data === 'string' ? data : Buffer.from(data).toString('base64');
  return { type: 'image_url', image_url: { url: `data:${mediaType};base64,${base64}` } };
}

function withExtra(value: Printed, extra: object | undefined): Printed {
  return extra === undefined || Object.keys(extra).length === 0 ? value : { ...value, extra_content: extra };
}

function printFinish({ unified }: LanguageModelV4FinishReason, hasCalls: boolean): string {
  switch (unified) {
    case 'length':
      return 'length';
    case 'content-filter':
      return 'content_filter';
    case 'tool-calls':
      return 'tool_calls';
    default:
      return hasCalls ? 'tool_calls' : 'stop';
  }
}

/** Undefined when the vendor did not count: that is not the same as nothing. */
function printUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): Printed | undefined {
  if (inputTokens.total === undefined && outputTokens.total === undefined) return undefined;
  const input = inputTokens.total ?? 0;
  const output = outputTokens.total ?? 0;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: inputTokens.cacheRead ?? 0,
      ...(inputTokens.cacheWrite === undefined ? {} : { cache_write_tokens: inputTokens.cacheWrite }),
    },
    completion_tokens_details: { reasoning_tokens: outputTokens.reasoning ?? 0 },
  };
}

/** The error inside a stream, which ends it. */
export class StreamFault extends Error {}

/** The chunks of a streamed answer. Throws `StreamFault` when the vendor reports an error inside the stream. */
export async function* printChunks(
  parts: AsyncIterable<LanguageModelV4StreamPart>,
  envelope: ChatEnvelope,
  includeUsage: boolean,
): AsyncGenerator<Printed> {
  const calls = new Map<string, { readonly index: number; hasInput: boolean }>();
  let thought: { text: string; extra: object } = { text: '', extra: {} };
  const chunk = (delta: Printed, finish: string | null = null): Printed => ({
    ...envelope,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  });
  const callDelta = (index: number, fields: Printed): Printed =>
    chunk({ tool_calls: [{ index, ...fields }] });
  const beginCall = (id: string, name: string): Printed => {
    calls.set(id, { index: calls.size, hasInput: false });
    return callDelta(calls.size - 1, { id, type: 'function', function: { name, arguments: '' } });
  };

  yield chunk({ role: 'assistant', content: '' });
  for await (const part of parts) {
    switch (part.type) {
      case 'text-delta':
        if (part.delta !== '') yield chunk({ content: part.delta });
        break;
      case 'reasoning-start':
        thought = { text: '', extra: part.providerMetadata ?? {} };
        break;
      case 'reasoning-delta':
        thought.text += part.delta;
        Object.assign(thought.extra, part.providerMetadata);
        if (part.delta !== '') yield chunk({ reasoning_content: part.delta });
        break;
      case 'reasoning-end': {
        Object.assign(thought.extra, part.providerMetadata);
        const detail = withExtra({ type: 'reasoning', text: thought.text }, thought.extra);
        if ('extra_content' in detail) yield chunk({ reasoning_details: [detail] });
        break;
      }
      case 'tool-input-start':
        if (part.providerExecuted !== true) yield beginCall(part.id, part.toolName);
        break;
      case 'tool-input-delta': {
        const call = calls.get(part.id);
        if (call === undefined || part.delta === '') break;
        call.hasInput = true;
        yield callDelta(call.index, { function: { arguments: part.delta } });
        break;
      }
      case 'tool-call': {
        if (part.providerExecuted === true) break;
        if (!calls.has(part.toolCallId)) yield beginCall(part.toolCallId, part.toolName);
        const { index, hasInput } = calls.get(part.toolCallId) ?? { index: 0, hasInput: true };
        if (!hasInput) yield callDelta(index, { function: { arguments: part.input } });
        if (part.providerMetadata !== undefined)
          yield callDelta(index, { extra_content: part.providerMetadata });
        break;
      }
      case 'file':
        if (part.data.type === 'data') yield chunk({ images: [imageOf(part.mediaType, part.data.data)] });
        break;
      case 'finish':
        yield chunk({}, printFinish(part.finishReason, calls.size > 0));
        if (includeUsage) {
          const printed = printUsage(part.usage);
          if (printed !== undefined) yield { ...chunk({}), choices: [], usage: printed };
        }
        break;
      case 'error':
        throw new StreamFault(messageOf(part.error));
      default:
        break;
    }
  }
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error === 'string') return error;
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : JSON.stringify(error);
}
