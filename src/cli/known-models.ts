// What is known of models and where it is known from: the project's own words, the catalogue, or nobody's.

import type { CatalogModel } from '../registry/catalog.ts';
import { isSimulated } from '../registry/is-simulated.ts';
import { identityOf } from '../registry/model-identity.ts';
import type { Price } from '../registry/snapshot.ts';
import type { GlobalOptions } from './command-host.ts';
import type { Terminal } from './terminal.ts';

export interface Known<Value> {
  readonly value: Value;
  /** In words, for people. */
  readonly from: string;
}

export interface KnownModel {
  readonly id: string;
  readonly identity: string;
  /** Ids of the same model at other providers. */
  readonly elsewhere: readonly string[];
  /** Absent in the catalogue: there it is the project's to say. */
  readonly quality?: Known<number>;
  readonly contextTokens: Known<number>;
  readonly maxOutputTokens?: Known<number>;
  readonly features: Known<readonly string[]>;
  readonly modalities: Known<readonly string[]>;
  readonly price?: Known<Price>;
}

export interface ModelFilter {
  readonly text?: string;
  readonly vendor?: string;
  /** All of them. */
  readonly features: readonly string[];
  readonly modalities: readonly string[];
  readonly maxInputPrice?: number;
  readonly maxOutputPrice?: number;
  readonly minContext?: number;
}

export function filterModels(models: readonly KnownModel[], filter: ModelFilter): readonly KnownModel[] {
  const { text, vendor, features, modalities, maxInputPrice, maxOutputPrice, minContext = 0 } = filter;
  return models.filter(
    ({ id, price, contextTokens, ...model }) =>
      (text === undefined || id.toLowerCase().includes(text.toLowerCase())) &&
      (vendor === undefined || id.startsWith(`${vendor}/`)) &&
      features.every((name) => model.features.value.includes(name)) &&
      modalities.every((name) => model.modalities.value.includes(name)) &&
      (maxInputPrice === undefined || (price?.value.input ?? Infinity) <= maxInputPrice) &&
      (maxOutputPrice === undefined || (price?.value.output ?? Infinity) <= maxOutputPrice) &&
      contextTokens.value >= minContext,
  );
}

/** Words of a filter that neither `models` nor the catalogue knows: typing errors, not filters that nothing passes. */
export async function unknownWords(
  models: readonly KnownModel[],
  { vendor, features, modalities }: ModelFilter,
): Promise<readonly UnknownWord[]> {
  const all = [...models, ...(await catalogModels())];
  const unknown = (what: string, words: readonly string[], known: Iterable<string>): UnknownWord[] => {
    const names = [...new Set(known)].toSorted();
    return words.filter((word) => !names.includes(word)).map((word) => ({ what, word, names }));
  };
  return [
    ...unknown(
      'feature',
      features,
      all.flatMap((model) => model.features.value),
    ),
    ...unknown(
      'modality',
      modalities,
      all.flatMap((model) => model.modalities.value),
    ),
    ...unknown(
      'vendor or provider',
      vendor === undefined ? [] : [vendor],
      all.map(({ id }) => id.slice(0, id.indexOf('/'))),
    ),
  ];
}

export interface UnknownWord {
  readonly what: string;
  readonly word: string;
  /** Those that exist, sorted. */
  readonly names: readonly string[];
}

/** The models of the project, or of the whole catalogue, in the order of their ids. */
export async function knownModels(
  terminal: Terminal,
  options: GlobalOptions,
  wholeCatalog: boolean,
): Promise<readonly KnownModel[]> {
  return withSame(wholeCatalog ? await catalogModels() : await projectModels(terminal, options));
}

type Alone = Omit<KnownModel, 'elsewhere'>;

function withSame(models: readonly Alone[]): readonly KnownModel[] {
  const byIdentity = Map.groupBy(models, ({ identity }) => identity);
  return models.map((model) => ({
    ...model,
    elsewhere: (byIdentity.get(model.identity) ?? []).flatMap(({ id }) => (id === model.id ? [] : [id])),
  }));
}

async function catalogModels(): Promise<readonly Alone[]> {
  const { builtInCatalog } = await import('../registry/built-in-catalog.ts');
  const { date, vendors } = builtInCatalog();
  return Object.entries(vendors).flatMap(([vendor, { models }]) =>
    Object.entries(models).map(([name, model]): Alone => {
      const from = `catalogue of ${date}`;
      const { contextTokens, maxOutputTokens, features, modalities } = model;
      return {
        id: `${vendor}/${name}`,
        identity: identityOf(name),
        contextTokens: { value: contextTokens, from },
        ...(maxOutputTokens !== undefined && { maxOutputTokens: { value: maxOutputTokens, from } }),
        features: { value: features, from },
        modalities: { value: modalities, from },
        ...(model.price && { price: { value: model.price, from: priceFrom(model, from) } }),
      };
    }),
  );
}

async function projectModels(terminal: Terminal, options: GlobalOptions): Promise<readonly Alone[]> {
  const { loadProject, requireSnapshot } = await import('./project.ts');
  const project = await loadProject(terminal, options);
  const { models, providers } = requireSnapshot(project);
  const { builtInCatalog } = await import('../registry/built-in-catalog.ts');
  const { declaration, vendors = {} } = project.compilation.project ?? {};
  const declared = declaration?.models ?? {};
  return Object.values(models).map((model): Alone => {
    const catalogued = vendors[model.provider]?.models[model.name];
    const own = declared[model.id] ?? {};
    const from = (key: string, catalog: string | undefined): string =>
      Object.hasOwn(own, key)
        ? 'capstan.yaml'
        : (catalog ?? (isSimulated(providers, model.id) ? 'built in' : 'assumed: nobody says it'));
    const fromCatalog = catalogued && `catalogue of ${builtInCatalog().date}`;
    const { id, quality, contextTokens, maxOutputTokens, features, modalities, price } = model;
    return {
      id,
      identity: model.identity ?? model.name,
      quality: { value: quality, from: from('quality', catalogued?.price && 'prior, from its price alone') },
      contextTokens: { value: contextTokens, from: from('contextTokens', fromCatalog) },
      maxOutputTokens: {
        value: maxOutputTokens,
        from: from('maxOutputTokens', catalogued?.maxOutputTokens === undefined ? undefined : fromCatalog),
      },
      features: { value: features, from: from('features', fromCatalog) },
      modalities: { value: modalities, from: from('modalities', fromCatalog) },
      ...(price && {
        price: { value: price, from: from('price', catalogued && priceFrom(catalogued, fromCatalog ?? '')) },
      }),
    };
  });
}

function priceFrom({ priceSince }: CatalogModel, from: string): string {
  return priceSince === undefined ? from : `${from}, since ${priceSince}`;
}
