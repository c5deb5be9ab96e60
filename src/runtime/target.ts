// What a call is addressed to: a capability, a tier, or one model of one provider.

import { suggest } from '../diagnostics/suggest.ts';
import { CapabilityError } from '../errors.ts';
import type { Adapter } from '../providers/adapter.ts';
import { adapterNamed } from '../providers/index.ts';
import type { Capability, Model, Provider, Snapshot } from '../registry/snapshot.ts';

export type Target =
  | { readonly kind: 'capability'; readonly capability: Capability; readonly tier?: string }
  /** `only` are the ids of the models that may answer: routes to the same model. Absent means: any. */
  | { readonly kind: 'tier'; readonly tier: string; readonly only?: readonly string[] }
  | { readonly kind: 'model'; readonly model: Model; readonly provider: Provider };

/**
 * Reads the `model` of the OpenAI surface: `NAME`, `NAME@MAJOR`, either with `:TIER`; `auto`, `auto:TIER`; a model id
 * `PROVIDER/MODEL`, an alias, or a bare model name; where several providers have it, all of them are routes to it. Throws
 * `not_found` otherwise.
 */
export function parseTarget(snapshot: Snapshot, name: string): Target {
  return findTarget(snapshot, name) ?? refuse(snapshot, name);
}

function findTarget(snapshot: Snapshot, name: string): Target | undefined {
  const ready = knownTargets(snapshot).get(name);
  if (ready !== undefined) return ready;
  const found = modelTarget(snapshot, name);
  // Those of the catalogue alone: what else a caller may write has no end.
  if (found?.kind === 'model' && own(snapshot.models, found.model.id) === found.model)
    knownTargets(snapshot).set(name, found);
  return found ?? automaticTarget(snapshot, name) ?? capabilityTarget(snapshot, name);
}

/** Models by the names that callers have used for them; an entry goes with its Snapshot. */
const targets = new WeakMap<Snapshot, Map<string, Target>>();

function knownTargets(snapshot: Snapshot): Map<string, Target> {
  const known = targets.get(snapshot) ?? new Map<string, Target>();
  targets.set(snapshot, known);
  return known;
}

export interface RelayAddress {
  /** What the request names as `model`. */
  readonly model?: string | undefined;
  /** What it names as provider; only one of the project counts. */
  readonly provider?: string | undefined;
}

/**
 * Whom a request of the OpenAI surface is for: by its model, else by the provider that it names, else the project's
 * default provider; undefined when none of them says. A model that nobody knows by its bare name is one of the provider
 * that the request names, or of `defaults.provider`. Throws `not_found` or `request_invalid`.
 */
export function relayTarget(
  snapshot: Snapshot,
  { model, provider: asked }: RelayAddress,
): Target | undefined {
  const named = asked === undefined ? undefined : providerNamed(snapshot, asked);
  if (model === undefined) {
    const provider = named ?? defaultProvider(snapshot);
    return provider && { kind: 'model', model: uncataloguedModel(provider, ANY_MODEL), provider };
  }
  const known = findTarget(snapshot, model);
  if (known !== undefined) return known;
  const { provider: usual } = snapshot.defaults;
  const provider = named ?? (usual === undefined ? undefined : own(snapshot.providers, usual));
  if (provider === undefined || model.length > MODEL_NAME_MAX) return refuse(snapshot, model);
  return { kind: 'model', model: uncataloguedModel(provider, model), provider };
}

/** Stands for the model of calls that name none, such as those for files. */
const ANY_MODEL = '*';

function providerNamed(snapshot: Snapshot, name: string): Provider {
  const provider = own(snapshot.providers, name);
  if (provider !== undefined) return provider;
  const known = Object.keys(snapshot.providers).map(quoted).join(', ');
  const message = `No provider is named ${quoted(name)} here; there is ${known}.`;
  throw new CapabilityError('request_invalid', message, { param: 'x-capstan-provider' });
}

/** The one that the project says, else the only one that is a server of OpenAI's format. */
function defaultProvider({ defaults, providers }: Snapshot): Provider | undefined {
  if (defaults.provider !== undefined) return own(providers, defaults.provider);
  const servers = Object.values(providers).filter(({ adapter }) => isServer(adapterNamed(adapter)));
  return servers.length === 1 ? servers[0] : undefined;
}

function isServer(adapter: Adapter): boolean {
  return adapter.relay && adapter.answer === undefined;
}

/** The capability that `NAME` (its highest major) or `NAME@MAJOR` refers to. */
export function capabilityNamed(snapshot: Snapshot, reference: string): Capability | undefined {
  const key = own(snapshot.latest, reference) ?? reference;
  return own(snapshot.capabilities, key);
}

function capabilityTarget(snapshot: Snapshot, name: string): Target | undefined {
  const [reference, tier] = splitTier(name);
  const capability = capabilityNamed(snapshot, reference);
  if (capability === undefined) return undefined;
  return tier === undefined ? { kind: 'capability', capability } : { kind: 'capability', capability, tier };
}

function automaticTarget(snapshot: Snapshot, name: string): Target | undefined {
  const [head, tier = snapshot.defaults.tier] = splitTier(name);
  if (head !== 'auto') return undefined;
  if (own(snapshot.tiers, tier) !== undefined) return { kind: 'tier', tier };
  const tiers = Object.keys(snapshot.tiers).map(quoted).join(', ');
  throw new CapabilityError('not_found', `No tier is named ${quoted(tier)}; there is ${tiers}.`, {
    param: 'model',
  });
}

function modelTarget(snapshot: Snapshot, name: string): Target | undefined {
  const model = own(snapshot.models, own(snapshot.aliases, name) ?? name);
  if (model !== undefined) return withProvider(snapshot, model);
  const [first, ...others] = routesTo(snapshot, name);
  if (first !== undefined) {
    if (others.length === 0) return withProvider(snapshot, first);
    return { kind: 'tier', tier: snapshot.defaults.tier, only: [first, ...others].map(({ id }) => id) };
  }
  const slash = name.indexOf('/');
  const provider = slash > 0 ? own(snapshot.providers, name.slice(0, slash)) : undefined;
  if (provider === undefined || slash === name.length - 1 || name.length > MODEL_NAME_MAX) return undefined;
  return { kind: 'model', model: uncataloguedModel(provider, name.slice(slash + 1)), provider };
}

/** Longer names are no names of models. */
const MODEL_NAME_MAX = 200;

/** A model that the project does not list may still be called by its id; nothing is known of it, least its price. */
function uncataloguedModel(provider: Provider, name: string): Model {
  return {
    id: `${provider.id}/${name}`,
    provider: provider.id,
    name,
    quality: 0,
    contextTokens: 0,
    maxOutputTokens: 0,
    features: [],
    modalities: ['text'],
  };
}

/** The models of that name; where there is none, those that are that model under other names. */
function routesTo({ models }: Snapshot, name: string): readonly Model[] {
  const known = routes.get(models) ?? gatherRoutes(models);
  routes.set(models, known);
  return known.get(name) ?? [];
}

/** By the models of a Snapshot, which never change. */
const routes = new WeakMap<Snapshot['models'], ReadonlyMap<string, readonly Model[]>>();

function gatherRoutes(models: Snapshot['models']): ReadonlyMap<string, readonly Model[]> {
  const all = Object.values(models);
  const byName = Map.groupBy(all, (model) => model.name);
  const byIdentity = Map.groupBy(all, ({ identity, name }) => identity ?? name);
  return new Map([...byIdentity, ...byName]);
}

function withProvider(snapshot: Snapshot, model: Model): Target | undefined {
  const provider = own(snapshot.providers, model.provider);
  return provider && { kind: 'model', model, provider };
}

function splitTier(name: string): [string, string?] {
  const at = name.indexOf(':');
  return at < 0 ? [name] : [name.slice(0, at), name.slice(at + 1)];
}

function refuse(snapshot: Snapshot, name: string): never {
  const known = [
    ...Object.keys(snapshot.latest),
    ...Object.keys(snapshot.capabilities),
    ...Object.keys(snapshot.aliases),
    ...Object.keys(snapshot.models),
    'auto',
  ];
  const [near] = suggest(splitTier(name)[0], known);
  const hint = near === undefined ? 'GET /v1/models lists what is served.' : `Did you mean ${quoted(near)}?`;
  throw new CapabilityError('not_found', `No model or capability is named ${quoted(name)}. ${hint}`, {
    param: 'model',
  });
}

const QUOTED_MAX = 80;

function quoted(word: string): string {
  return JSON.stringify(word.length > QUOTED_MAX ? `${word.slice(0, QUOTED_MAX)}…` : word);
}

function own<Value>(record: { readonly [name: string]: Value }, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
