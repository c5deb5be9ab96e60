// `capstan dev`: serves the project on loopback and lets every good save serve at once.

import { Command } from 'commander';
import type { Registry } from '../../registry/registry.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import type { DevReport } from '../dev-report.ts';
import type { DevSession } from '../dev-session.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { createOpened } from '../opened.ts';
import type { Opened } from '../opened.ts';
import { requireProjectRoot } from '../project.ts';
import { runUntilStopped } from '../run-until-stopped.ts';
import { usageOption } from '../usage-option.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

/** Development is for this machine only: the server is open to whoever reaches it. */
const developmentHost = '127.0.0.1';
/** The simulator's pause between two pieces of a stream: slow enough to be seen. */
const simulatorPaceMs = 15;

interface DevOptions extends GlobalOptions {
  readonly port: string;
  readonly usage?: string;
}

export function devCommand(host: CommandHost): Command {
  return new Command('dev')
    .summary('serve the project and reload on every save')
    .description(
      'Serves the project on 127.0.0.1 without keys, watches it, and lets every good save serve at once. ' +
        'A broken save is reported and changes nothing.',
    )
    .option('--port <port>', 'the port to listen on; 0 takes any free one', '4700')
    .option(...usageOption)
    .addHelpText('after', '\nExamples:\n  capstan dev\n  capstan dev --port 0\n')
    .action(async (_options: unknown, command: Command) => {
      host.exitCode = await dev(host.terminal, command.optsWithGlobals<DevOptions>());
    });
}

async function dev(terminal: Terminal, options: DevOptions): Promise<ExitCode> {
  const { parsePort } = await import('../start-server.ts');
  const port = parsePort(options.port);
  const root = requireProjectRoot(terminal, options);

  const opened = createOpened();
  const stopped = runUntilStopped(terminal, opened.close);
  try {
    const { session, report, firstSnapshot } = await openSession(terminal, root, opened);
    const registry = session.registry ?? (await Promise.race([firstSnapshot, stopped]));
    if (registry === undefined) return exitCode.ok;
    const url = await openServer(terminal, registry, { root, port, usage: options.usage }, opened);
    const { describeNextSteps } = await import('../next-steps.ts');
    terminal.print(describeNextSteps(registry.current, url, terminal));
    await report.generated();
    await stopped;
    return exitCode.ok;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

interface OpenSession {
  readonly session: DevSession;
  readonly report: DevReport;
  /** Resolves when there is something to serve, at the latest after a save that mends the project. */
  readonly firstSnapshot: Promise<Registry>;
}

/** Reads the project and watches it from then on. */
async function openSession(terminal: Terminal, root: string, opened: Opened): Promise<OpenSession> {
  const { createDevSession } = await import('../dev-session.ts');
  const { createDevReport } = await import('../dev-report.ts');
  const { watchSources } = await import('../../workspace/watch-sources.ts');
  const session = createDevSession(root);
  const report = createDevReport(terminal, session);
  const first = Promise.withResolvers<Registry>();

  const look = (paths: ReadonlySet<string>): void => {
    const startedAt = performance.now();
    try {
      const update = session.update(paths);
      report.save(update, paths, performance.now() - startedAt);
      if (session.registry !== undefined) first.resolve(session.registry);
    } catch (error) {
      report.failure(error);
    }
  };
  const watcher = watchSources(root, look, {
    onError: (error) => terminal.printError(`warning: watching failed: ${error.message}\n`),
  });
  opened.add(() => watcher.close());
  await watcher.ready;
  await report.first(session.update());
  if (session.registry === undefined)
    terminal.printError('\nNothing to serve yet; waiting for the project to compile …\n');
  return { session, report, firstSnapshot: first.promise };
}

interface Where {
  readonly root: string;
  readonly port: number;
  /** Where usage records go. */
  readonly usage: string | undefined;
}

async function openServer(
  terminal: Terminal,
  registry: Registry,
  { root, port, usage }: Where,
  opened: Opened,
): Promise<string> {
  const { startServer } = await import('../start-server.ts');
  const { startRuntime, unavailableProviders } = await import('../start-runtime.ts');
  const { createRequestLog } = await import('../request-log.ts');
  const { openLedgerIfPossible } = await import('../usage-file.ts');
  const ledger = await openLedgerIfPossible(terminal, root, usage);
  const running = startRuntime(registry, terminal.environment, ledger, { simulatorPaceMs });
  opened.add(() => running.close());
  for (const line of unavailableProviders(registry.current, running.transport)) {
    terminal.printError(`${styled(terminal, 'yellow', 'note')}: ${line}\n`);
  }
  const server = await startServer({
    runtime: running.runtime,
    access: 'open',
    host: developmentHost,
    port,
    logger: createRequestLog(terminal),
  });
  opened.add(() => server.close());
  return server.url;
}
