// Joins two maintained tables of models into the built-in catalogue: one knows limits, features and list prices, the other
// prices with their dates, long-context tiers and references. Where they disagree both values are listed, and by rule one
// is taken: the dated price, and the smaller context, so that no prompt is sent to where it may not fit. Pure.

import type { Catalog, CatalogModel, Vendor } from '../../src/registry/catalog.ts';
import type { Price, Rates } from '../../src/registry/snapshot.ts';

export type LongContextRates = NonNullable<Price['longContext']>[number];

/** How a vendor of ours is found in the two tables; `vendors.json` holds one for each. */
export interface VendorSource extends Omit<Vendor, 'models'> {
  /** Its name in the table of limits; without it the table of prices lists its models. */
  readonly limits?: string;
  /** Its name in the table of prices. */
  readonly prices?: string;
  /** Which of its models enforce a JSON Schema: all, those whose entry says so, or none as far as is known. */
  readonly structuredOutput: 'all' | 'strict' | 'none';
  /** Names of models that do not, as a pattern. */
  readonly notStructured?: string;
  /** Names of entries that are no model of a chat endpoint, as a pattern. */
  readonly skip?: string;
  /** Names of models that cost nothing, as a pattern; every other price of zero is taken for one that is not known. */
  readonly free?: string;
  /** Of a vendor with several wire formats, the ones that our adapter speaks. */
  readonly wires?: readonly string[];
}

/** An entry of the table of limits. Prices are USD per million tokens; zero where there is none. */
export interface LimitsEntry {
  readonly id: string;
  readonly api: string;
  readonly reasoning: boolean;
  readonly input: readonly string[];
  readonly contextWindow: number;
  readonly maxTokens: number;
  readonly cost: Cost & { readonly tiers?: readonly (Cost & { readonly inputTokensAbove: number })[] };
  readonly compat?: { readonly supportsStrictMode?: boolean; readonly supportsStrictTools?: boolean };
}

interface Cost {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
}

/** An entry of the table of prices, as it holds today. */
export interface PricesEntry {
  readonly id: string;
  readonly contextTokens?: number;
  readonly price?: Price;
  readonly since?: string;
}

export interface Tables {
  /** The models of a vendor by its name in the table of limits. */
  readonly limits: { readonly [vendor: string]: readonly LimitsEntry[] };
  /** All models of a vendor by its name in the table of prices, without those that are withdrawn. */
  pricesOf(vendor: string): readonly PricesEntry[];
  /** The entry that prices a model of that name. */
  findPrices(vendor: string, name: string): PricesEntry | undefined;
}

/** One value on which the two tables differ. */
export interface Disagreement {
  readonly vendor: string;
  readonly model: string;
  readonly what: 'input price' | 'output price' | 'cached input price' | 'context';
  readonly limits: number;
  readonly prices: number;
  readonly taken: number;
}

export interface Joined {
  readonly vendors: Catalog['vendors'];
  readonly disagreements: readonly Disagreement[];
  /** Models that both tables know. */
  readonly compared: number;
}

export function join(sources: { readonly [vendor: string]: VendorSource }, tables: Tables): Joined {
  const disagreements: Disagreement[] = [];
  let compared = 0;
  const vendors: Record<string, Vendor> = {};
  for (const [vendor, source] of sortedEntries(sources)) {
    const { title, adapter, baseUrl, key, limitField } = source;
    const models: Record<string, CatalogModel> = {};
    const isSkipped = matcher(source.skip);
    const listed = source.limits === undefined ? [] : (tables.limits[source.limits] ?? []);
    for (const entry of listed) {
      if (isSkipped(entry.id) || source.wires?.includes(entry.api) === false) continue;
      if (entry.cost.input < 0 || entry.cost.output < 0) continue;
      const priced = source.prices === undefined ? undefined : tables.findPrices(source.prices, entry.id);
      if (priced !== undefined) {
        compared += 1;
        disagreements.push(...compare(vendor, entry, priced));
      }
      models[entry.id] = modelOf(source, entry, priced);
    }
    if (source.limits === undefined && source.prices !== undefined) {
      for (const entry of tables.pricesOf(source.prices)) {
        const model = isSkipped(entry.id) ? undefined : pricedModel(source, entry);
        if (model !== undefined) models[entry.id] = model;
      }
    }
    vendors[vendor] = {
      title,
      adapter,
      baseUrl,
      key,
      ...(limitField && { limitField }),
      models: Object.fromEntries(sortedEntries(models)),
    };
  }
  return { vendors, disagreements, compared };
}

function modelOf(source: VendorSource, entry: LimitsEntry, priced: PricesEntry | undefined): CatalogModel {
  const contextTokens = Math.min(entry.contextWindow, priced?.contextTokens ?? Infinity);
  const price = priceOf(source, entry, priced);
  const dated = priced?.price !== undefined && priced.since !== undefined;
  return {
    contextTokens,
    maxOutputTokens: Math.min(entry.maxTokens, contextTokens),
    features: featuresOf(source, entry, price),
    modalities: [...entry.input].sort(),
    ...(price && { price }),
    ...(dated && { priceSince: priced.since }),
  };
}

/** A model that only the table of prices knows: nothing is claimed of its features. */
function pricedModel(source: VendorSource, entry: PricesEntry): CatalogModel | undefined {
  const { id, contextTokens, price, since } = entry;
  // Without a price for answers it gives none; without a context nobody could tell what fits.
  if (contextTokens === undefined || price === undefined || price.output === 0) return undefined;
  const isStructured = source.structuredOutput === 'all' && !matcher(source.notStructured)(id);
  return {
    contextTokens,
    features: isStructured ? ['structured-output'] : [],
    modalities: ['text'],
    price,
    ...(since !== undefined && { priceSince: since }),
  };
}

/** The table of limits lists only models that can call tools. */
function featuresOf(source: VendorSource, entry: LimitsEntry, price: Price | undefined): string[] {
  const { structuredOutput, notStructured } = source;
  const isStrict = entry.compat?.supportsStrictMode === true || entry.compat?.supportsStrictTools === true;
  const isStructured =
    (structuredOutput === 'all' || (structuredOutput === 'strict' && isStrict)) &&
    !matcher(notStructured)(entry.id);
  return [
    ...(price?.cachedInput === undefined ? [] : ['prompt-cache']),
    ...(entry.reasoning ? ['reasoning'] : []),
    ...(isStructured ? ['structured-output'] : []),
    'tools',
    ...(entry.input.includes('image') ? ['vision'] : []),
  ];
}

function priceOf(
  source: VendorSource,
  { id, cost }: LimitsEntry,
  priced: PricesEntry | undefined,
): Price | undefined {
  if (priced?.price !== undefined) return priced.price;
  if (cost.input === 0 && cost.output === 0) {
    return source.free !== undefined && matcher(source.free)(id) ? { input: 0, output: 0 } : undefined;
  }
  const longContext = (cost.tiers ?? []).map(({ inputTokensAbove, ...tier }): LongContextRates => ({
    aboveInputTokens: inputTokensAbove,
    ...plainPrice(tier),
  }));
  return { ...plainPrice(cost), ...(longContext.length > 0 && { longContext }) };
}

/** A cached price of zero, or above the usual one, is none. */
function plainPrice({ input, output, cacheRead }: Cost): Rates {
  return { input, output, ...(cacheRead > 0 && cacheRead <= input && { cachedInput: cacheRead }) };
}

function compare(vendor: string, entry: LimitsEntry, priced: PricesEntry): Disagreement[] {
  const { cost } = entry;
  const found: Disagreement[] = [];
  const note = (
    what: Disagreement['what'],
    limits: number,
    prices: number | undefined,
    taken: number,
  ): void => {
    if (prices === undefined || Math.abs(limits - prices) <= 1e-9 * Math.max(limits, prices)) return;
    found.push({ vendor, model: entry.id, what, limits, prices, taken });
  };
  const { price, contextTokens } = priced;
  if (price !== undefined && (cost.input > 0 || cost.output > 0)) {
    note('input price', cost.input, price.input, price.input);
    note('output price', cost.output, price.output, price.output);
    if (cost.cacheRead > 0 && price.cachedInput !== undefined)
      note('cached input price', cost.cacheRead, price.cachedInput, price.cachedInput);
  }
  note(
    'context',
    entry.contextWindow,
    contextTokens,
    Math.min(entry.contextWindow, contextTokens ?? Infinity),
  );
  return found;
}

function matcher(pattern: string | undefined): (name: string) => boolean {
  const expression = pattern === undefined ? undefined : new RegExp(pattern);
  return (name) => expression?.test(name) === true;
}

function sortedEntries<Value>(record: { readonly [key: string]: Value }): [string, Value][] {
  return Object.entries(record).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}
