// `capstan usage`: what was called, by whom, on which models, and what it cost.

import { Command, Option } from 'commander';
import { parseDuration } from '../../duration.ts';
import { usageDimensions } from '../../usage/usage-store.ts';
import type { UsageDimension, UsageStore, UsageTotal } from '../../usage/usage-store.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { printTable } from '../print-table.ts';
import { requireProjectRoot } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { usageOption } from '../usage-option.ts';

interface UsageOptions extends GlobalOptions {
  readonly by?: UsageDimension;
  readonly since?: string;
  readonly json?: boolean;
  readonly usage?: string;
}

export function usageCommand(host: CommandHost): Command {
  return new Command('usage')
    .summary('show what was called and what it cost')
    .description('Shows calls, tokens and cost by capability, model, team and day.')
    .addOption(new Option('--by <dimension>', 'one table only').choices(usageDimensions))
    .option(
      '--since <time>',
      'only calls since then: a duration such as 12h or 7d, or a date such as 2026-11-01',
    )
    .option('--json', 'print the totals as JSON')
    .option(...usageOption)
    .addHelpText(
      'after',
      `
Days and dates are in UTC. By model the calls are attempts: a call that was tried on two models counts for both.

Examples:
  capstan usage
  capstan usage --by team --since 7d
  capstan usage --since 2026-11-01 --json
`,
    )
    .action(async (_options: unknown, command: Command) => {
      host.exitCode = await showUsage(host.terminal, command.optsWithGlobals<UsageOptions>());
    });
}

type Totals = { readonly [Dimension in UsageDimension]?: readonly UsageTotal[] };

async function showUsage(terminal: Terminal, options: UsageOptions): Promise<ExitCode> {
  const since = options.since === undefined ? undefined : readSince(options.since, Date.now());
  const root = requireProjectRoot(terminal, options);
  const { openKept } = await import('../usage-file.ts');
  const store = await openKept(terminal, root, options.usage);
  const dimensions = options.by === undefined ? usageDimensions : [options.by];
  const totals = await readTotals(store, dimensions, since);
  await store?.close();
  if (options.json === true) terminal.print(`${JSON.stringify(jsonOf(totals, since), null, 2)}\n`);
  else terminal.print(printTotals(totals, since));
  return exitCode.ok;
}

async function readTotals(
  store: UsageStore | undefined,
  dimensions: readonly UsageDimension[],
  since: number | undefined,
): Promise<Totals> {
  const totals: { [Dimension in UsageDimension]?: readonly UsageTotal[] } = {};
  for (const by of dimensions) {
    totals[by] = (await store?.totals({ by, ...(since === undefined ? {} : { since }) })) ?? [];
  }
  return totals;
}

function jsonOf(totals: Totals, since: number | undefined): object {
  return { ...(since === undefined ? {} : { since: new Date(since).toISOString() }), ...totals };
}

function printTotals(totals: Totals, since: number | undefined): string {
  const tables = Object.entries(totals).filter(([, lines]) => lines.length > 0);
  const when = since === undefined ? '' : ` since ${new Date(since).toISOString()}`;
  if (tables.length === 0) return `No calls are recorded${when}.\n`;
  return tables.map(([by, lines]) => printTable(headingOf(by), lines.map(rowOf))).join('\n');
}

function headingOf(by: string): readonly string[] {
  const calls = by === 'model' ? 'ATTEMPTS' : 'CALLS';
  return [by.toUpperCase(), calls, 'FAILED', 'INPUT', 'CACHED', 'OUTPUT', 'COST'];
}

function rowOf(total: UsageTotal): readonly string[] {
  const { key, calls, failed, inputTokens, cachedInputTokens, outputTokens, costUsd, unpriced } = total;
  const numbers = [calls, failed, inputTokens, cachedInputTokens, outputTokens].map((each) => String(each));
  const cost = `$${costUsd.toFixed(4)}`;
  return [key === '' ? '–' : key, ...numbers, unpriced === 0 ? cost : `${cost} and ${unpriced} unpriced`];
}

/** Milliseconds since 1970. */
function readSince(text: string, now: number): number {
  if (/^\d+(?:\.\d+)?(?:ms|s|m|h)$/.test(text)) return now - parseDuration(text);
  const [, days] = /^(\d+(?:\.\d+)?)d$/.exec(text) ?? [];
  if (days !== undefined) return now - Number(days) * 24 * 60 * 60 * 1000;
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  throw new UsageError(
    `"${text}" is no time; write a duration such as 12h or 7d, or a date such as 2026-11-01.`,
  );
}
