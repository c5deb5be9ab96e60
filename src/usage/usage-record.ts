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
  /** `ok`, or the code of the error that the caller got. */
  readonly outcome: string;
  readonly latencyMs: number;
  readonly stream: boolean;
}

export interface AttemptRecord {
  readonly model: string;
  readonly provider: string;
  /** `ok`, a class of provider failure, or `invalid` for an answer that broke the contract. */
  readonly outcome: string;
  readonly status?: number;
  readonly message?: string;
  readonly latencyMs: number;
  /** Absent when the provider did not say. */
  readonly usage?: TokenUsage;
  readonly costUsd?: number;
}
