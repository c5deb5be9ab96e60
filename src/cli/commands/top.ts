// `capstan top`: how the models of a running server are doing, in a view that refreshes.

import { Command } from 'commander';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import type { WatchedModel } from '../draw-health.ts';
import type { Terminal } from '../terminal.ts';

interface TopOptions extends GlobalOptions {
  readonly url: string;
  readonly key?: string;
  readonly interval: string;
  readonly once?: boolean;
  readonly json?: boolean;
  readonly all?: boolean;
}

/** A server that does not answer within this is not there. */
const answerMs = 5_000;

export function topCommand(host: CommandHost): Command {
  return new Command('top')
    .summary('watch how the models of a running server are doing')
    .description(
      'Shows for each model its circuit, success, time to first token, pace, latency and what is left of its rate limits. Refreshes until Ctrl-C.',
    )
    .option('--url <url>', 'where the server is', 'http://127.0.0.1:4700')
    .option('--key <variable>', 'the environment variable that holds a key of the server', 'CAPSTAN_KEY')
    .option('-n, --interval <seconds>', 'how often it is looked at', '2')
    .option('-a, --all', 'also models that were not called yet')
    .option('--once', 'look once, and end')
    .option('--json', 'look once, and print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  capstan top\n  capstan top --url https://capstan.example --key TEAM_KEY\n  capstan top --once --json\n',
    )
    .action(async (_options: unknown, command: Command) => {
      host.exitCode = await top(host.terminal, command.optsWithGlobals<TopOptions>());
    });
}

async function top(terminal: Terminal, options: TopOptions): Promise<ExitCode> {
  const intervalMs = Number(options.interval) * 1000;
  if (!(intervalMs >= 200))
    throw new UsageError(`"${options.interval}" is no interval; write seconds, at least 0.2.`);
  if (options.json === true || options.once === true) {
    const health = await look(terminal, options);
    if (options.json === true) terminal.print(`${JSON.stringify(health.models, null, 2)}\n`);
    else terminal.print(await draw(terminal, health.models, options));
    return exitCode.ok;
  }
  const stop = terminal.stop ?? untilInterrupted();
  while (!stop.aborted) {
    const view = await draw(terminal, (await look(terminal, options)).models, options);
    // To the upper left corner, and all that was below is cleared: no flicker.
    terminal.print(`\u001B[H\u001B[J${view}`);
    await pause(intervalMs, stop);
  }
  return exitCode.ok;
}

async function draw(
  terminal: Terminal,
  models: readonly WatchedModel[],
  { all, url }: TopOptions,
): Promise<string> {
  const { drawHealth } = await import('../draw-health.ts');
  return drawHealth(terminal, models, { url, all: all === true });
}

async function look(
  terminal: Terminal,
  { url, key = '' }: TopOptions,
): Promise<{ readonly models: readonly WatchedModel[] }> {
  const secret = terminal.environment[key];
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  let response: Response;
  try {
    response = await fetch(new URL('/v1/health/models', url), {
      headers,
      signal: AbortSignal.timeout(answerMs),
    });
  } catch (error) {
    throw new UsageError(`No server answers at ${url}. \`capstan dev\` starts one.`, { cause: error });
  }
  if (response.status === 401 || response.status === 403)
    throw new UsageError(`The server at ${url} wants a key: set ${key}, or name its variable with --key.`);
  if (!response.ok) throw new UsageError(`The server at ${url} answered ${response.status}.`);
  return (await response.json()) as { readonly models: readonly WatchedModel[] };
}

function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}

function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      stop.removeEventListener('abort', end);
      resolve();
    }, milliseconds);
    stop.addEventListener('abort', end, { once: true });
  });
}
