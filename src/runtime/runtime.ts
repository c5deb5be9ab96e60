// What every invocation stands on. The clock, chance and names of invocations are parameters, so that tests own them.

import { randomUUID } from 'node:crypto';
import { systemTimer } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Transport } from '../providers/transport.ts';
import type { Registry } from '../registry/registry.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import type { HealthView } from '../routing/health-view.ts';
import type { RankOptions } from '../routing/rank.ts';
import type { Ledger } from '../usage/ledger.ts';
import { createAnswerCache } from './answer-cache.ts';
import type { AnswerCache } from './answer-cache.ts';
import { createFlights } from './flights.ts';
import type { Flights } from './flights.ts';
import { createHealth } from './health.ts';
import type { Health } from './health.ts';
import { createHedgeBudget } from './hedge.ts';
import type { HedgeBudget } from './hedge.ts';
import { createIdempotency } from './idempotency.ts';
import type { Idempotency } from './idempotency.ts';
import { createJudged } from './judged.ts';
import type { Judged } from './judged.ts';
import { createLearning } from './learning.ts';
import type { Learning } from './learning.ts';
import { RUNTIME_LIMITS } from './limits.ts';
import type { RuntimeLimits } from './limits.ts';
import type { CapabilityResult } from './run-capability.ts';

export interface RuntimeOptions {
  readonly registry: Registry;
  readonly transport: Transport;
  readonly ledger: Ledger;
  /** Milliseconds since 1970. */
  readonly now: Clock['now'];
  /** Default: timers of the machine. */
  readonly after?: Clock['after'];
  /** 0 ≤ x < 1. */
  random(): number;
  /** A name for an invocation that nobody can guess; default: a random UUID. */
  newId?(): string;
  readonly limits?: Partial<RuntimeLimits>;
}

export interface Runtime extends Omit<RuntimeOptions, 'limits'>, Clock {
  newId(): string;
  readonly after: Clock['after'];
  readonly limits: RuntimeLimits;
  readonly health: Health;
  readonly learning: Learning;
  /** Answers that may still be judged. */
  readonly judged: Judged;
  readonly hedges: HedgeBudget;
  readonly answers: AnswerCache;
  readonly flights: Flights;
  readonly idempotency: Idempotency<CapabilityResult>;
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const limits = { ...RUNTIME_LIMITS, ...options.limits };
  const learning = createLearning(options.now);
  return {
    ...options,
    after: options.after ?? systemTimer,
    newId: () => options.newId?.() ?? randomUUID(),
    limits,
    health: createHealth(options.now),
    learning,
    judged: createJudged(learning),
    hedges: createHedgeBudget(),
    answers: createAnswerCache(limits, options.now),
    flights: createFlights(),
    idempotency: createIdempotency(limits, options.now),
  };
}

/** Who of those that are tied comes first is left to chance, and no more candidates are wanted than can be asked. */
export function rankOptions({ random, limits }: Runtime): RankOptions {
  return { seed: random(), max: limits.attempts };
}

/** What routing may know of the present, for the providers of one Snapshot. */
export function healthOf({ transport, health, learning }: Runtime, snapshot: Snapshot): HealthView {
  return health.view(snapshot, (provider) => transport.available(provider), learning.learnt);
}
