// From arguments to an exit code. The only place that decides how a failure of a command is shown.

import { Command, CommanderError } from 'commander';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { suggest } from '../diagnostics/suggest.ts';
import { commands } from './commands/index.ts';
import type { CommandHost } from './command-host.ts';
import { UsageError, exitCode } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { systemFailure } from './system-failure.ts';
import { styled } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { readVersion } from './version.ts';

/** Runs one command line, for example `['check', '--json']`, and returns its exit code. Never throws. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const host: CommandHost = { terminal, exitCode: exitCode.ok };
  try {
    await createProgram(host).parseAsync([...args], { from: 'user' });
    return host.exitCode;
  } catch (error) {
    return explainFailure(error, terminal);
  }
}

function createProgram(host: CommandHost): Command {
  const program = new Command('capstan')
    .description('Turns AI capabilities declared in YAML into checked, typed, running endpoints.')
    .version(readVersion(), '-V, --version', 'print the version')
    .option(
      '-p, --project <folder>',
      'the folder that holds capstan.yaml (default: this one or the nearest above)',
      (folder: string) => requireFolder(host.terminal, folder),
    )
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nStart here:\n  capstan init     a project with one capability\n  capstan dev      serve it, and reload on every save\n',
    );
  for (const createCommand of commands) program.addCommand(createCommand(host));
  program.addCommand(helpCommand(program));
  for (const command of [program, ...allCommands(program)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => host.terminal.print(text),
      writeErr: (text) => host.terminal.printError(text),
      getOutHasColors: () => host.terminal.color,
      getErrHasColors: () => host.terminal.color,
    });
  }
  return program;
}

/** A folder that does not exist yet is fine: `init` makes it. */
function requireFolder({ workingDirectory }: Terminal, folder: string): string {
  if (folder === '') throw new UsageError('--project is empty; it names the folder that holds capstan.yaml.');
  const stats = statSync(resolve(workingDirectory, folder), { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return folder;
  throw new UsageError(`${folder} is a file; --project names the folder that holds capstan.yaml.`);
}

function helpCommand(program: Command): Command {
  return new Command('help')
    .summary('show help for a command')
    .description('Shows the help of a command.')
    .argument('[command...]', 'its name')
    .action((words: readonly string[]) => {
      const found = words.reduce((command, word) => requireCommand(command, word), program);
      found.outputHelp();
    });
}

function requireCommand(parent: Command, word: string): Command {
  const found = parent.commands.find((each) => each.name() === word);
  if (found !== undefined) return found;
  const names = parent.commands.map((each) => each.name());
  const [near] = suggest(word, names);
  const help = near === undefined ? '`capstan --help` lists the commands.' : `Did you mean "${near}"?`;
  throw new UsageError(`No command is named "${word}". ${help}`);
}

function allCommands(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

function explainFailure(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  const label = styled(terminal, 'red', 'error');
  if (error instanceof UsageError) {
    terminal.printError(`${label}: ${error.message}\n`);
    return exitCode.usage;
  }
  const failure = systemFailure(error);
  if (failure !== undefined) {
    terminal.printError(`${label}: ${failure}\n`);
    return exitCode.usage;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.printError(`${label}: Capstan failed in a way it should not; please report this.\n\n${trace}\n`);
  return exitCode.bug;
}
