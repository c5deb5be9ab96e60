// `capstan mcp`: the capabilities as tools of the Model Context Protocol, over standard input and output. Nothing else is
// ever written to standard output.

import { Command } from 'commander';
import { createRegistry } from '../../registry/registry.ts';
import type { Registry } from '../../registry/registry.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { countOf } from '../count-of.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { createOpened } from '../opened.ts';
import type { Opened } from '../opened.ts';
import { requireProjectRoot } from '../project.ts';
import type { Ledger } from '../../usage/ledger.ts';
import { inMemory, usageOption } from '../usage-option.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface McpOptions extends GlobalOptions {
  readonly snapshot?: string;
  readonly usage?: string;
}

export function mcpCommand(host: CommandHost): Command {
  return new Command('mcp')
    .summary('serve the capabilities as tools over standard input and output')
    .description(
      'Serves every capability as a tool of the Model Context Protocol, to the program that starts this command. ' +
        'The project is watched: a good save changes the tools at once. (Over HTTP they are at /mcp of every server.)',
    )
    .option('--snapshot <file>', 'serve what `capstan build` wrote; the project is not read')
    .option(...usageOption)
    .addHelpText(
      'after',
      `
In the settings of a program that knows the protocol:
  { "command": "npx", "args": ["capstan", "mcp", "--project", "/path/to/project"] }

Providers' keys come from the environment variables that capstan.yaml names.

Examples:
  capstan mcp
  capstan mcp --snapshot capstan.snapshot.json
`,
    )
    .action(async (_options: unknown, command: Command) => {
      host.exitCode = await serveTools(host.terminal, command.optsWithGlobals<McpOptions>());
    });
}

async function serveTools(terminal: Terminal, options: McpOptions): Promise<ExitCode> {
  const { startRuntime, unavailableProviders } = await import('../start-runtime.ts');
  const { serveMcpOverPipes } = await import('../serve-mcp-over-pipes.ts');
  const opened = createOpened();
  try {
    const registry =
      options.snapshot === undefined
        ? await watchProject(terminal, options, opened)
        : await openSnapshot(terminal, options.snapshot);
    const ledger = await openLedgerOf(terminal, options);
    const running = startRuntime(registry, terminal.environment, ledger);
    opened.add(() => running.close());
    for (const line of unavailableProviders(registry.current, running.transport)) {
      terminal.printError(`${styled(terminal, 'yellow', 'note')}: ${line}\n`);
    }
    const count = countOf(Object.keys(registry.current.capabilities).length, 'capability');
    terminal.printError(`Capstan serves ${count} as tools over standard input and output\n`);
    await serveMcpOverPipes(running.runtime, terminal);
    return exitCode.ok;
  } finally {
    await opened.close();
  }
}

/** A Snapshot has no folder of its own, and whoever starts this command starts it anywhere. */
async function openLedgerOf(terminal: Terminal, options: McpOptions): Promise<Ledger> {
  const { openLedgerIfPossible } = await import('../usage-file.ts');
  const { snapshot, usage } = options;
  if (snapshot === undefined) {
    return openLedgerIfPossible(terminal, requireProjectRoot(terminal, options), usage);
  }
  return openLedgerIfPossible(terminal, terminal.workingDirectory, usage ?? inMemory);
}

async function openSnapshot(terminal: Terminal, file: string): Promise<Registry> {
  const { openBuilt } = await import('../open-built.ts');
  const { prepareSnapshot } = await import('../../runtime/prepare.ts');
  return createRegistry(openBuilt(terminal, file), prepareSnapshot);
}

async function watchProject(terminal: Terminal, options: McpOptions, opened: Opened): Promise<Registry> {
  const root = requireProjectRoot(terminal, options);
  const { createDevSession } = await import('../dev-session.ts');
  const { watchSources } = await import('../../workspace/watch-sources.ts');
  const session = createDevSession(root);
  const look = async (paths?: ReadonlySet<string>): Promise<void> => {
    const update = session.update(paths);
    terminal.printError(await drawDiagnostics(update.diagnostics, update, 'text', terminal));
  };
  const watcher = watchSources(root, (paths) => void look(paths), {
    onError: (error) => terminal.printError(`warning: watching failed: ${error.message}\n`),
  });
  opened.add(() => watcher.close());
  await watcher.ready;
  await look();
  if (session.registry === undefined)
    throw new UsageError('The project does not compile, so there are no tools.');
  return session.registry;
}
