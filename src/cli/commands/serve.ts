// `capstan serve`: production. No watching; starts only on a project without errors; ends gracefully.

import { resolve } from 'node:path';
import { Command } from 'commander';
import { parseDuration } from '../../duration.ts';
import { hasErrors } from '../../diagnostics/order-diagnostics.ts';
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
import type { Serving, Where } from '../serve-snapshot.ts';
import type { Terminal } from '../terminal.ts';

interface ServeOptions extends GlobalOptions {
  readonly host: string;
  readonly port: string;
  readonly insecureNoAuth?: boolean;
  readonly grace: string;
  readonly workers: string;
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
    .option('--workers <count>', 'processes that share the port; "all" for one a core', '1')
    .option('--grace <duration>', 'how long requests in flight may take to end after SIGTERM', '8s')
    .addHelpText(
      'after',
      `
Providers' keys come from the environment variables that capstan.yaml names.
SIGTERM and SIGINT end the server after the requests in flight. SIGHUP reads the project again and serves it from the
next request on, in all workers at once (not in a terminal); while it has errors, what was served before goes on.

Examples:
  capstan serve --host 0.0.0.0 --port 8080
  capstan serve --insecure-no-auth
  capstan serve --snapshot capstan.snapshot.json --host 0.0.0.0
  capstan serve --workers all
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
  const workers = await readWorkers(options.workers);
  const read = (): Promise<Served | undefined> =>
    options.snapshot === undefined
      ? compileProject(terminal, options)
      : readBuilt(terminal, options, options.snapshot);
  const project = await read();
  if (project === undefined) return exitCode.findings;
  const { snapshot, root } = project;
  const access = accessOf(snapshot, options, isLoopback(options.host));

  const opened = createOpened();
  // A terminal that is closed hangs up as well; then there is nobody to serve on for.
  const reloads = !process.stdin.isTTY;
  const stopped = runUntilStopped(terminal, opened.close, graceMs + afterGraceMs, reloads);
  try {
    const { host, usage } = options;
    const where = { access, host, port, graceMs, root, usage };
    const serving = await startServing(terminal, snapshot, where, workers);
    opened.add(() => serving.close());
    if (reloads) opened.add(reloadOnHangup(terminal, serving, read).close);
    const { url } = serving;
    const by = workers === 1 ? '' : ` by ${workers} workers`;
    const count = countOf(Object.keys(snapshot.capabilities).length, 'capability');
    terminal.printError(`Capstan serves ${count} on ${url}${by} (${snapshot.revision.slice(0, 19)})\n`);
    await stopped;
    return exitCode.ok;
  } catch (error) {
    await opened.close();
    throw error;
  }
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

/** How many processes: a number, or `all` for one a core. */
async function readWorkers(text: string): Promise<number> {
  const { availableParallelism } = await import('node:os');
  const { WORKERS_MAX } = await import('../serve-by-workers.ts');
  const count = text === 'all' ? availableParallelism() : Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= WORKERS_MAX) return count;
  throw new UsageError(`--workers takes a number from 1 to ${WORKERS_MAX}, or "all", not "${text}".`);
}

async function startServing(
  terminal: Terminal,
  snapshot: Snapshot,
  where: Where,
  workers: number,
): Promise<Serving> {
  if (workers > 1) {
    const { serveByWorkers } = await import('../serve-by-workers.ts');
    return serveByWorkers(terminal, snapshot, where, workers);
  }
  const { serveSnapshot } = await import('../serve-snapshot.ts');
  return serveSnapshot(terminal, snapshot, where);
}

/** On SIGHUP the project is read again; while it has errors, the last good Snapshot keeps serving. */
function reloadOnHangup(
  terminal: Terminal,
  serving: Serving,
  read: () => Promise<Served | undefined>,
): Opened {
  const opened = createOpened();
  let working = Promise.resolve();
  const reload = async (): Promise<void> => {
    try {
      const project = await read();
      if (project === undefined) return;
      await serving.prepare(project.snapshot);
      await serving.swap(project.snapshot);
      terminal.printError(`Capstan serves ${project.snapshot.revision.slice(0, 19)} from now on\n`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      terminal.printError(`Not reloaded: ${why}\n`);
    }
  };
  const onHangup = (): void => {
    working = working.then(reload);
  };
  process.on('SIGHUP', onHangup);
  opened.add(async () => void process.off('SIGHUP', onHangup));
  return opened;
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
