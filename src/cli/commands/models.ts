// `capstan models`: what is known of models, of the project's and of the whole catalogue, and where it is known from.

import { Command } from 'commander';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import type { KnownModel, ModelFilter } from '../known-models.ts';
import { printTable } from '../print-table.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface ModelsOptions extends GlobalOptions {
  readonly feature?: readonly string[];
  readonly modality?: readonly string[];
  readonly vendor?: string;
  readonly maxInputPrice?: number;
  readonly maxOutputPrice?: number;
  readonly minContext?: number;
  readonly catalog?: boolean;
  readonly vendors?: boolean;
  readonly explain?: boolean;
  readonly json?: boolean;
}

export function modelsCommand(host: CommandHost): Command {
  const many = (value: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    value,
  ];
  return new Command('models')
    .summary('list the models that can be used, and what is known of them')
    .description(
      'Lists the models of the project’s providers, or of the whole built-in catalogue. TEXT keeps those whose id has it.',
    )
    .argument('[text]', 'only models whose id contains the text')
    .option('-f, --feature <name>', 'only with the feature; may be repeated', many)
    .option('--modality <name>', 'only with the kind of input; may be repeated', many)
    .option('--vendor <name>', 'only of this vendor or provider')
    .option('--max-input-price <usd>', 'at most so many US dollars for a million input tokens', amount)
    .option('--max-output-price <usd>', 'at most so many US dollars for a million output tokens', amount)
    .option('--min-context <tokens>', 'with room for so many tokens', amount)
    .option('-a, --catalog', 'the whole built-in catalogue, whatever the project uses')
    .option('--vendors', 'the vendors of the catalogue, and the line that makes one usable')
    .option('-e, --explain', 'say of each value where it comes from')
    .option('--json', 'print a JSON list')
    .addHelpText(
      'after',
      `
Prices are US dollars for a million tokens. A model whose price is not known passes no price filter.

Examples:
  capstan models
  capstan models --catalog --feature vision --max-input-price 1
  capstan models --vendors
  capstan models large --explain
`,
    )
    .action(async (text: string | undefined, _options: unknown, command: Command) => {
      host.exitCode = await models(host.terminal, text, command.optsWithGlobals<ModelsOptions>());
    });
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0) return value;
  throw new UsageError(`"${text}" is not an amount; write a number such as 1 or 0.25.`);
}

async function models(
  terminal: Terminal,
  text: string | undefined,
  options: ModelsOptions,
): Promise<ExitCode> {
  if (options.vendors === true) return vendors(terminal, options.json === true);
  const { filterModels, knownModels } = await import('../known-models.ts');
  const all = await knownModels(terminal, options, options.catalog === true);
  const filter = filterOf(text, options);
  const found = filterModels(all, filter);
  if (found.length === 0) await refuseUnknownWords(all, filter);
  if (options.json === true) terminal.print(`${JSON.stringify(found, null, 2)}\n`);
  else if (found.length === 0) terminal.print(nothingFound(all, options));
  else if (options.explain === true) terminal.print(found.map((each) => explain(terminal, each)).join('\n'));
  else {
    terminal.print(printTable(heading, found.map(rowOf)));
    terminal.printError(`${styled(terminal, 'dim', footOf(found, all))}\n`);
  }
  return exitCode.ok;
}

async function refuseUnknownWords(all: readonly KnownModel[], filter: ModelFilter): Promise<void> {
  const { unknownWords } = await import('../known-models.ts');
  const [first] = await unknownWords(all, filter);
  if (first === undefined) return;
  const { suggest } = await import('../../diagnostics/suggest.ts');
  const near = suggest(first.word, first.names);
  const many = 'There are many; `capstan models --vendors` lists them.';
  const known = first.names.length > 20 ? many : `There is: ${first.names.join(', ')}.`;
  const help = near.length === 0 ? known : `Did you mean ${near.join(' or ')}?`;
  throw new UsageError(`No model has the ${first.what} "${first.word}". ${help}`);
}

function filterOf(text: string | undefined, options: ModelsOptions): ModelFilter {
  const { feature = [], modality = [], vendor, maxInputPrice, maxOutputPrice, minContext } = options;
  return {
    features: feature,
    modalities: modality,
    ...(text !== undefined && { text }),
    ...(vendor !== undefined && { vendor }),
    ...(maxInputPrice !== undefined && { maxInputPrice }),
    ...(maxOutputPrice !== undefined && { maxOutputPrice }),
    ...(minContext !== undefined && { minContext }),
  };
}

function nothingFound(all: readonly KnownModel[], { catalog }: ModelsOptions): string {
  if (all.length > 0) return `None of ${all.length} models is like that.\n`;
  return catalog === true
    ? 'The catalogue is empty.\n'
    : 'The project has no models. `capstan models --vendors` says how to get some.\n';
}

const heading = ['MODEL', 'QUALITY', 'CONTEXT', 'OUTPUT', 'IN $/M', 'OUT $/M', 'CACHED $/M', 'FEATURES'];

function rowOf({
  id,
  quality,
  contextTokens,
  maxOutputTokens,
  price,
  features,
}: KnownModel): readonly string[] {
  return [
    id,
    quality === undefined ? '–' : String(quality.value),
    shortCount(contextTokens.value),
    shortCount(maxOutputTokens?.value),
    price === undefined ? 'unknown' : String(price.value.input),
    price === undefined ? 'unknown' : String(price.value.output),
    String(price?.value.cachedInput ?? '–'),
    features.value.join(' '),
  ];
}

/** `1050000` → `1.05M`, `64000` → `64k`. */
function shortCount(count: number | undefined): string {
  if (count === undefined) return '–';
  if (count >= 1_000_000) return `${Number((count / 1_000_000).toFixed(2))}M`;
  return count >= 1_000 ? `${Math.round(count / 1_000)}k` : String(count);
}

function footOf(found: readonly KnownModel[], all: readonly KnownModel[]): string {
  const of = found.length === all.length ? '' : ` of ${all.length}`;
  return `${found.length}${of} models; --explain says where each value comes from`;
}

function explain(terminal: Terminal, model: KnownModel): string {
  const { id, identity, elsewhere, quality, contextTokens, maxOutputTokens, price, features, modalities } =
    model;
  const lines: (readonly [name: string, value: string, from: string])[] = [
    ...(quality ? [['quality', String(quality.value), quality.from] as const] : []),
    ['context', `${contextTokens.value} tokens`, contextTokens.from],
    ...(maxOutputTokens
      ? [['output', `${maxOutputTokens.value} tokens`, maxOutputTokens.from] as const]
      : []),
    ['features', features.value.join(', ') || 'none', features.from],
    ['modalities', modalities.value.join(', '), modalities.from],
    price
      ? (['price', printPrice(price.value), price.from] as const)
      : (['price', 'not known', 'no source has it'] as const),
  ];
  const width = Math.max(...lines.map(([, value]) => value.length));
  const shown = lines.map(
    ([name, value, from]) =>
      `  ${name.padEnd(11)}${value.padEnd(width + 2)}${styled(terminal, 'dim', from)}\n`,
  );
  const same =
    elsewhere.length === 0 ? '' : `  ${'same model'.padEnd(11)}${identity} is also ${elsewhere.join(', ')}\n`;
  return `${styled(terminal, 'bold', id)}\n${shown.join('')}${same}`;
}

function printPrice({
  input,
  output,
  cachedInput,
  longContext = [],
}: NonNullable<KnownModel['price']>['value']): string {
  const cached = cachedInput === undefined ? '' : `, $${cachedInput} cached`;
  const tiers = longContext.map(
    (tier) => `; above ${tier.aboveInputTokens} tokens $${tier.input} in, $${tier.output} out`,
  );
  return `$${input} in, $${output} out${cached}${tiers.join('')}`;
}

async function vendors(terminal: Terminal, json: boolean): Promise<ExitCode> {
  const { builtInCatalog } = await import('../../registry/built-in-catalog.ts');
  const { adapters } = await import('../../providers/index.ts');
  const { date, vendors: all } = builtInCatalog();
  const listed = Object.entries(all).map(([name, { title, adapter, baseUrl, key, models: own }]) => ({
    name,
    title,
    adapter,
    baseUrl,
    key,
    models: Object.keys(own).length,
    usable: adapters.some((each) => each.name === adapter),
  }));
  if (json) {
    terminal.print(`${JSON.stringify(listed, null, 2)}\n`);
    return exitCode.ok;
  }
  const rows = listed.map((vendor) => [
    vendor.name,
    vendor.title,
    String(vendor.models),
    vendor.usable ? vendor.adapter : `${vendor.adapter} (not in this version)`,
    vendor.key,
    vendor.baseUrl,
  ]);
  terminal.print(printTable(['VENDOR', 'NAME', 'MODELS', 'ADAPTER', 'KEY', 'ADDRESS'], rows));
  terminal.printError(
    styled(
      terminal,
      'dim',
      `\nOf ${date}. One line under \`providers\` in capstan.yaml makes one usable:  NAME: {}\n`,
    ),
  );
  return exitCode.ok;
}
