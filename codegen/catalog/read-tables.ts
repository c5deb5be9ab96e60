// Reads the two tables out of the installed packages. The only place that knows their shapes.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Price } from '../../src/registry/snapshot.ts';
import type { LimitsEntry, LongContextRates, PricesEntry, Tables } from './join.ts';

interface LimitsModule {
  readonly MODELS: { readonly [vendor: string]: { readonly [id: string]: LimitsEntry } };
}

interface PricesModule {
  waitForUpdate(): Promise<readonly PricesVendor[] | null>;
  calcPrice(
    usage: { readonly input_tokens: number },
    model: string,
    options: { readonly provider: PricesVendor },
  ): { readonly model: PricesModel } | null;
}

interface PricesVendor {
  readonly id: string;
  readonly models: readonly PricesModel[];
}

interface PricesModel {
  readonly id: string;
  readonly context_window?: number;
  readonly deprecated?: boolean;
  readonly prices: PriceTable | readonly ConditionalPrice[];
}

interface ConditionalPrice {
  readonly constraint?: { readonly type: string; readonly start_date?: string };
  readonly prices: PriceTable;
}

interface PriceTable {
  readonly [unit: string]: number | TieredPrice | undefined;
}

/** `start` is the last token of the tier before. */
interface TieredPrice {
  readonly base: number;
  readonly tiers: readonly { readonly start: number; readonly price: number }[];
}

/** `folder` has both packages in its node_modules; `date` (YYYY-MM-DD) says which of several dated prices holds. */
export async function readTables(folder: string, date: string): Promise<Tables> {
  const load = (path: string): Promise<unknown> =>
    import(pathToFileURL(join(folder, 'node_modules', path)).href);
  const limits = (await load('@earendil-works/pi-ai/dist/models.generated.js')) as LimitsModule;
  const prices = (await load('@pydantic/genai-prices/dist/index.js')) as PricesModule;
  const vendors = new Map((await prices.waitForUpdate())?.map((vendor) => [vendor.id, vendor]));
  return {
    limits: Object.fromEntries(
      Object.entries(limits.MODELS).map(([vendor, models]) => [vendor, Object.values(models)]),
    ),
    pricesOf: (vendor) =>
      (vendors.get(vendor)?.models ?? [])
        .filter(({ deprecated }) => deprecated !== true)
        .map((model) => entryOf(model, date)),
    findPrices(vendor, name) {
      const provider = vendors.get(vendor);
      const found = provider && prices.calcPrice({ input_tokens: 1 }, name, { provider });
      return found ? entryOf(found.model, date) : undefined;
    },
  };
}

function entryOf(model: PricesModel, date: string): PricesEntry {
  const { table, since } = tableAt(model.prices, date);
  const price = priceOf(table);
  return {
    id: model.id,
    ...(model.context_window !== undefined && { contextTokens: model.context_window }),
    ...(price && { price }),
    ...(since !== undefined && { since }),
  };
}

/** Of dated prices the last that has begun; of prices by the time of day the dearest, so that a limit always holds. */
function tableAt(
  prices: PricesModel['prices'],
  date: string,
): { readonly table: PriceTable; readonly since?: string } {
  if (!Array.isArray(prices)) return { table: prices as PriceTable };
  const begun = (prices as readonly ConditionalPrice[]).filter(
    ({ constraint }) => constraint?.start_date === undefined || constraint.start_date <= date,
  );
  const dated = begun.filter(({ constraint }) => constraint?.start_date !== undefined);
  const last = dated.toSorted((left, right) =>
    (left.constraint?.start_date ?? '') < (right.constraint?.start_date ?? '') ? 1 : -1,
  )[0];
  const since = last?.constraint?.start_date;
  if (last !== undefined && since !== undefined) return { table: last.prices, since };
  const dearest = begun.toSorted((left, right) => outputPrice(right.prices) - outputPrice(left.prices))[0];
  return { table: dearest?.prices ?? {} };
}

function outputPrice(table: PriceTable): number {
  return baseOf(table['output_mtok']) ?? 0;
}

function priceOf(table: PriceTable): Price | undefined {
  const input = baseOf(table['input_mtok']);
  const output = baseOf(table['output_mtok']);
  if (input === undefined || output === undefined) return undefined;
  const cached = baseOf(table['cache_read_mtok']);
  const longContext = tiersOf(table);
  return {
    input,
    output,
    ...(cached !== undefined && cached > 0 && cached <= input && { cachedInput: cached }),
    ...(longContext.length > 0 && { longContext }),
  };
}

function tiersOf(table: PriceTable): LongContextRates[] {
  const units = ['input_mtok', 'output_mtok', 'cache_read_mtok'];
  const starts = units.flatMap((unit) => {
    const price = table[unit];
    return typeof price === 'object' ? price.tiers.map(({ start }) => start) : [];
  });
  return [...new Set(starts)]
    .sort((left, right) => left - right)
    .map((start) => {
      const input = priceAbove(table['input_mtok'], start) ?? 0;
      const output = priceAbove(table['output_mtok'], start) ?? 0;
      const cached = priceAbove(table['cache_read_mtok'], start);
      return {
        aboveInputTokens: start,
        input,
        output,
        ...(cached !== undefined && cached > 0 && cached <= input && { cachedInput: cached }),
      };
    });
}

function priceAbove(price: PriceTable[string], start: number): number | undefined {
  if (price === undefined || typeof price === 'number') return price;
  return price.tiers.findLast((tier) => tier.start <= start)?.price ?? price.base;
}

function baseOf(price: PriceTable[string]): number | undefined {
  return typeof price === 'object' ? price.base : price;
}
