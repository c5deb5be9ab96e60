// `capstan fmt`: declarations in their canonical form.

import { Command } from 'commander';
import type { Source } from '../../diagnostics/diagnostic.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { countOf } from '../count-of.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { isWithin, requirePlaces } from '../places.ts';
import { requireProjectRoot } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface FmtOptions extends GlobalOptions {
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly json?: boolean;
}

export function fmtCommand(host: CommandHost): Command {
  return new Command('fmt')
    .summary('put declarations into their canonical form')
    .description(
      'Orders the keys of capstan.yaml and of capabilities as their schemas list them, and tidies line ends and blank\nlines. Comments, texts, schemas and the meaning of a file stay as they are.',
    )
    .argument('[paths...]', 'only these files and folders')
    .option('--check', 'write nothing; fail when a file is not in its canonical form')
    .option('--diff', 'write nothing; show what would change')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 in order, 1 files to format (--check, --diff) or that cannot be read, 2 no project here.\n\nExamples:\n  capstan fmt\n  capstan fmt capabilities/summarize.cap.yaml --diff\n  capstan fmt --check     in CI\n',
    )
    .action(async (paths: readonly string[], _options: unknown, command: Command) => {
      host.exitCode = await format(host.terminal, paths, command.optsWithGlobals<FmtOptions>());
    });
}

async function format(terminal: Terminal, paths: readonly string[], options: FmtOptions): Promise<ExitCode> {
  const root = requireProjectRoot(terminal, options);
  const { createSourceReader } = await import('../../workspace/read-sources.ts');
  const { formatSource } = await import('../../compiler/format-source.ts');
  const { sources } = createSourceReader(root).read();
  const places = requirePlaces(terminal, { root, sources }, paths);
  const files = sources
    .filter(({ path }) => path.endsWith('.yaml') && isWithin(root, places, path))
    .map((source) => ({ source, text: formatSource(source) }));
  const changed = files.flatMap(({ source, text }) =>
    text === undefined || text === source.text ? [] : [{ source, path: source.path, text }],
  );
  const broken = files.flatMap(({ source, text }) => (text === undefined ? [source.path] : []));
  const isDry = options.check === true || options.diff === true;
  if (!isDry) {
    const { writeFiles } = await import('../../workspace/write-files.ts');
    writeFiles(root, changed);
  }
  await print(terminal, options, changed, broken, files.length);
  return broken.length > 0 || (isDry && changed.length > 0) ? exitCode.findings : exitCode.ok;
}

async function print(
  terminal: Terminal,
  options: FmtOptions,
  changed: readonly { readonly source: Source; readonly path: string; readonly text: string }[],
  broken: readonly string[],
  count: number,
): Promise<void> {
  const isDry = options.check === true || options.diff === true;
  if (options.json === true) {
    const paths = changed.map(({ path }) => path);
    terminal.print(`${JSON.stringify({ [isDry ? 'toFormat' : 'formatted']: paths, broken }, null, 2)}\n`);
    return;
  }
  const { diffLines } = await import('../line-diff.ts');
  const { concealFound } = await import('../../compiler/rules/trust/secret-patterns.ts');
  for (const { source, path, text } of changed) {
    terminal.print(`${isDry ? 'would format' : 'formatted'} ${path}\n`);
    if (options.diff === true)
      terminal.print(`${diffLines(concealFound(source.text), concealFound(text))}\n`);
  }
  for (const path of broken) {
    terminal.printError(
      `${styled(terminal, 'yellow', 'left alone')} ${path}: it is not sound YAML; \`capstan check\` says why\n`,
    );
  }
  if (changed.length + broken.length === 0)
    terminal.print(`${styled(terminal, 'green', '✓')} ${countOf(count, 'file')} in order\n`);
}
