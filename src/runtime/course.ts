// What happened so far in one invocation: its attempts, its deadline, and whether the caller has seen anything yet.

import { CapabilityError } from '../errors.ts';
import { ProviderFailure } from '../providers/provider-failure.ts';
import type { Candidate } from '../routing/plan-route.ts';
import type { TokenUsage } from '../chat/chat.ts';
import { costUsd } from '../usage/cost-usd.ts';
import type { AttemptRecord } from '../usage/usage-record.ts';
import type { Invocation } from './invocation.ts';
import type { Runtime } from './runtime.ts';

export interface Course {
  readonly runtime: Runtime;
  readonly invocation: Invocation;
  /** Aborted when the caller leaves or the deadline passes; its reason is a `CapabilityError`. */
  readonly signal: AbortSignal;
  readonly attempts: AttemptRecord[];
  /** Something was sent to the caller: from now on a failure is an error, not a reason to try elsewhere. */
  committed: boolean;
  remainingMs(): number;
  /** Lets go of the deadline and of the caller's signal. */
  close(): void;
  /** Lifts the deadline, for a stream that is on its way. */
  lift(): void;
}

/** Begins the course of an invocation that has to end within `timeoutMs`. */
export function openCourse(runtime: Runtime, invocation: Invocation, timeoutMs: number): Course {
  const controller = new AbortController();
  const onLeave = (): void => controller.abort(invocation.signal.reason);
  const timer = setTimeout(() => controller.abort(timedOut(timeoutMs)), timeoutMs);
  if (invocation.signal.aborted) onLeave();
  else invocation.signal.addEventListener('abort', onLeave, { once: true });
  return {
    runtime,
    invocation,
    signal: controller.signal,
    attempts: [],
    committed: false,
    remainingMs: () => timeoutMs - (runtime.now() - invocation.openedAt),
    close() {
      clearTimeout(timer);
      invocation.signal.removeEventListener('abort', onLeave);
    },
    lift: () => clearTimeout(timer),
  };
}

function timedOut(timeoutMs: number): CapabilityError {
  return new CapabilityError('timeout', `There was no answer within ${timeoutMs} ms.`);
}

/** What an attempt came to: its own value, and what the provider counted. */
export interface AttemptResult<Value> {
  readonly value: Value;
  readonly usage?: TokenUsage;
  /** `invalid` for an answer that breaks the contract, `caller` for a refusal that was handed on. */
  readonly outcome?: 'ok' | 'invalid' | 'caller';
}

/** Makes one attempt and keeps a record of it, however it ends. */
export async function attempt<Value>(
  course: Course,
  candidate: Candidate,
  call: () => Promise<AttemptResult<Value>>,
): Promise<Value> {
  const startedAt = course.runtime.now();
  course.signal.throwIfAborted();
  const keep = (rest: Omit<AttemptRecord, 'model' | 'provider' | 'latencyMs'>): void => {
    const cost = costUsd(candidate.model.price, rest.usage);
    course.attempts.push({
      model: candidate.model.id,
      provider: candidate.provider.id,
      latencyMs: course.runtime.now() - startedAt,
      ...rest,
      ...(cost === undefined ? {} : { costUsd: cost }),
    });
  };
  try {
    const { value, usage, outcome = 'ok' } = await call();
    keep({ outcome, ...(usage === undefined ? {} : { usage }) });
    return value;
  } catch (error) {
    keep(recordOfFailure(course, error));
    throw error;
  }
}

function recordOfFailure(
  { runtime }: Course,
  error: unknown,
): Pick<AttemptRecord, 'outcome' | 'status' | 'message'> {
  if (error instanceof CapabilityError) return { outcome: error.code };
  if (!(error instanceof ProviderFailure)) return { outcome: 'internal' };
  const { status, message, providerMessage } = error;
  const words = providerMessage === undefined ? message : `${message} “${providerMessage}”`;
  return {
    outcome: error.class,
    ...(status === undefined ? {} : { status }),
    message: runtime.transport.redact(words),
  };
}
