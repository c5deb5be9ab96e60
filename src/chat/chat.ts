// The one internal conversation format. OpenAI's JSON is read and written in openai-format.ts.

import type { Json, JsonSchemaLike } from './json.ts';

export type ChatRole = 'system' | 'developer' | 'user' | 'assistant';

export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string;
}

/** What is asked of a model, whatever its provider. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxOutputTokens?: number;
  /** Present when the answer must be JSON of this shape. `name` matches /^[a-zA-Z0-9_-]{1,64}$/. */
  readonly outputSchema?: {
    readonly name: string;
    readonly schema: JsonSchemaLike;
    /** False when no provider can enforce the schema while a model writes; default true. */
    readonly strict?: boolean;
  };
  /** What the call is about; only in-process adapters read it, it never crosses the network. */
  readonly task?: ChatTask;
}

export interface ChatTask {
  readonly capability: string;
  readonly input: Json;
  readonly outputSchema: JsonSchemaLike;
  readonly examples: readonly { readonly input: Json; readonly output?: Json }[];
}

/** Tokens of one attempt. `cachedInputTokens` is a part of `inputTokens`, `reasoningTokens` of `outputTokens`. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number;
  readonly reasoningTokens?: number;
}

export type FinishReason = 'stop' | 'length' | 'refusal' | 'tool-calls' | 'other';

export interface Completion {
  readonly text: string;
  readonly finishReason: FinishReason;
  /** The model's own words of refusal, when it refused. */
  readonly refusal?: string;
  /** Absent when the provider did not say. */
  readonly usage?: TokenUsage;
}

/** What a streaming attempt yields, in order; exactly one `end` closes a stream that is whole. */
export type ChatEvent =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'end';
      readonly finishReason: FinishReason;
      readonly refusal?: string;
      readonly usage?: TokenUsage;
    };
