// Phase 4 for capstan.yaml: what capabilities are lowered against.

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

/** The adapter that answers inside the process. Its models are known, and no data leaves with them. */
const SIMULATOR = 'simulator';

/** What is assumed of a model of which the project does not say it. */
const ASSUMED_QUALITY = 0.5;
export const ASSUMED_CONTEXT_TOKENS = 8_192;
const ASSUMED_OUTPUT_TOKENS = 4_096;

export function lowerProject(tree: SyntaxTree, declaration: ProjectDeclaration): Project {
  const providers = lowerProviders(declaration.providers ?? DEFAULT_PROVIDERS);
  const tiers = sortKeys(declaration.tiers ?? DEFAULT_TIERS);
  return {
    tree,
    declaration,
    name: declaration.metadata.name,
    providers,
    models: lowerModels(declaration.models ?? {}, providers),
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

function lowerProviders(declared: Record<string, DeclaredProvider>): Record<string, Provider> {
  return mapSorted(declared, (provider, id): Provider => {
    const { adapter, baseUrl, apiKey, regions, dataClass } = provider;
    const environment =
      apiKey === undefined ? undefined : /^\$\{(?<name>\w+)\}$/.exec(apiKey)?.groups?.['name'];
    return {
      id,
      adapter,
      ...(baseUrl !== undefined && { baseUrl: baseUrl.replace(/\/+$/, '') }),
      ...(environment !== undefined && { apiKey: { environment } }),
      ...(regions && { regions: [...regions].sort() }),
      dataClass: dataClass ?? (adapter === SIMULATOR ? 'restricted' : 'internal'),
    };
  });
}

function lowerModels(
  declared: Record<string, DeclaredModel>,
  providers: Record<string, Provider>,
): Record<string, Model> {
  const builtIn = Object.values(providers)
    .filter((provider) => provider.adapter === SIMULATOR)
    .flatMap((provider) => simulatorModels(provider.id));
  const models: Record<string, Model> = Object.fromEntries(builtIn.map((model) => [model.id, model]));
  for (const [id, model] of Object.entries(declared)) {
    const provider = id.slice(0, id.indexOf('/'));
    // A model of an unknown provider is reported by a rule; it could never be called.
    if (providers[provider]) models[id] = lowerModel(id, provider, model, models[id]);
  }
  return sortKeys(models);
}

function lowerModel(id: string, provider: string, declared: DeclaredModel, known: Model | undefined): Model {
  const contextTokens = declared.contextTokens ?? known?.contextTokens ?? ASSUMED_CONTEXT_TOKENS;
  const price = declared.price ?? known?.price;
  return {
    id,
    provider,
    name: id.slice(provider.length + 1),
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
