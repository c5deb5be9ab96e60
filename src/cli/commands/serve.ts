// `capstan serve`: production. No watching; starts only on a project without errors; ends gracefully.

import { resolve } from 'node:path';
import { Command } from 'commander';
import { parseDuration } from '../../duration.ts';
import { hasErrors } from '../../diagnostics/order-diagnostics.ts';
import { createRegistry } from '../../registry/registry.ts';
import type { Snapshot } from '../../registry/snapshot.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { countOf } from '../count-of.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { createOpened } from '../opened.ts';
import type { Opened } from '../opened.ts';
import { loadProject, requireSnapshot } from '../project.ts';
import { usageOption } from '../usage-option.ts';
import { runUntilStopped } from '../run-until-stopped.ts';
import type { ListenOptions } from '../start-server.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface ServeOptions extends GlobalOptions {
  readonly host: string;
  readonly port: string;
  readonly insecureNoAuth?: boolean;
  readonly grace: string;
  readonly usage?: string;
  readonly snapshot?: string;
}

/** From the end of the grace period to the end of the process: connections are cut and usage is kept meanwhile. */
const afterGraceMs = 2_000;

export function serveCommand(host: CommandHost): Command {
  return new Command('serve')
    .summary('serve the project in production')
    .description(
      'Serves the project. Starts only when everything compiles; callers need keys (see `capstan key`).',
    )
    .option('--snapshot <file>', 'serve what `capstan build` wrote; the project is not read')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on; 0 takes any free one', '4700')
    .option('--insecure-no-auth', 'answer without keys; on loopback only')
    .option(...usageOption)
    .option('--grace <duration>', 'how long requests in flight may take to end after SIGTERM', '8s')
    .addHelpText(
      'after',
      `
Providers' keys come from the environment variables that capstan.yaml names.
SIGTERM and SIGINT end the server after the requests in flight.

Examples:
  capstan serve --host 0.0.0.0 --port 8080
  capstan serve --insecure-no-auth
  capstan serve --snapshot capstan.snapshot.json --host 0.0.0.0
`,
    )
    .action(async (_options: unknown, command: Command) => {
      host.exitCode = await serve(host.terminal, command.optsWithGlobals<ServeOptions>());
    });
}

async function serve(terminal: Terminal, options: ServeOptions): Promise<ExitCode> {
  const { isLoopback, parsePort } = await import('../start-server.ts');
  const port = parsePort(options.port);
  const graceMs = readGrace(options.grace);
  const project =
    options.snapshot === undefined
      ? await compileProject(terminal, options)
      : await readBuilt(terminal, options, options.snapshot);
  if (project === undefined) return exitCode.findings;
  const { snapshot, root } = project;
  const access = accessOf(snapshot, options, isLoopback(options.host));

  const opened = createOpened();
  const stopped = runUntilStopped(terminal, opened.close, graceMs + afterGraceMs);
  try {
    const { host, usage } = options;
    const where = { access, host, port, graceMs, root, usage };
    const url = await openServer(terminal, snapshot, where, opened);
    const count = countOf(Object.keys(snapshot.capabilities).length, 'capability');
    terminal.printError(`Capstan serves ${count} on ${url} (${snapshot.revision.slice(0, 19)})\n`);
    await stopped;
    return exitCode.ok;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

interface Where extends Pick<ListenOptions, 'access' | 'host' | 'port' | 'graceMs'> {
  readonly root: string;
  /** Where usage records go. */
  readonly usage: string | undefined;
}

interface Served {
  readonly snapshot: Snapshot;
  /** The folder below which usage records are kept. */
  readonly root: string;
}

/** Nothing when the project has errors, which have been shown then. */
async function compileProject(terminal: Terminal, options: ServeOptions): Promise<Served | undefined> {
  const project = await loadProject(terminal, options);
  terminal.printError(await drawDiagnostics(project.diagnostics, project.compilation, 'text', terminal));
  if (!hasErrors(project.diagnostics)) return { snapshot: requireSnapshot(project), root: project.root };
  terminal.printError('\nNot started: the project has errors.\n');
  return undefined;
}

/** What was built elsewhere. */
async function readBuilt(terminal: Terminal, options: ServeOptions, file: string): Promise<Served> {
  const { openBuilt } = await import('../open-built.ts');
  return {
    snapshot: openBuilt(terminal, file),
    root: resolve(terminal.workingDirectory, options.project ?? '.'),
  };
}

async function openServer(
  terminal: Terminal,
  snapshot: Snapshot,
  { root, usage, ...where }: Where,
  opened: Opened,
): Promise<string> {
  const { startServer } = await import('../start-server.ts');
  const { startRuntime, unavailableProviders } = await import('../start-runtime.ts');
  const { createRequestLog } = await import('../request-log.ts');
  const { prepareSnapshot } = await import('../../runtime/prepare.ts');
  const { openLedger } = await import('../usage-file.ts');
  const ledger = await openLedger(terminal, root, usage);
  const running = startRuntime(createRegistry(snapshot, prepareSnapshot), terminal.environment, ledger);
  opened.add(() => running.close());
  const missing = unavailableProviders(snapshot, running.transport);
  for (const line of missing) terminal.printError(`${styled(terminal, 'yellow', 'warning')}: ${line}\n`);
  if (missing.length === Object.keys(snapshot.providers).length)
    throw new UsageError('No provider is available, so nothing could be answered.');
  const server = await startServer({
    runtime: running.runtime,
    ...where,
    logger: createRequestLog(terminal),
  });
  opened.add(() => server.close());
  return server.url;
}

function readGrace(text: string): number {
  if (/^\d+(?:\.\d+)?(?:ms|s|m|h)$/.test(text)) return parseDuration(text);
  throw new UsageError(`"${text}" is not a duration; write for example 8s or 500ms.`);
}

/** Without keys only loopback is open, and only when asked for: a forgotten key must not open a server. */
function accessOf(snapshot: Snapshot, options: ServeOptions, loopback: boolean): 'keys' | 'open' {
  if (options.insecureNoAuth === true) {
    if (loopback) return 'open';
    throw new UsageError(
      `--insecure-no-auth is for loopback only; ${options.host} can be reached by others.`,
    );
  }
  if (snapshot.access.keys.length > 0) return 'keys';
  throw new UsageError(
    'No caller has a key, so nobody could call. Make one with `capstan key NAME`, or use --insecure-no-auth on loopback.',
  );
}
