// How models and providers have been doing: one circuit each, and how long each model takes. Routing reads it through a
// view that changes nothing; an attempt enters and leaves.

import type { Model, Provider, Snapshot } from '../registry/snapshot.ts';
import type { HealthView } from '../routing/health-view.ts';
import type { Candidate } from '../routing/plan-route.ts';
import { createBoundedMap } from './bounded-map.ts';
import { CIRCUIT_LIMITS, createCircuit } from './circuit.ts';
import type { Circuit, CircuitLimits, CircuitState, Verdict } from './circuit.ts';
import { createTimings } from './timings.ts';
import type { Timings } from './timings.ts';

export interface Health {
  /** What routing may know, for the providers of one Snapshot. */
  view(snapshot: Snapshot, available: (provider: Provider) => boolean): HealthView;
  /** Whether a call would be let through now. Changes nothing. */
  admits(candidate: Candidate): boolean;
  /** Lets a call through; when the circuit is open it is let through all the same, but does not count as a probe. */
  enter(candidate: Candidate): Visit;
  /** For those who watch. */
  state(candidate: Candidate): { readonly model: CircuitState; readonly provider: CircuitState };
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
  readonly modelOnly?: boolean;
  /** The model rests for so long, as the provider asked. */
  readonly modelRestMs?: number;
  /** The provider rests for so long: its answer would be the same for each of its models. */
  readonly providerRestMs?: number;
  /** Of a call that went well: until its first content, where it was streamed, and until its end. */
  readonly firstMs?: number;
  readonly totalMs?: number;
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
    const made = { circuit: createCircuit(limits), timings };
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
  const admits = (provider: Provider, model: Model): boolean => {
    const health = healthOf(provider, model);
    const at = now();
    return !health.provider.blocked(at) && !health.model.circuit.blocked(at);
  };

  return {
    view(snapshot, available) {
      const ofModel = <Result>(
        id: string,
        read: (provider: Provider, model: Model) => Result,
      ): Result | undefined => {
        const model = snapshot.models[id];
        const provider = model && snapshot.providers[model.provider];
        return provider && read(provider, model);
      };
      return {
        available(id) {
          const provider = snapshot.providers[id];
          return provider !== undefined && available(provider);
        },
        latencyMs: (id) =>
          ofModel(id, (provider, model) => healthOf(provider, model).model.timings.total.quantile(0.95)),
        circuitOpen: (id) => ofModel(id, (provider, model) => !admits(provider, model)) ?? false,
        successRatio: (id) =>
          ofModel(id, (provider, model) => healthOf(provider, model).model.circuit.successRatio(now())),
      };
    },
    admits: ({ provider, model }) => admits(provider, model),
    enter({ provider, model }) {
      const health = healthOf(provider, model);
      const { circuit, timings } = health.model;
      const provided = health.provider;
      const isForced = !admits(provider, model);
      const pass = (each: Circuit): ReturnType<Circuit['force']> =>
        (isForced ? undefined : each.enter(now())) ?? each.force(now());
      const passages = { model: pass(circuit), provider: pass(provided) };
      return {
        leave({ verdict, modelOnly = false, modelRestMs, providerRestMs, firstMs, totalMs }) {
          circuit.leave(passages.model, verdict, now());
          provided.leave(passages.provider, modelOnly && verdict === 'ill' ? 'well' : verdict, now());
          if (modelRestMs !== undefined) circuit.restUntil(now() + modelRestMs);
          if (providerRestMs !== undefined) provided.restUntil(now() + providerRestMs);
          if (firstMs !== undefined) timings.first.add(firstMs);
          if (totalMs !== undefined) timings.total.add(totalMs);
        },
      };
    },
    state: ({ provider, model }) => ({
      model: healthOf(provider, model).model.circuit.state(now()),
      provider: healthOf(provider, model).provider.state(now()),
    }),
    tailMs: ({ provider, model }, measure, quantile) =>
      healthOf(provider, model).model.timings[measure].quantile(quantile),
  };
}

/** A provider that moves to another address begins anew. */
function addressOf({ id, adapter, baseUrl }: Provider): string {
  return `${id} ${adapter} ${baseUrl ?? ''}`;
}
