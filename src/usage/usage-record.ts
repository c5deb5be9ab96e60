// What is kept of every invocation: who, what, where, how much, how it ended. Never prompts, outputs or keys.

import type { TokenUsage } from '../chat/chat.ts';

export interface UsageRecord {
  /** The invocation's id. */
  readonly invocation: string;
  /** The id of the HTTP request, which the caller may have chosen; absent where there was none. */
  readonly request?: string | undefined;
  /** Milliseconds since 1970, when the invocation was opened. */
  readonly at: number;
  readonly caller: string;
  readonly team?: string | undefined;
  readonly capability?: string | undefined;
  readonly version?: string | undefined;
  /** Of the capability. */
  readonly revision?: string | undefined;
  /** Revision of the Snapshot that served. */
  readonly snapshot: string;
  readonly tier?: string | undefined;
  /** The model that gave the answer; absent when none did. */
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly attempts: readonly AttemptRecord[];
  /** Over all attempts: what was paid for, not only what was used. */
  readonly usage: TokenUsage;
  /** Absent when the price of one attempt is not known. */
  readonly costUsd?: number | undefined;
  /** Part of the usage, and of the cost, is a guess: an attempt was cut off. */
  readonly estimated?: true | undefined;
  /** `ok`, or the code of the error that the caller got. */
  readonly outcome: string;
  readonly latencyMs: number;
  /** Until the answering attempt got the head of its answer; absent when none answered, or it was answered before. */
  readonly firstByteMs?: number | undefined;
  /**
   * `latencyMs` without the time in which an attempt was under way: what Capstan itself took, pauses between attempts
   * included. Absent when the call waited for an equal one.
   */
  readonly ownMs?: number | undefined;
  readonly stream: boolean;
  /** `hit`: it was answered before, or by a call on its way; absent where nothing is kept. */
  readonly cache?: 'hit' | 'miss' | undefined;
  /** What was done to the model's text to make it fit, without any of its words; absent when nothing was. */
  readonly repairs?: readonly RepairRecord[] | undefined;
  /** How the models were chosen; absent when none was, or the caller named one. */
  readonly decision?: DecisionRecord | undefined;
  /** The caller's own labels. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What the planner was asked and told, and what it said: enough to ask it once more. Models are ids; times milliseconds. */
export interface DecisionRecord {
  /** Drew the order of those that were tied. */
  readonly seed?: number | undefined;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  /** The usual length of answers, where it was known. */
  readonly expectedOutputTokens?: number | undefined;
  readonly inputModalities?: readonly string[] | undefined;
  /** What a chat without a capability asked for. */
  readonly features?: readonly string[] | undefined;
  /** The routes to the model that a chat named, where there are several. */
  readonly only?: readonly string[] | undefined;
  /** Best first, as many as could be asked. */
  readonly candidates: readonly string[];
  /** How many of them were as good as tied. */
  readonly tied: number;
  /** The quality that the tier asked for. */
  readonly floor?: number | undefined;
  /** Providers that could not be called, and models that rested. */
  readonly down?: readonly string[] | undefined;
  readonly resting?: readonly string[] | undefined;
  /** What answers were expected to take, and the p95 of those that were seen. */
  readonly expectedMs?: { readonly [model: string]: number } | undefined;
  readonly latencyMs?: { readonly [model: string]: number } | undefined;
  /** What production had taught, by the identity of the model. */
  readonly learnt?:
    { readonly [identity: string]: { readonly passes: number; readonly runs: number } } | undefined;
}

export interface RepairRecord {
  readonly step: string;
  /** JSON pointer into the answer; names that the contract does not declare are `*`. */
  readonly pointer: string;
}

export interface AttemptRecord {
  readonly model: string;
  readonly provider: string;
  /**
   * `ok`, a class of provider failure, `invalid` for an answer that broke the contract, `superseded` when another attempt
   * was faster, or the code of the error that ended the whole invocation.
   */
  readonly outcome: string;
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  /** Milliseconds since 1970, when the attempt began. */
  readonly at: number;
  readonly latencyMs: number;
  /** Until the request went out: the wait for a connection; absent when it never did. */
  readonly queueMs?: number | undefined;
  /** Until the head of the answer; absent when there was none. */
  readonly firstByteMs?: number | undefined;
  /** Absent when the provider did not say. */
  readonly usage?: TokenUsage | undefined;
  /** The attempt was cut off, so its usage is our guess: the prompt, and the words that came. */
  readonly estimated?: true | undefined;
  /** Started beside an attempt that was slow. */
  readonly hedge?: true | undefined;
  readonly costUsd?: number | undefined;
}
