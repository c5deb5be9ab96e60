// `capstan build`: the compiled project as one file, to be served where there is no YAML.

import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { hasErrors } from '../../diagnostics/order-diagnostics.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { countOf } from '../count-of.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { loadProject, requireSnapshot } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface BuildOptions extends GlobalOptions {
  readonly out: string;
  readonly json?: boolean;
}

const toOutput = '-';
const defaultFile = 'capstan.snapshot.json';

export function buildCommand(host: CommandHost): Command {
  return new Command('build')
    .summary('write the compiled project as one file')
    .description(
      'Writes the Snapshot: everything that `capstan serve --snapshot` needs, as one JSON file. ' +
        'The same project gives the same bytes. Keys are not in it, only the names of their variables.',
    )
    .option('--out <file>', 'the file to write; - writes to standard output', defaultFile)
    .option('--json', 'say in JSON what was written')
    .addHelpText(
      'after',
      `
Its revision is a hash of its content: a file that was changed afterwards is not served.

Examples:
  capstan build --out dist/capstan.snapshot.json
  capstan serve --snapshot dist/capstan.snapshot.json
  capstan breaking --against capstan.snapshot.json
`,
    )
    .action(async (_options: unknown, command: Command) => {
      host.exitCode = await build(host.terminal, command.optsWithGlobals<BuildOptions>());
    });
}

async function build(terminal: Terminal, options: BuildOptions): Promise<ExitCode> {
  const { printSnapshot } = await import('../read-snapshot.ts');
  const project = await loadProject(terminal, options);
  terminal.printError(await drawDiagnostics(project.diagnostics, project.compilation, 'text', terminal));
  if (hasErrors(project.diagnostics)) {
    terminal.printError('\nNothing was built: mend the errors first.\n');
    return exitCode.findings;
  }
  const snapshot = requireSnapshot(project);
  const text = printSnapshot(snapshot);
  if (options.out === toOutput) {
    terminal.print(text);
    return exitCode.ok;
  }
  const { writeWhole } = await import('../../workspace/write-files.ts');
  const file = resolve(terminal.workingDirectory, options.out);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError(`${options.out} is a folder; name a file: --out ${join(options.out, defaultFile)}`);
  writeWhole(file, text);
  const { revision, capabilities } = snapshot;
  const count = Object.keys(capabilities).length;
  const bytes = Buffer.byteLength(text);
  if (options.json === true) {
    terminal.print(
      `${JSON.stringify({ file: options.out, revision, capabilities: count, bytes }, null, 2)}\n`,
    );
  } else {
    const mark = styled(terminal, 'green', '✓');
    terminal.print(
      `${mark} ${options.out} holds ${countOf(count, 'capability')} (${revision.slice(0, 19)}, ${bytes} bytes)\n`,
    );
  }
  return exitCode.ok;
}
