// What is kept of every invocation: who, what, where, how much, how it ended. Never prompts, outputs or keys.

import type { TokenUsage } from '../chat/chat.ts';

export interface UsageRecord {
  /** The invocation's id. */
  readonly invocation: string;
  /** Milliseconds since 1970, when the invocation was opened. */
  readonly at: number;
  readonly caller: string;
  readonly team?: string;
  readonly capability?: string;
  readonly version?: string;
  readonly revision?: string;
  readonly tier?: string;
  /** The model that gave the answer; absent when none did. */
  readonly model?: string;
  readonly provider?: string;
  readonly attempts: readonly AttemptRecord[];
  /** Over all attempts: what was paid for, not only what was used. */
  readonly usage: TokenUsage;
  /** Absent when the price of one attempt is not known. */
  readonly costUsd?: number;
  /** Part of the usage, and of the cost, is a guess: an attempt was cut off. */
  readonly estimated?: true;
  /** `ok`, or the code of the error that the caller got. */
  readonly outcome: string;
  readonly latencyMs: number;
  readonly stream: boolean;
  /** `hit`: it was answered before, or by a call on its way; absent where nothing is kept. */
  readonly cache?: 'hit' | 'miss';
}

export interface AttemptRecord {
  readonly model: string;
  readonly provider: string;
  /**
   * `ok`, a class of provider failure, `invalid` for an answer that broke the contract, `superseded` when another attempt
   * was faster, or the code of the error that ended the whole invocation.
   */
  readonly outcome: string;
  readonly status?: number;
  readonly message?: string;
  readonly latencyMs: number;
  /** Until the head of the answer; absent when there was none. */
  readonly firstByteMs?: number;
  /** Absent when the provider did not say. */
  readonly usage?: TokenUsage;
  /** The attempt was cut off, so its usage is our guess: the prompt, and the words that came. */
  readonly estimated?: true;
  /** Started beside an attempt that was slow. */
  readonly hedge?: true;
  readonly costUsd?: number;
}
