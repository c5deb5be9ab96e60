// What a call is addressed to: a capability, a tier, or one model of one provider.

import { suggest } from '../diagnostics/suggest.ts';
import { CapabilityError } from '../errors.ts';
import type { Capability, Model, Provider, Snapshot } from '../registry/snapshot.ts';

export type Target =
  | { readonly kind: 'capability'; readonly capability: Capability; readonly tier?: string }
  | { readonly kind: 'tier'; readonly tier: string }
  | { readonly kind: 'model'; readonly model: Model; readonly provider: Provider };

/**
 * Reads the `model` of the OpenAI surface: `NAME`, `NAME@MAJOR`, either with `:TIER`; `auto`, `auto:TIER`; a model id
 * `PROVIDER/MODEL`, an alias, or a bare model name that exactly one provider has. Throws `not_found` otherwise.
 */
export function parseTarget(snapshot: Snapshot, name: string): Target {
  return (
    modelTarget(snapshot, name) ??
    automaticTarget(snapshot, name) ??
    capabilityTarget(snapshot, name) ??
    refuse(snapshot, name)
  );
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
  const model = own(snapshot.models, own(snapshot.aliases, name) ?? name) ?? bareModel(snapshot, name);
  if (model !== undefined) return withProvider(snapshot, model);
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

function bareModel(snapshot: Snapshot, name: string): Model | undefined {
  const named = Object.values(snapshot.models).filter((model) => model.name === name);
  return named.length === 1 ? named[0] : undefined;
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
