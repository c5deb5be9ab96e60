// The raw passthrough of the OpenAI surface: the caller's bytes go to a provider that speaks the format, with `model`
// replaced, and the provider's bytes come back. Until the first bytes go out, a failure moves on to the next candidate.

import { assert, CapabilityError } from '../errors.ts';
import type { Constraints, Policies } from '../registry/snapshot.ts';
import { planRoute } from '../routing/plan-route.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { requirementsOf } from '../routing/requirements.ts';
import type { CallSize } from '../routing/requirements.ts';
import type { DecisionRecord } from '../usage/usage-record.ts';
import { createBoundedMap } from './bounded-map.ts';
import { openCourse } from './course.ts';
import { dispatch } from './dispatch.ts';
import { usualTokens } from './estimate-tokens.ts';
import type { Invocation } from './invocation.ts';
import { noRoute } from './no-route.ts';
import { decisionOf } from './plan-call.ts';
import { recordUsage } from './record-usage.ts';
import { relayOnce, sendRefusal } from './relay-answer.ts';
import type { Relay } from './relay-answer.ts';
import { needsOf } from './relay-call.ts';
import type { RelayCall } from './relay-call.ts';
import { healthOf, rankOptions } from './runtime.ts';
import type { Runtime } from './runtime.ts';

/** Gets the provider's answer; a promise of `chunk` holds the provider back. */
export interface RelaySink {
  /** `headers` are names and values in turn, those of the provider that the caller may see. */
  head(status: number, headers: readonly string[], facts: RelayFacts): void;
  chunk(bytes: Buffer): void | Promise<void>;
  /** `last` is what is left of the body, where the whole of it is known at once. */
  end(last?: Buffer): void;
}

export interface RelayFacts {
  readonly id: string;
  /** Revision of the Snapshot that serves. */
  readonly snapshot: string;
  readonly model: string;
  /** Known for whole answers only: a stream's head goes out before its price is known. */
  readonly costUsd?: number | undefined;
}

/** A model that the caller names is asked once: its own client decides what to try again. */
const ONCE: Policies['retry'] = { maxAttempts: 1, on: [] };
/** Where the caller leaves the choice to us, so is the trying. */
const AGAIN: Policies['retry'] = { maxAttempts: 2, on: ['timeout', 'rate-limited', 'upstream-error'] };

/**
 * Relays one call. What a provider says against it is handed on as it is, where the caller named the model; every other
 * failure before the head rejects with a `CapabilityError`, and after it the caller's connection has to be cut.
 */
export async function relay(
  runtime: Runtime,
  invocation: Invocation,
  call: RelayCall,
  sink: RelaySink,
): Promise<void> {
  const course = openCourse(runtime, invocation.signal, invocation.snapshot.defaults.timeoutMs);
  course.promptTokens = usualTokens(call.bodyBytes);
  const one: Relay = { course, invocation, call, sink, refusal: undefined, answeredBy: undefined };
  let outcome = 'internal';
  let decision: DecisionRecord | undefined;
  try {
    const chosen = candidatesFor(runtime, invocation, call);
    decision = chosen.decision;
    const retry = invocation.target.kind === 'model' ? ONCE : AGAIN;
    const isAnswered = await dispatch(course, chosen.candidates, { retry }, (attempt) =>
      relayOnce(one, attempt),
    );
    outcome = isAnswered ? 'ok' : 'request_invalid';
  } catch (error) {
    outcome = error instanceof CapabilityError ? error.code : 'internal';
    if (!sendRefusal(one, error)) throw error;
  } finally {
    course.close();
    const { attempts } = course;
    const { stream } = call;
    const { answeredBy } = one;
    recordUsage(runtime, invocation, outcome, { attempts, answeredBy, stream, cache: 'bypass', decision });
  }
}

interface Chosen {
  readonly candidates: readonly Candidate[];
  /** Absent when the caller chose. */
  readonly decision?: DecisionRecord;
}

function candidatesFor(runtime: Runtime, invocation: Invocation, call: RelayCall): Chosen {
  const { target, snapshot } = invocation;
  assert(target.kind !== 'capability', 'capabilities are not relayed');
  if (target.kind === 'model') {
    const why = runtime.transport.whyUnavailable(target.provider);
    if (why === undefined) return { candidates: [target] };
    const message = `The provider ${target.provider.id} is not available: ${why}.`;
    throw new CapabilityError('no_route', message, { param: 'model' });
  }
  const health = healthOf(runtime, snapshot);
  const options = rankOptions(runtime);
  const any = requirementsOf(snapshot, undefined, target.tier, sizeOf(call));
  const requirements = target.only === undefined ? any : { ...any, constraints: constrainedTo(target.only) };
  const route = planRoute(snapshot, requirements, health, options);
  if (route.candidates.length === 0) throw noRoute(route);
  return {
    candidates: route.candidates,
    decision: decisionOf({ requirements, route }, health, options),
  };
}

/** One object for equal lists, so that what follows from it is found again. */
function constrainedTo(models: readonly string[]): Constraints {
  const key = models.join('\n');
  const ready = constrained.get(key);
  if (ready !== undefined) return ready;
  const made = { models: { allow: models } };
  constrained.set(key, made);
  return made;
}

const constrained = createBoundedMap<Constraints>({ entries: 1_000 });

function sizeOf(call: RelayCall): CallSize {
  const { maxOutputTokens } = call;
  const { features = [], modalities = [] } = needsOf(call);
  return {
    // The whole body's: the provider counts for itself.
    inputTokens: usualTokens(call.bodyBytes),
    maxOutputTokens,
    ...(features.length === 0 ? {} : { features }),
    ...(modalities.length === 0 ? {} : { inputModalities: modalities }),
  };
}
