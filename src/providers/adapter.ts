// What an adapter is: pure functions between the internal conversation format and one provider's bytes.
// It opens no connection, reads no environment, keeps no state and logs nothing.

import type { CancelSignal } from '../cancellation.ts';
import type { ChatEvent, ChatRequest, ChatTask, Completion } from '../chat/chat.ts';
import type { Model, Provider } from '../registry/snapshot.ts';
import type { ProviderFailure } from './provider-failure.ts';

export interface Adapter {
  readonly name: string;
  /** Speaks OpenAI's HTTP format as it is, so that a request's bytes can be forwarded. */
  readonly relay: boolean;
  /** Where to call when the provider names no `baseUrl`. */
  readonly defaultBaseUrl?: string;
  /** What is missing for the provider to be called, as the end of a sentence; absent means that nothing can be. */
  missing?(provider: Provider): string | undefined;
  encode(request: ChatRequest, model: Model, options: EncodeOptions): WireRequest;
  /** Throws `ProviderFailure` when the answer is not one. */
  decode(response: CollectedResponse): Completion;
  /** Throws `ProviderFailure` on a stream without an end. */
  decodeStream(bytes: AsyncIterable<Uint8Array>): AsyncIterable<ChatEvent>;
  /** Sorts an answer whose status is not a success. */
  classify(status: number, headers: WireHeaders, body: Buffer): ProviderFailure;
  /** Present on adapters that answer themselves, in OpenAI's format: without a network, or over `context.send`. */
  answer?(request: WholeRequest, context: AnswerContext): WireResponse | Promise<WireResponse>;
}

export interface EncodeOptions {
  readonly stream: boolean;
  readonly provider: Provider;
}

export type WireHeaders = Readonly<Record<string, string>>;

export interface WireRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  /** Below the provider's base URL, with its query: plain segments, none of them `.` or `..`. */
  readonly path: string;
  readonly headers: WireHeaders;
  /** Pieces that follow one another. They are sent as they are: whoever gives them changes them no more. */
  readonly body: readonly Uint8Array[];
  /** For `answer` only. It is no part of the bytes, so it cannot cross the network. */
  readonly task?: ChatTask;
}

/** The same with its body in one piece. */
export interface WholeRequest extends Omit<WireRequest, 'body'> {
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: WireHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface CollectedResponse {
  readonly status: number;
  readonly headers: WireHeaders;
  readonly body: Buffer;
}

export interface AnswerContext {
  readonly signal: CancelSignal;
  /** Pause between two pieces of a stream. */
  readonly paceMs: number;
  /** Waits, and rejects when the signal is aborted. */
  wait(milliseconds: number): Promise<void>;
  readonly nowSeconds: number;
  readonly provider: Provider;
  /** The provider's key; it goes into requests that are sent, and nowhere else. */
  readonly key: string | undefined;
  /** Where the provider is: below it is whatever `send` may reach. */
  readonly baseUrl: string;
  /** Calls the provider; no key is added. */
  send(request: WireRequest): Promise<WireResponse>;
}
