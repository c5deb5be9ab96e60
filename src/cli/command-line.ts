// From arguments to an exit code. The only place that decides how a failure of a command is shown.

import { Command, CommanderError } from 'commander';
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
    )
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nStart here:\n  capstan init     a project with one capability\n  capstan dev      serve it, and reload on every save\n',
    );
  for (const createCommand of commands) program.addCommand(createCommand(host));
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
