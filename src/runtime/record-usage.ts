// What an invocation took, over all its attempts, into the ledger and into the reply.

import type { TokenUsage } from '../chat/chat.ts';
import type { AttemptRecord, UsageRecord } from '../usage/usage-record.ts';
import type { Candidate } from '../routing/plan-route.ts';
import type { Course } from './course.ts';

export interface Totals {
  readonly usage: TokenUsage;
  /** Absent when an attempt was answered and its price is not known. */
  readonly costUsd?: number;
}

export function totalsOf(attempts: readonly AttemptRecord[]): Totals {
  let usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };
  let cost: number | undefined = 0;
  for (const attempt of attempts) {
    if (attempt.usage !== undefined) usage = addUsage(usage, attempt.usage);
    if (cost !== undefined && mayBePaid(attempt)) {
      cost = attempt.costUsd === undefined ? undefined : cost + attempt.costUsd;
    }
  }
  return cost === undefined ? { usage } : { usage, costUsd: cost };
}

/** An attempt that the provider refused by its status costs nothing; any other may have been worked on. */
function mayBePaid({ status, usage, outcome }: AttemptRecord): boolean {
  return usage !== undefined || outcome === 'ok' || outcome === 'invalid' || status === undefined;
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

/** Writes the record of an invocation that is over. `outcome` is `ok` or the code of the caller's error. */
export function recordUsage(
  { runtime, invocation, attempts }: Course,
  outcome: string,
  details: { readonly answeredBy?: Candidate | undefined; readonly stream: boolean },
): void {
  const { caller, target, tier } = invocation;
  const { answeredBy, stream } = details;
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
    ...(answeredBy === undefined ? {} : { model: answeredBy.model.id, provider: answeredBy.provider.id }),
    attempts,
    ...totalsOf(attempts),
    outcome,
    latencyMs: runtime.now() - invocation.openedAt,
    stream,
  };
  runtime.ledger.record(record);
}
