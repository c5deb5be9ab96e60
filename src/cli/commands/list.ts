// `capstan list`: the capabilities of a project, one line each.

import { Command } from 'commander';
import type { Capability } from '../../registry/snapshot.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { hasErrors } from '../../diagnostics/order-diagnostics.ts';
import { loadProject, requireSnapshot } from '../project.ts';
import { printTable } from '../print-table.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface ListOptions extends GlobalOptions {
  readonly json?: boolean;
}

export function listCommand(host: CommandHost): Command {
  return new Command('list')
    .summary('list the capabilities of the project')
    .description('Lists the capabilities of the project with version, lifecycle, owner and tiers.')
    .option('--json', 'print a JSON list')
    .addHelpText('after', '\nExamples:\n  capstan list\n  capstan list --json\n')
    .action(async (_options: unknown, command: Command) => {
      host.exitCode = await list(host.terminal, command.optsWithGlobals<ListOptions>());
    });
}

async function list(terminal: Terminal, options: ListOptions): Promise<ExitCode> {
  const project = await loadProject(terminal, options);
  const capabilities = Object.values(requireSnapshot(project).capabilities);
  if (options.json === true) terminal.print(`${JSON.stringify(capabilities.map(summaryOf), null, 2)}\n`);
  else if (capabilities.length === 0)
    terminal.print('No capabilities yet; `capstan init capability NAME` makes one.\n');
  else
    terminal.print(
      printTable(['CAPABILITY', 'VERSION', 'LIFECYCLE', 'OWNER', 'TIERS', 'TITLE'], capabilities.map(rowOf)),
    );
  if (hasErrors(project.diagnostics)) {
    terminal.printError(
      `${styled(terminal, 'yellow', 'note')}: some files do not compile; \`capstan check\` says why\n`,
    );
  }
  return exitCode.ok;
}

function rowOf(capability: Capability): readonly string[] {
  const tiers = Object.keys(capability.tiers.offer).map((tier) =>
    tier === capability.tiers.default ? `${tier}*` : tier,
  );
  const { key, version, lifecycle, owner, title, description } = capability;
  return [key, version, lifecycle, owner, tiers.join(' '), title ?? description];
}

function summaryOf(capability: Capability): object {
  const { key, name, version, title, description, owner, lifecycle, tags, revision } = capability;
  const tiers = { default: capability.tiers.default, offer: Object.keys(capability.tiers.offer) };
  return { key, name, version, title, description, owner, lifecycle, tags, tiers, revision };
}
