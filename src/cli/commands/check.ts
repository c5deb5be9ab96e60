// `capstan check`: everything that the compiler can say, all files in one run.

import { Command, Option } from 'commander';
import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import type { Diagnostic, Severity } from '../../diagnostics/diagnostic.ts';
import { countDiagnostics, reachesLevel } from '../../diagnostics/order-diagnostics.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import { countOf } from '../count-of.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import type { DiagnosticFormat } from '../draw-diagnostics.ts';
import { loadProject } from '../project.ts';
import type { Project } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface CheckOptions extends GlobalOptions {
  readonly format: DiagnosticFormat;
  readonly json?: boolean;
  readonly failOn: Severity;
}

export function checkCommand(host: CommandHost): Command {
  return new Command('check')
    .summary('report every mistake in the project')
    .description('Compiles the project and reports every mistake, with its place and a way out.')
    .argument('[paths...]', 'report only on these files and folders')
    .addOption(
      new Option('--format <format>', 'how findings are shown')
        .choices(['text', 'compact', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .addOption(
      new Option('--fail-on <severity>', 'the mildest finding that fails the check')
        .choices(['error', 'deny', 'warning'])
        .default('deny'),
    )
    .addHelpText(
      'after',
      `
Exit codes: 0 nothing to mend, 1 findings, 2 no project here.

Examples:
  capstan check
  capstan check capabilities/summarize.cap.yaml
  capstan check --json --fail-on warning
`,
    )
    .action(async (paths: readonly string[], _options: unknown, command: Command) => {
      host.exitCode = await check(host.terminal, paths, command.optsWithGlobals<CheckOptions>());
    });
}

async function check(terminal: Terminal, paths: readonly string[], options: CheckOptions): Promise<ExitCode> {
  const project = await loadProject(terminal, options);
  const places = paths.map((path) => requirePlace(terminal, project, path));
  const diagnostics = within(project, places);
  const format = options.json === true ? 'json' : options.format;
  terminal.print(await drawDiagnostics(diagnostics, project.sources, format, terminal));
  if (format === 'text') terminal.print(`${summary(terminal, project, diagnostics)}\n`);
  return reachesLevel(diagnostics, options.failOn) ? exitCode.findings : exitCode.ok;
}

/** A misspelt path must not pass for one without mistakes. */
function requirePlace(terminal: Terminal, project: Project, path: string): string {
  const place = resolve(terminal.workingDirectory, path);
  if (existsSync(place)) return place;
  const shown = relative(project.root, place).split(sep).join('/');
  const names = project.sources.map((source) => source.path);
  const [near] = suggest(shown, names);
  const help = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new UsageError(`There is no file or folder ${path}.${help}`);
}

function within(project: Project, places: readonly string[]): readonly Diagnostic[] {
  if (places.length === 0) return project.diagnostics;
  return project.diagnostics.filter((diagnostic) => {
    const file = resolve(project.root, diagnostic.span.path);
    return places.some((place) => file === place || file.startsWith(`${place}${sep}`));
  });
}

function summary(terminal: Terminal, project: Project, diagnostics: readonly Diagnostic[]): string {
  const count = Object.keys(project.compilation.snapshot?.capabilities ?? {}).length;
  const inOrder = `${countOf(count, 'capability')} in order`;
  if (diagnostics.length === 0) return `${styled(terminal, 'green', '✓')} ${inOrder}, nothing to report`;
  return `\n${countInWords(diagnostics)}; ${inOrder}`;
}

const severityWords: Readonly<Record<Severity, string>> = {
  error: 'error',
  deny: 'denied finding',
  warning: 'warning',
  info: 'note',
};

function countInWords(diagnostics: readonly Diagnostic[]): string {
  const counts = countDiagnostics(diagnostics);
  return (Object.keys(severityWords) as Severity[])
    .filter((severity) => counts[severity] > 0)
    .map((severity) => countOf(counts[severity], severityWords[severity]))
    .join(', ');
}
