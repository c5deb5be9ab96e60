// "And if …?" as data: a change of what is asked, or of what is known of a model or a provider, on top of what there is. The
// Snapshot itself is never touched.

import type { Constraints, Model, Provider } from '../registry/snapshot.ts';
import type { Routable } from './pool.ts';
import { requirementsOf } from './requirements.ts';
import type { Requirements } from './requirements.ts';

export interface Supposed {
  readonly snapshot: Routable;
  readonly requirements: Requirements;
}

const suppositions = [
  'region',
  'dataClass',
  'maxCostUsd',
  'maxLatencyMs',
  'feature',
  'tier',
  'tolerance',
  'prefer',
  'without',
];

/** Throws an Error whose message says what is wrong with the text. */
export function suppose(supposed: Supposed, text: string): Supposed {
  const cut = text.indexOf('=');
  const [subject, value] = [text.slice(0, Math.max(0, cut)).trim(), text.slice(cut + 1).trim()];
  if (cut < 0 || subject === '' || value === '')
    throw new Error(`"${text}" is no supposition; write NAME=VALUE`);
  const of = /^(?<kind>model|provider):(?<id>.+)\.(?<field>\w+)$/.exec(subject)?.groups;
  if (of?.['kind'] === 'model') return supposeModel(supposed, of['id'] ?? '', of['field'] ?? '', value);
  if (of?.['kind'] === 'provider') return supposeProvider(supposed, of['id'] ?? '', of['field'] ?? '', value);
  return supposeCall(supposed, subject, value);
}

function supposeCall({ snapshot, requirements }: Supposed, name: string, value: string): Supposed {
  const constrain = (more: Constraints): Supposed => ({
    snapshot,
    requirements: { ...requirements, constraints: { ...requirements.constraints, ...more } },
  });
  switch (name) {
    case 'region':
      return constrain({ regions: listOf(value) });
    case 'dataClass':
      return constrain({ dataClass: dataClassOf(value) });
    case 'maxCostUsd':
      return constrain({ maxCostUsd: numberOf(value) });
    case 'maxLatencyMs':
      return constrain({ maxLatencyMs: numberOf(value) });
    case 'without': {
      const { providers, models } = requirements.constraints;
      const isModel = value.includes('/');
      const list = isModel ? models : providers;
      const denied = { ...list, deny: [...(list?.deny ?? []), ...listOf(value)] };
      return constrain(isModel ? { models: denied } : { providers: denied });
    }
    case 'feature': {
      const { requires } = requirements;
      const features = [...new Set([...(requires.features ?? []), ...listOf(value)])];
      return { snapshot, requirements: { ...requirements, requires: { ...requires, features } } };
    }
    case 'tier':
      if (!Object.hasOwn(snapshot.tiers, value)) throw new Error(`the project has no tier "${value}"`);
      return { snapshot, requirements: onTier(snapshot, requirements, value) };
    case 'tolerance': {
      const tier = snapshot.tiers[requirements.tier];
      const changed = { tolerance: numberOf(value), prefer: tier?.prefer ?? [] };
      return {
        snapshot: { ...snapshot, tiers: { ...snapshot.tiers, [requirements.tier]: changed } },
        requirements,
      };
    }
    case 'prefer':
      return { snapshot, requirements: { ...requirements, prefer: listOf(value).map(preferenceOf) } };
    default:
      throw new Error(
        `nothing is called "${name}" here; what can be supposed is ${suppositions.join(', ')}, model:ID.FIELD and provider:ID.FIELD`,
      );
  }
}

/** What the capability offers on another tier; what was supposed of its constraints before stays. */
function onTier(snapshot: Routable, requirements: Requirements, tier: string): Requirements {
  const { capability, constraints, inputTokens, expectedOutputTokens } = requirements;
  const size = { inputTokens, ...(expectedOutputTokens !== undefined && { expectedOutputTokens }) };
  return { ...requirementsOf(snapshot, capability, tier, size), constraints };
}

function supposeModel(supposed: Supposed, id: string, field: string, value: string): Supposed {
  const { models } = supposed.snapshot;
  const model = Object.hasOwn(models, id) ? models[id] : undefined;
  if (model === undefined) throw new Error(`the project has no model "${id}"`);
  const changed = { ...models, [id]: changedModel(model, field, value) };
  return { ...supposed, snapshot: { ...supposed.snapshot, models: changed } };
}

function changedModel(model: Model, field: string, value: string): Model {
  switch (field) {
    case 'price': {
      const [input = NaN, output = NaN] = value.split('/').map(numberOf);
      if (Number.isNaN(output)) throw new Error('a price is IN/OUT, in US dollars per million tokens');
      return { ...model, price: { input, output } };
    }
    case 'quality':
    case 'contextTokens':
    case 'maxOutputTokens':
      return { ...model, [field]: numberOf(value) };
    case 'features':
    case 'modalities':
      return { ...model, [field]: listOf(value) };
    default:
      throw new Error(`of a model, "${field}" cannot be supposed`);
  }
}

function supposeProvider(supposed: Supposed, id: string, field: string, value: string): Supposed {
  const { providers } = supposed.snapshot;
  const provider = Object.hasOwn(providers, id) ? providers[id] : undefined;
  if (provider === undefined) throw new Error(`the project has no provider "${id}"`);
  const changed = { ...providers, [id]: changedProvider(provider, field, value) };
  return { ...supposed, snapshot: { ...supposed.snapshot, providers: changed } };
}

function changedProvider(provider: Provider, field: string, value: string): Provider {
  if (field === 'regions') return { ...provider, regions: listOf(value) };
  if (field === 'dataClass') return { ...provider, dataClass: dataClassOf(value) };
  throw new Error(`of a provider, "${field}" cannot be supposed`);
}

// -- values

function listOf(value: string): string[] {
  return value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function numberOf(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number >= 0) return number;
  throw new Error(`"${value}" is not a number`);
}

function dataClassOf(value: string): Provider['dataClass'] {
  if (value === 'public' || value === 'internal' || value === 'confidential' || value === 'restricted')
    return value;
  throw new Error(`"${value}" is no class of data; there is public, internal, confidential and restricted`);
}

function preferenceOf(value: string): Requirements['prefer'][number] {
  if (value === 'cost' || value === 'latency' || value === 'quality') return value;
  throw new Error(`"${value}" is nothing to prefer; there is cost, latency and quality`);
}
