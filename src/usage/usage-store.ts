// What a store of usage records does. test/usage/store-conformance.test.ts holds every store of `stores/index.ts` to it.

import type { UsageRecord } from './usage-record.ts';

export interface UsageStore {
  /**
   * Keeps all of them or none, for good once it resolves: the end of the process loses nothing. A record whose invocation
   * is kept already is left as it is, so an append may be repeated.
   */
  append(records: readonly UsageRecord[]): Promise<void>;
  /** The records of a period, oldest first, at most `limit` of the newest. */
  records(query: PeriodQuery & { readonly limit: number }): Promise<readonly UsageRecord[]>;
  /** One record, by its invocation. */
  find(invocation: string): Promise<UsageRecord | undefined>;
  /** The sums of a period, by one dimension, in the order of their keys. */
  totals(query: PeriodQuery & { readonly by: UsageDimension }): Promise<readonly UsageTotal[]>;
  /** Forgets the records that were opened before `before`; answers how many. */
  forget(before: number): Promise<number>;
  close(): Promise<void>;
}

export interface PeriodQuery {
  /** Milliseconds since 1970; invocations that were opened then or later. */
  readonly since?: number;
}

/** `day` is the day of the invocation's beginning, in UTC. */
export const usageDimensions = ['capability', 'model', 'team', 'day'] as const;

export type UsageDimension = (typeof usageDimensions)[number];

/**
 * One line of sums. By `model` the calls are attempts, so that each model has the work and the cost that were its own;
 * else they are invocations.
 */
export interface UsageTotal {
  /** `NAME@MAJOR`, a model id, a team or `YYYY-MM-DD`; empty where there is none. */
  readonly key: string;
  readonly calls: number;
  /** Calls that did not end well. */
  readonly failed: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Of the calls whose price is known. */
  readonly costUsd: number;
  /** Calls that were paid for at a price that is not known. */
  readonly unpriced: number;
}
