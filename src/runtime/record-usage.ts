// What an invocation took, over all its attempts, into the ledger and into the reply.

import type { TokenUsage } from '../chat/chat.ts';
import { millisecondsBetween } from '../clock.ts';
import type { AttemptRecord, DecisionRecord, RepairRecord } from '../usage/usage-record.ts';
import type { Answerer, CacheStatus } from './answer.ts';
import type { Invocation } from './invocation.ts';
import type { Runtime } from './runtime.ts';

export interface Totals {
  readonly usage: TokenUsage;
  /** Absent when an attempt was answered and its price is not known. */
  readonly costUsd?: number | undefined;
  readonly estimated?: true | undefined;
}

const NOTHING_USED: TokenUsage = { inputTokens: 0, outputTokens: 0 };

export function totalsOf(attempts: readonly AttemptRecord[]): Totals {
  let usage = NOTHING_USED;
  for (const attempt of attempts) {
    if (attempt.usage !== undefined)
      usage = usage === NOTHING_USED ? attempt.usage : addUsage(usage, attempt.usage);
  }
  const estimated = attempts.some(isEstimated) ? true : undefined;
  return { usage, costUsd: spentUsd(attempts), estimated };
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
  readonly repairs?: readonly RepairRecord[] | undefined;
  readonly decision?: DecisionRecord | undefined;
  /** The call waited for an equal one. */
  readonly shared?: boolean;
}

/** Writes the record of an invocation that is over. `outcome` is `ok` or the code of the caller's error. */
export function recordUsage(
  runtime: Runtime,
  invocation: Invocation,
  outcome: string,
  { attempts, answeredBy, stream, cache, repairs = [], decision, shared = false }: UsageDetails,
): void {
  const { caller, target, tier, requestId, metadata, openedAt } = invocation;
  const capability = target.kind === 'capability' ? target.capability : undefined;
  const now = runtime.now();
  runtime.ledger.record({
    invocation: invocation.id,
    request: requestId,
    at: Math.floor(openedAt),
    caller: caller.name,
    team: caller.team,
    capability: capability?.key,
    version: capability?.version,
    revision: capability?.revision,
    snapshot: invocation.snapshot.revision,
    tier,
    model: answeredBy?.model,
    provider: answeredBy?.provider,
    attempts,
    ...totalsOf(attempts),
    outcome,
    latencyMs: millisecondsBetween(openedAt, now),
    firstByteMs: firstByteOf(attempts, openedAt),
    ownMs: shared ? undefined : millisecondsBetween(upstreamMs(attempts, openedAt, now), now - openedAt),
    stream,
    cache: cache === 'bypass' ? undefined : cache,
    repairs: repairs.length === 0 ? undefined : repairs,
    decision,
    metadata,
  });
}

/** From the invocation's beginning to the head of the answer that was taken. */
function firstByteOf(attempts: readonly AttemptRecord[], openedAt: number): number | undefined {
  const answering = attempts.find(isAnswer);
  if (answering?.firstByteMs === undefined) return undefined;
  return Math.max(0, millisecondsBetween(openedAt, answering.at + answering.firstByteMs));
}

function isAnswer({ outcome }: AttemptRecord): boolean {
  return outcome === 'ok';
}

function isEstimated({ estimated }: AttemptRecord): boolean {
  return estimated === true;
}

/** How long at least one attempt was under way, within the invocation; two at a time count once. */
function upstreamMs(attempts: readonly AttemptRecord[], openedAt: number, endedAt: number): number {
  let covered = 0;
  let until = openedAt;
  const inOrder = attempts.length < 2 ? attempts : attempts.toSorted((left, right) => left.at - right.at);
  for (const { at, latencyMs } of inOrder) {
    const end = Math.min(at + latencyMs, endedAt);
    if (end > until) covered += end - Math.max(at, until);
    until = Math.max(until, end);
  }
  return covered;
}
