// What an invocation took, over all its attempts, into the ledger and into the reply.

import type { TokenUsage } from '../chat/chat.ts';
import type { AttemptRecord, UsageRecord } from '../usage/usage-record.ts';
import type { Answerer, CacheStatus } from './answer.ts';
import type { Invocation } from './invocation.ts';
import type { Runtime } from './runtime.ts';

export interface Totals {
  readonly usage: TokenUsage;
  /** Absent when an attempt was answered and its price is not known. */
  readonly costUsd?: number;
  readonly estimated?: true;
}

export function totalsOf(attempts: readonly AttemptRecord[]): Totals {
  let usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };
  for (const attempt of attempts) {
    if (attempt.usage !== undefined) usage = addUsage(usage, attempt.usage);
  }
  const cost = spentUsd(attempts);
  return {
    usage,
    ...(cost === undefined ? {} : { costUsd: cost }),
    ...(attempts.some(({ estimated }) => estimated) ? { estimated: true } : {}),
  };
}

/** What the attempts cost; undefined when one was answered and its price, or its usage, is not known. */
export function spentUsd(attempts: readonly AttemptRecord[]): number | undefined {
  let cost = 0;
  for (const attempt of attempts) {
    if (attempt.costUsd !== undefined) cost += attempt.costUsd;
    else if (mayBePaid(attempt)) return undefined;
  }
  return cost;
}

/** An answer is paid for, and so is work that was cut off; a call that was refused, or never went out, is not. */
function mayBePaid({ usage, outcome }: AttemptRecord): boolean {
  return usage !== undefined || outcome === 'ok' || outcome === 'invalid';
}

function addUsage(left: TokenUsage, right: TokenUsage): TokenUsage {
  const cached = sum(left.cachedInputTokens, right.cachedInputTokens);
  const reasoning = sum(left.reasoningTokens, right.reasoningTokens);
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    ...(cached === undefined ? {} : { cachedInputTokens: cached }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
  };
}

function sum(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined && right === undefined ? undefined : (left ?? 0) + (right ?? 0);
}

export interface UsageDetails {
  /** Those that this invocation pays for. */
  readonly attempts: readonly AttemptRecord[];
  readonly answeredBy: Answerer | undefined;
  readonly stream: boolean;
  readonly cache: CacheStatus;
}

/** Writes the record of an invocation that is over. `outcome` is `ok` or the code of the caller's error. */
export function recordUsage(
  runtime: Runtime,
  invocation: Invocation,
  outcome: string,
  { attempts, answeredBy, stream, cache }: UsageDetails,
): void {
  const { caller, target, tier } = invocation;
  const capability = target.kind === 'capability' ? target.capability : undefined;
  const record: UsageRecord = {
    invocation: invocation.id,
    at: invocation.openedAt,
    caller: caller.name,
    ...(caller.team === undefined ? {} : { team: caller.team }),
    ...(capability === undefined
      ? {}
      : { capability: capability.key, version: capability.version, revision: capability.revision }),
    ...(tier === undefined ? {} : { tier }),
    ...(answeredBy === undefined ? {} : { model: answeredBy.model, provider: answeredBy.provider }),
    attempts,
    ...totalsOf(attempts),
    outcome,
    latencyMs: runtime.now() - invocation.openedAt,
    stream,
    ...(cache === 'bypass' ? {} : { cache }),
  };
  runtime.ledger.record(record);
}
