// `capstan generate`: writes typed clients and whatever else capstan.yaml asks for.

import { Command } from 'commander';
import { hasErrors } from '../../diagnostics/order-diagnostics.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { loadProject, requireSnapshot } from '../project.ts';
import type { Project } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface GenerateOptions extends GlobalOptions {
  readonly check?: boolean;
  readonly json?: boolean;
}

export function generateCommand(host: CommandHost): Command {
  return new Command('generate')
    .summary('write the typed client')
    .description('Writes what the generate section of capstan.yaml asks for, such as the typed client.')
    .option('--check', 'write nothing; fail when a file is missing, out of date or left over')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  capstan generate\n  capstan generate --check     in CI, when generated files are committed\n',
    )
    .action(async (_options: unknown, command: Command) => {
      host.exitCode = await runGenerate(host.terminal, command.optsWithGlobals<GenerateOptions>());
    });
}

async function runGenerate(terminal: Terminal, options: GenerateOptions): Promise<ExitCode> {
  const project = await loadProject(terminal, options);
  if (hasErrors(project.diagnostics)) return refuse(terminal, project);
  const snapshot = requireSnapshot(project);
  if (snapshot.generate.length === 0) {
    throw new UsageError(
      'capstan.yaml has no generate section. Add:\n\n  generate:\n    - { target: typescript, out: generated/typescript }\n',
    );
  }
  const { createGenerator } = await import('../generate-files.ts');
  const generator = createGenerator(project.root);
  if (options.check === true) {
    const stale = await generator.check(snapshot);
    if (options.json === true) terminal.print(`${JSON.stringify({ stale }, null, 2)}\n`);
    else if (stale.length === 0)
      terminal.print(`${styled(terminal, 'green', '✓')} generated files are up to date\n`);
    else {
      for (const file of stale) terminal.print(`${file.path}: ${file.state}\n`);
      terminal.printError('Generated files are not up to date; `capstan generate` mends that.\n');
    }
    return stale.length === 0 ? exitCode.ok : exitCode.findings;
  }
  const result = await generator.write(snapshot);
  if (options.json === true) terminal.print(`${JSON.stringify(result, null, 2)}\n`);
  else {
    for (const path of result.written) terminal.print(`wrote ${path}\n`);
    for (const path of result.deleted) terminal.print(`deleted ${path}\n`);
    if (result.written.length + result.deleted.length === 0) terminal.print('Everything was up to date.\n');
  }
  return exitCode.ok;
}

async function refuse(terminal: Terminal, project: Project): Promise<ExitCode> {
  terminal.printError(await drawDiagnostics(project.diagnostics, project.sources, 'text', terminal));
  terminal.printError('\nNothing was generated: mend the errors first.\n');
  return exitCode.findings;
}
