// How models and providers have been doing: one circuit each, and how long each model takes. Routing reads it through a
// view that changes nothing; an attempt enters and leaves.

import type { RateLimit, RateLimits } from '../providers/rate-limits.ts';
import type { Model, Provider, Snapshot } from '../registry/snapshot.ts';
import type { HealthView, Learnt, PresentFacts } from '../routing/health-view.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { createBoundedMap } from './bounded-map.ts';
import { CIRCUIT_LIMITS, createCircuit } from './circuit.ts';
import type { Circuit, CircuitLimits, CircuitState, Passage, Verdict } from './circuit.ts';
import { createSpeed } from './speed.ts';
import type { Speed } from './speed.ts';
import { createTimings } from './timings.ts';
import type { Timings } from './timings.ts';

export interface Health {
  /** What routing may know, for the providers of one Snapshot. */
  view(snapshot: Snapshot, available: (provider: Provider) => boolean, learnt?: Learnt): HealthView;
  /** Whether a call would be let through now. Changes nothing. */
  admits(candidate: Candidate): boolean;
  /** Lets a call through; when the circuit is open it is let through all the same, but does not count as a probe. */
  enter(candidate: Candidate): Visit;
  /** For those who watch. */
  state(candidate: Candidate): { readonly model: CircuitState; readonly provider: CircuitState };
  /** Everything that is known of a model, for those who watch. */
  report(candidate: Candidate): HealthReport;
  /** The time that all but a share of the model's calls keep to; undefined while too few are known. */
  tailMs(candidate: Candidate, measure: keyof ModelTimings, quantile: number): number | undefined;
}

/** One call of one candidate; `leave` is called once. */
export interface Visit {
  leave(finding: Finding): void;
}

/** What a call says of the model and its provider. */
export interface Finding {
  readonly verdict: Verdict;
  /** The verdict is about the model alone: its provider answered. */
  readonly modelOnly?: boolean | undefined;
  /** The model rests for so long, as the provider asked. */
  readonly modelRestMs?: number | undefined;
  /** The provider rests for so long: its answer would be the same for each of its models. */
  readonly providerRestMs?: number | undefined;
  /** Of a call that went well: until its first content, where it was streamed, and until its end. */
  readonly firstMs?: number | undefined;
  readonly totalMs?: number | undefined;
  /** Tokens of the answer, where they were counted. */
  readonly outputTokens?: number | undefined;
  /** What the answer's head said of the provider's limits. */
  readonly limits?: RateLimits | undefined;
}

/** What is known of a model at its provider; what is not known is absent. */
export interface HealthReport {
  readonly circuit: { readonly model: CircuitState; readonly provider: CircuitState };
  /** For how long it comes last still: an open circuit, `Retry-After`, or a limit that is used up. */
  readonly restMs: number;
  /** Share of the last minute's calls that went well. */
  readonly successRatio?: number;
  readonly firstTokenMs?: number;
  readonly tokensPerSecond?: number;
  /** Of whole answers. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly limits?: RateLimits;
}

export interface ModelTimings {
  /** Until the first content of a stream. */
  readonly first: Timings;
  /** Until the end of the answer. */
  readonly total: Timings;
}

interface ModelHealth {
  readonly circuit: Circuit;
  readonly timings: ModelTimings;
  readonly speed: Speed;
  /** As the last answer's head said, and when; older ones say nothing of now. */
  limits?: { readonly left: RateLimits; readonly at: number };
}

interface Found {
  readonly of: Provider;
  readonly model: ModelHealth;
  readonly provider: Circuit;
}

/** Models and providers that are remembered; callers may name models that no Snapshot knows. */
const ENTRIES_MAX = 2_000;

export function createHealth(now: () => number, limits: CircuitLimits = CIRCUIT_LIMITS): Health {
  const models = createBoundedMap<ModelHealth>({ entries: ENTRIES_MAX });
  const providers = createBoundedMap<Circuit>({ entries: ENTRIES_MAX });

  const findModel = (provider: Provider, model: Model): ModelHealth => {
    const key = `${addressOf(provider)} ${model.name}`;
    const known = models.get(key);
    if (known !== undefined) return known;
    const timings = { first: createTimings(), total: createTimings() };
    const made = { circuit: createCircuit(limits), timings, speed: createSpeed() };
    models.set(key, made);
    return made;
  };
  const findProvider = (provider: Provider): Circuit => {
    const key = addressOf(provider);
    const known = providers.get(key);
    if (known !== undefined) return known;
    const made = createCircuit(limits);
    providers.set(key, made);
    return made;
  };
  /** Asked for every model on every call, so what was found for a model of a Snapshot is kept with it. */
  const found = new WeakMap<Model, Found>();
  const healthOf = (provider: Provider, model: Model): Found => {
    const known = found.get(model);
    if (known?.of === provider) return known;
    const made = { of: provider, model: findModel(provider, model), provider: findProvider(provider) };
    found.set(model, made);
    return made;
  };
  const isBlocked = ({ provider, model }: Found, at: number): boolean =>
    provider.blocked(at) || model.circuit.blocked(at) || usedUpMs(model.limits, at) > 0;
  const admits = (provider: Provider, model: Model): boolean => !isBlocked(healthOf(provider, model), now());
  /** Those that may be blocked now: whoever is not among them is well. */
  const troubled = new Set<Found>();
  const isSettled = (health: Found, at: number): boolean =>
    !isBlocked(health, at) &&
    health.provider.state(at) === 'closed' &&
    health.model.circuit.state(at) === 'closed';
  const trouble = (health: Found): void => {
    // Nobody can be asked for more models than are remembered.
    if (troubled.size < ENTRIES_MAX) troubled.add(health);
  };
  const areAllWell = (at: number): boolean => {
    for (const health of troubled) if (isSettled(health, at)) troubled.delete(health);
    return troubled.size === 0;
  };

  const leave = (health: Found, ofModel: Passage, ofProvider: Passage, finding: Finding): void => {
    const { circuit, timings, speed } = health.model;
    const { provider } = health;
    const { verdict, modelOnly = false, modelRestMs, providerRestMs, firstMs, totalMs } = finding;
    const at = now();
    circuit.leave(ofModel, verdict, at);
    provider.leave(ofProvider, modelOnly && verdict === 'ill' ? 'well' : verdict, at);
    if (modelRestMs !== undefined) circuit.restUntil(at + modelRestMs);
    if (providerRestMs !== undefined) provider.restUntil(at + providerRestMs);
    if (firstMs !== undefined) timings.first.add(firstMs);
    if (totalMs !== undefined) timings.total.add(totalMs);
    if (verdict === 'well' && totalMs !== undefined)
      speed.add({ firstMs, totalMs, outputTokens: finding.outputTokens });
    if (finding.limits !== undefined) health.model.limits = { left: finding.limits, at };
    if (!isSettled(health, at)) trouble(health);
  };

  return {
    view(snapshot, available, learnt) {
      const at = now();
      return new View(snapshot, available, learnt, at, areAllWell(at), { healthOf, isBlocked });
    },
    admits: ({ provider, model }) => admits(provider, model),
    enter({ provider, model }) {
      const health = healthOf(provider, model);
      const at = now();
      const isForced = isBlocked(health, at);
      const ofModel = passageOf(health.model.circuit, isForced, at);
      const ofProvider = passageOf(health.provider, isForced, at);
      return { leave: (finding) => leave(health, ofModel, ofProvider, finding) };
    },
    state: ({ provider, model }) => ({
      model: healthOf(provider, model).model.circuit.state(now()),
      provider: healthOf(provider, model).provider.state(now()),
    }),
    report({ provider, model }) {
      const at = now();
      const { model: own, provider: provided } = healthOf(provider, model);
      const { circuit, speed, timings, limits } = own;
      const restMs = Math.max(circuit.restMs(at), provided.restMs(at), usedUpMs(limits, at));
      return withoutUnknown({
        circuit: { model: circuit.state(at), provider: provided.state(at) },
        restMs,
        successRatio: circuit.successRatio(at),
        firstTokenMs: speed.firstTokenMs,
        tokensPerSecond: speed.tokensPerSecond,
        p50Ms: timings.total.quantile(0.5),
        p95Ms: timings.total.quantile(0.95),
        limits: limits?.left,
      });
    },
    tailMs: ({ provider, model }, measure, quantile) =>
      healthOf(provider, model).model.timings[measure].quantile(quantile),
  };
}

function passageOf(circuit: Circuit, isForced: boolean, at: number): Passage {
  return (isForced ? undefined : circuit.enter(at)) ?? circuit.force(at);
}

interface Known {
  healthOf(provider: Provider, model: Model): Found;
  isBlocked(health: Found, at: number): boolean;
}

/** The present for one plan. It remembers what it said that was not simply "well", or "unknown". */
class View implements HealthView {
  readonly learnt: Learnt | undefined;
  readonly allWell: boolean;
  private readonly snapshot: Snapshot;
  private readonly isAvailable: (provider: Provider) => boolean;
  private readonly at: number;
  private readonly known: Known;
  private down: string[] | undefined = undefined;
  private resting: string[] | undefined = undefined;
  private latencies: Record<string, number> | undefined = undefined;
  private expected: Record<string, number> | undefined = undefined;

  constructor(
    snapshot: Snapshot,
    isAvailable: (provider: Provider) => boolean,
    learnt: Learnt | undefined,
    at: number,
    allWell: boolean,
    known: Known,
  ) {
    this.snapshot = snapshot;
    this.isAvailable = isAvailable;
    this.learnt = learnt;
    this.at = at;
    this.allWell = allWell;
    this.known = known;
  }

  available(id: string): boolean {
    const provider = this.snapshot.providers[id];
    const isThere = provider !== undefined && this.isAvailable(provider);
    if (!isThere) this.down = withAlso(this.down, id);
    return isThere;
  }

  latencyMs(model: Model): number | undefined {
    const ms = this.healthOf(model)?.model.timings.total.quantile(0.95);
    if (ms !== undefined) (this.latencies ??= {})[model.id] = ms;
    return ms;
  }

  expectedMs(model: Model, tokens: number): number | undefined {
    const ms = this.healthOf(model)?.model.speed.expectedMs(tokens);
    if (ms !== undefined) (this.expected ??= {})[model.id] = ms;
    return ms;
  }

  circuitOpen(model: Model): boolean {
    const health = this.healthOf(model);
    const rests = health !== undefined && this.known.isBlocked(health, this.at);
    if (rests) this.resting = withAlso(this.resting, model.id);
    return rests;
  }

  successRatio(model: Model): number | undefined {
    return this.healthOf(model)?.model.circuit.successRatio(this.at);
  }

  told(): PresentFacts {
    const { down, resting, expected, latencies } = this;
    return { down, resting, expectedMs: expected, latencyMs: latencies };
  }

  private healthOf(model: Model): Found | undefined {
    const provider = this.snapshot.providers[model.provider];
    return provider && this.known.healthOf(provider, model);
  }
}

function withAlso(names: string[] | undefined, name: string): string[] {
  if (names === undefined) return [name];
  if (!names.includes(name)) names.push(name);
  return names;
}

/** A limit that is used up keeps us waiting for so long at most: providers name far dates for windows that matter little. */
const LIMIT_REST_MAX_MS = 60_000;

function usedUpMs(limits: ModelHealth['limits'], at: number): number {
  if (limits === undefined) return 0;
  const { left, at: notedAt } = limits;
  const until = Math.max(restOf(left.requests), restOf(left.tokens));
  return Math.max(0, Math.min(until, notedAt + LIMIT_REST_MAX_MS) - at);
}

function restOf(limit: RateLimit | undefined): number {
  return limit?.resetsAt === undefined || limit.remaining >= 1 ? -Infinity : limit.resetsAt;
}

function withoutUnknown(report: {
  readonly [key in keyof HealthReport]-?: HealthReport[key] | undefined;
}): HealthReport {
  return Object.fromEntries(
    Object.entries(report).filter(([, value]) => value !== undefined),
  ) as unknown as HealthReport;
}

/** A provider that moves to another address begins anew. */
function addressOf({ id, adapter, baseUrl }: Provider): string {
  return `${id} ${adapter} ${baseUrl ?? ''}`;
}
