// Phase 4 for capstan.yaml: what capabilities are lowered against.

import type { CatalogModel, FindVendor, Vendor } from '../registry/catalog.ts';
import { identityOf } from '../registry/model-identity.ts';
import { SIMULATOR } from '../registry/is-simulated.ts';
import type { Model, Price, Provider, Tier } from '../registry/snapshot.ts';
import type {
  Model as DeclaredModel,
  ProjectDeclaration,
  Provider as DeclaredProvider,
} from './declaration.gen.ts';
import { parseDuration } from '../duration.ts';
import type { Project } from './program.ts';
import type { SyntaxTree } from './syntax-tree.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

/** The tiers of a project that defines none. */
const DEFAULT_TIERS: Record<string, Tier> = {
  economy: { tolerance: 0.1, prefer: ['cost', 'latency'] },
  premium: { tolerance: 0, prefer: ['quality', 'latency'] },
  standard: { tolerance: 0.03, prefer: ['cost', 'latency'] },
};

/** The provider of a project that names none: answers come from inside the process, no key and no network. */
const DEFAULT_PROVIDERS: Record<string, DeclaredProvider> = { simulator: { adapter: 'simulator' } };

/** What is assumed of a model of which the project does not say it. */
const ASSUMED_QUALITY = 0.5;
export const ASSUMED_CONTEXT_TOKENS = 8_192;
const ASSUMED_OUTPUT_TOKENS = 4_096;

export function lowerProject(
  tree: SyntaxTree,
  declaration: ProjectDeclaration,
  findVendor: FindVendor = () => undefined,
): Project {
  const declared = declaration.providers ?? DEFAULT_PROVIDERS;
  const vendors = vendorsOf(declared, findVendor);
  const providers = lowerProviders(declared, vendors);
  const tiers = sortKeys(declaration.tiers ?? DEFAULT_TIERS);
  return {
    tree,
    declaration,
    name: declaration.metadata.name,
    providers,
    vendors,
    models: lowerModels(declaration.models ?? {}, providers, vendors),
    aliases: sortKeys(declaration.aliases ?? {}),
    tiers,
    defaults: {
      tier: declaration.defaults?.tier ?? defaultTier(tiers),
      timeoutMs:
        declaration.defaults?.timeout === undefined
          ? DEFAULT_TIMEOUT_MS
          : parseDuration(declaration.defaults.timeout),
      ...(declaration.defaults?.provider !== undefined && { provider: declaration.defaults.provider }),
    },
    access: {
      keys: (declaration.access?.keys ?? []).map(({ name, sha256, team }) => ({
        name,
        sha256,
        ...(team !== undefined && { team }),
      })),
    },
    generate: declaration.generate ?? [],
    lint: declaration.lint ?? {},
  };
}

/** `standard` where there is one, else the first by name. */
function defaultTier(tiers: Record<string, Tier>): string {
  return tiers['standard'] ? 'standard' : (Object.keys(tiers)[0] ?? 'standard');
}

/** The vendor of a provider; one that is not named is the provider's own name, where the provider names no adapter. */
export function vendorNameOf(id: string, { vendor, adapter }: DeclaredProvider): string | undefined {
  return vendor ?? (adapter === undefined ? id : undefined);
}

function vendorsOf(declared: Record<string, DeclaredProvider>, findVendor: FindVendor): Project['vendors'] {
  const found = Object.entries(declared).flatMap(([id, provider]) => {
    const name = vendorNameOf(id, provider);
    const vendor = name === undefined ? undefined : findVendor(name);
    return vendor === undefined ? [] : [[id, vendor] as const];
  });
  return Object.fromEntries(found);
}

function lowerProviders(
  declared: Record<string, DeclaredProvider>,
  vendors: Project['vendors'],
): Record<string, Provider> {
  return mapSorted(declared, (provider, id): Provider => {
    const vendor = vendors[id];
    const { apiKey, regions, dataClass } = provider;
    // Without both, a rule says so, and nothing is ever called.
    const adapter = provider.adapter ?? vendor?.adapter ?? '';
    const baseUrl = provider.baseUrl ?? vendor?.baseUrl;
    const named = apiKey === undefined ? undefined : /^\$\{(?<name>\w+)\}$/.exec(apiKey)?.groups?.['name'];
    const environment = named ?? vendor?.key;
    return {
      id,
      adapter,
      ...(baseUrl !== undefined && { baseUrl: baseUrl.replace(/\/+$/, '') }),
      ...(vendor?.limitField && { limitField: vendor.limitField }),
      ...(environment !== undefined && { apiKey: { environment } }),
      ...(regions && { regions: [...regions].sort() }),
      dataClass: dataClass ?? (adapter === SIMULATOR ? 'restricted' : 'internal'),
    };
  });
}

function lowerModels(
  declared: Record<string, DeclaredModel>,
  providers: Record<string, Provider>,
  vendors: Project['vendors'],
): Record<string, Model> {
  const builtIn = Object.values(providers).flatMap((provider) =>
    provider.adapter === SIMULATOR
      ? simulatorModels(provider.id)
      : catalogModels(provider.id, vendors[provider.id]),
  );
  const models = Object.fromEntries(oneQualityEach(builtIn).map((model) => [model.id, model]));
  for (const [id, model] of Object.entries(declared)) {
    const provider = id.slice(0, id.indexOf('/'));
    // A model of an unknown provider is reported by a rule; it could never be called.
    if (providers[provider]) models[id] = lowerModel(id, provider, model, models[id]);
  }
  return sortKeys(models);
}

/** What one model costs differs by provider; how good it is does not. */
function oneQualityEach(models: readonly Model[]): readonly Model[] {
  const best = new Map<string, number>();
  const identity = ({ identity: known, name }: Model): string => known ?? name;
  for (const model of models)
    best.set(identity(model), Math.max(model.quality, best.get(identity(model)) ?? 0));
  return models.map((model) => ({ ...model, quality: best.get(identity(model)) ?? model.quality }));
}

function lowerModel(id: string, provider: string, declared: DeclaredModel, known: Model | undefined): Model {
  const contextTokens = declared.contextTokens ?? known?.contextTokens ?? ASSUMED_CONTEXT_TOKENS;
  const price = declared.price ?? known?.price;
  const name = id.slice(provider.length + 1);
  const identity = declared.identity ?? identityOf(name);
  return {
    id,
    provider,
    name,
    ...(identity !== name && { identity }),
    quality: declared.quality ?? known?.quality ?? ASSUMED_QUALITY,
    contextTokens,
    maxOutputTokens:
      declared.maxOutputTokens ?? known?.maxOutputTokens ?? Math.min(contextTokens, ASSUMED_OUTPUT_TOKENS),
    features: [...(declared.features ?? known?.features ?? [])].sort(),
    modalities: [...(declared.modalities ?? known?.modalities ?? ['text'])].sort(),
    ...(price && { price: lowerPrice(price) }),
  };
}

function lowerPrice({ longContext, ...rates }: Price): Price {
  if (longContext === undefined) return rates;
  return {
    ...rates,
    longContext: longContext.toSorted((left, right) => left.aboveInputTokens - right.aboveInputTokens),
  };
}

function catalogModels(provider: string, vendor: Vendor | undefined): Model[] {
  return Object.entries(vendor?.models ?? {}).map(([name, known]) => catalogModel(provider, name, known));
}

function catalogModel(provider: string, name: string, known: CatalogModel): Model {
  const { contextTokens, maxOutputTokens, features, modalities, price } = known;
  const identity = identityOf(name);
  return {
    id: `${provider}/${name}`,
    provider,
    name,
    ...(identity !== name && { identity }),
    quality: price === undefined ? ASSUMED_QUALITY : qualityOfPrice(price),
    contextTokens,
    maxOutputTokens: maxOutputTokens ?? Math.min(contextTokens, ASSUMED_OUTPUT_TOKENS),
    features,
    modalities,
    ...(price && { price }),
  };
}

/** Answers at these prices and beyond, USD per million tokens, have the lowest and the highest prior. */
const PRIOR_PRICES = { low: 0.4, high: 15 };
const PRIOR_QUALITIES = { low: 0.4, high: 0.6 };

/**
 * The prior of a model of which nothing is measured and nothing declared: what is asked for its answers, on a logarithmic
 * scale and within a narrow band. A weak sign, so that a project may start; `capstan eval` replaces it by evidence.
 */
function qualityOfPrice({ output }: Price): number {
  const { low, high } = PRIOR_PRICES;
  const share = Math.log(Math.max(output, low) / low) / Math.log(high / low);
  const quality = PRIOR_QUALITIES.low + (PRIOR_QUALITIES.high - PRIOR_QUALITIES.low) * Math.min(1, share);
  return Math.round(quality * 1000) / 1000;
}

function simulatorModels(provider: string): Model[] {
  const model = (name: string, contextTokens: number, maxOutputTokens: number): Model => ({
    id: `${provider}/${name}`,
    provider,
    name,
    quality: 0,
    contextTokens,
    maxOutputTokens,
    features: ['structured-output', 'tools'],
    modalities: ['text'],
    price: { input: 0, output: 0 },
  });
  return [model('large', 1_048_576, 65_536), model('small', 32_768, 8_192)];
}

function mapSorted<T, U>(record: Record<string, T>, map: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .flatMap((key) => {
        const value = record[key];
        return value === undefined ? [] : [[key, map(value, key)] as const];
      }),
  );
}

function sortKeys<T>(record: Record<string, T>): Record<string, T> {
  return mapSorted(record, (value) => value);
}
