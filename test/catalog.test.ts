// The built-in catalogue: what holds for all of its data, and how it is joined from its two sources.
import { describe, expect, test } from 'vitest';
import { join } from '../codegen/catalog/join.ts';
import type { LimitsEntry, PricesEntry, VendorSource } from '../codegen/catalog/join.ts';
import { printCatalog, printDisagreements } from '../codegen/catalog/print.ts';
import { compile } from '../src/compiler/compile.ts';
import { adapters } from '../src/providers/index.ts';
import { builtInCatalog, findVendor } from '../src/registry/built-in-catalog.ts';
import { identityOf } from '../src/registry/model-identity.ts';

const { date, sources, vendors } = builtInCatalog();
const vendorList = Object.entries(vendors);
const models = vendorList.flatMap(([vendor, each]) =>
  Object.entries(each.models).map(([name, model]) => ({ id: `${vendor}/${name}`, ...model })),
);

describe('the committed catalogue', () => {
  test('is dated, names its sources exactly, and holds what it should', () => {
    expect(date).toMatch(/^20\d\d-\d\d-\d\d$/);
    for (const source of sources) expect(source).toMatch(/^@[a-z-]+\/[a-z-]+@\d+\.\d+\.\d+$/);
    expect(vendorList.length).toBeGreaterThanOrEqual(30);
    expect(models.length).toBeGreaterThan(1_000);
    expect(vendorList.filter(([, { models: own }]) => Object.keys(own).length === 0)).toEqual([]);
  });

  test('every vendor has an adapter that exists, a key and an address, and a name that a provider may have', () => {
    const known = new Set(adapters.map(({ name }) => name));
    expect(vendorList.filter(([, { adapter }]) => !known.has(adapter))).toEqual([]);
    const broken = vendorList.filter(
      ([name, { adapter, baseUrl, key, title }]) =>
        !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) ||
        !/^[a-z]+$/.test(adapter) ||
        !/^[A-Z][A-Z0-9_]*$/.test(key) ||
        title === '' ||
        !URL.canParse(baseUrl.replaceAll(/[{}]/g, '')) ||
        !baseUrl.startsWith('https://') ||
        baseUrl.endsWith('/'),
    );
    expect(broken).toEqual([]);
  });

  test('ids are unique, limits are possible, and lists are in order', () => {
    expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
    const broken = models.filter(
      ({ id, contextTokens, maxOutputTokens = 1, features, modalities }) =>
        /\s/.test(id) ||
        !(contextTokens > 0) ||
        !(maxOutputTokens > 0) ||
        maxOutputTokens > contextTokens ||
        !modalities.includes('text') ||
        String(features) !== String(features.toSorted()) ||
        String(modalities) !== String(modalities.toSorted()) ||
        features.includes('vision') !== modalities.includes('image'),
    );
    expect(broken).toEqual([]);
  });

  test('no price is negative, none is dearer from the cache, and tiers rise', () => {
    const broken = models.filter(({ price }) => {
      if (price === undefined) return false;
      const tiers = [{ aboveInputTokens: -1, ...price }, ...(price.longContext ?? [])];
      return tiers.some(
        ({ aboveInputTokens, input, output, cachedInput = input }, index) =>
          !(input >= 0 && output >= 0 && cachedInput >= 0 && cachedInput <= input) ||
          aboveInputTokens <= (tiers[index - 1]?.aboveInputTokens ?? -Infinity),
      );
    });
    expect(broken).toEqual([]);
    expect(models.filter(({ price }) => price?.longContext !== undefined).length).toBeGreaterThan(20);
    expect(models.filter(({ price }) => price?.cachedInput !== undefined).length).toBeGreaterThan(200);
  });

  test('features are of a known kind, each had by some model', () => {
    const kinds = new Set(models.flatMap(({ features }) => features));
    expect([...kinds].toSorted()).toEqual([
      'prompt-cache',
      'reasoning',
      'structured-output',
      'tools',
      'vision',
    ]);
  });

  test('a vendor whose adapter this version lacks is told so, once, at its line', () => {
    const text =
      'apiVersion: capstan/v1\nkind: Project\nmetadata: { name: sample }\nproviders:\n  anthropic: {}\n  mistral: {}\n';
    const options = { adapters: ['openai'], findVendor };
    const { diagnostics } = compile([{ path: 'capstan.yaml', text }], options);
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'project/unknown-adapter: Anthropic is in the catalogue, but this version has no adapter "anthropic" to call it with.',
    ]);
  });

  test('a name that is nobody’s is no vendor', () => {
    for (const name of ['nobody', 'toString', '__proto__', '']) expect(findVendor(name)).toBeUndefined();
  });
});

test.each([
  ['big-4.5', 'big-4-5'],
  ['acme/big-4.5', 'big-4-5'],
  ['org/acme/Big-4-5', 'big-4-5'],
  ['us.acme.big-4-5-20250929-v1:0', 'big-4-5'],
  ['acme.big-4-5-v1', 'big-4-5'],
  ['big-4-5-2025-09-29', 'big-4-5'],
  ['big-4-5:free', 'big-4-5'],
  ['acme-v3', 'acme-v3'],
  ['acme.v3.2', 'acme-v3-2'],
  ['3.5', '3-5'],
  ['', ''],
])('the model %j is %j at whatever provider', (name, identity) => {
  expect(identityOf(name)).toBe(identity);
});

describe('joining two sources', () => {
  const source: VendorSource = {
    title: 'Acme',
    adapter: 'openai',
    baseUrl: 'https://api.acme.example/v1',
    key: 'ACME_KEY',
    limits: 'acme',
    prices: 'acme',
    structuredOutput: 'strict',
    skip: 'batch',
    free: ':free$',
  };
  const entry = (id: string, more: Partial<LimitsEntry> = {}): LimitsEntry => ({
    id,
    api: 'any',
    reasoning: false,
    input: ['text'],
    contextWindow: 100_000,
    maxTokens: 10_000,
    cost: { input: 2, output: 8, cacheRead: 0.5 },
    ...more,
  });
  const joined = (
    limits: readonly LimitsEntry[],
    prices: readonly PricesEntry[],
    more: Partial<VendorSource> = {},
  ) =>
    join(
      { acme: { ...source, ...more } },
      {
        limits: { acme: limits },
        pricesOf: () => prices,
        findPrices: (_, name) => prices.find(({ id }) => id === name),
      },
    );

  test('where both agree nothing is said', () => {
    const {
      vendors: made,
      disagreements,
      compared,
    } = joined(
      [entry('a', { compat: { supportsStrictMode: true }, input: ['text', 'image'], reasoning: true })],
      [
        {
          id: 'a',
          contextTokens: 100_000,
          price: { input: 2, output: 8, cachedInput: 0.5 },
          since: '2026-01-02',
        },
      ],
    );
    expect({ disagreements, compared }).toEqual({ disagreements: [], compared: 1 });
    expect(made['acme']?.models['a']).toEqual({
      contextTokens: 100_000,
      maxOutputTokens: 10_000,
      features: ['prompt-cache', 'reasoning', 'structured-output', 'tools', 'vision'],
      modalities: ['image', 'text'],
      price: { input: 2, output: 8, cachedInput: 0.5 },
      priceSince: '2026-01-02',
    });
  });

  test('where they do not, the dated price and the smaller context are taken, and both are listed', () => {
    const result = joined([entry('a')], [{ id: 'a', contextTokens: 8_000, price: { input: 1, output: 8 } }]);
    const { vendors: made, disagreements } = result;
    expect(made['acme']?.models['a']).toMatchObject({
      contextTokens: 8_000,
      maxOutputTokens: 8_000,
      price: { input: 1, output: 8 },
    });
    expect(disagreements).toEqual([
      { vendor: 'acme', model: 'a', what: 'input price', limits: 2, prices: 1, taken: 1 },
      { vendor: 'acme', model: 'a', what: 'context', limits: 100_000, prices: 8_000, taken: 8_000 },
    ]);
    const catalog = { date: '2026-01-01', sources: ['left@1', 'right@2'], vendors: made };
    expect(printDisagreements(catalog, result)).toContain('| acme/a | input price | 2 | 1 | 1 |');
    expect(JSON.parse(printCatalog(catalog))).toEqual(catalog);
  });

  test('a price of zero is not known, unless the model is said to be free', () => {
    const nothing = { cost: { input: 0, output: 0, cacheRead: 0 } };
    const { vendors: made } = joined([entry('a', nothing), entry('a:free', nothing)], []);
    expect(made['acme']?.models['a']?.price).toBeUndefined();
    expect(made['acme']?.models['a:free']?.price).toEqual({ input: 0, output: 0 });
  });

  test('entries that are no models, and prices below zero, are left out', () => {
    const below = entry('auto', { cost: { input: -1, output: -1, cacheRead: 0 } });
    const { vendors: made } = joined([entry('b'), entry('a-batch'), below], []);
    expect(Object.keys(made['acme']?.models ?? {})).toEqual(['b']);
  });

  test('a vendor that only the table of prices knows has the models whose context and price it says', () => {
    const { limits: _, ...priced } = source;
    const { vendors: made } = join(
      { acme: priced },
      {
        limits: {},
        pricesOf: () => [
          { id: 'chat', contextTokens: 8_000, price: { input: 1, output: 2 } },
          { id: 'embed', contextTokens: 8_000, price: { input: 1, output: 0 } },
          { id: 'unknown', price: { input: 1, output: 2 } },
        ],
        findPrices: () => undefined,
      },
    );
    expect(made['acme']?.models).toEqual({
      chat: { contextTokens: 8_000, features: [], modalities: ['text'], price: { input: 1, output: 2 } },
    });
  });
});
