// `capstan breaking`: what changed for callers since a baseline, with a payload for everything that breaks them.

import { Command, InvalidArgumentError, Option } from 'commander';
import { join } from 'node:path';
import type { Diagnostic, Severity } from '../../diagnostics/diagnostic.ts';
import { hasErrors, reachesLevel } from '../../diagnostics/order-diagnostics.ts';
import { countOf } from '../count-of.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Baseline, BaselineComparison, Present } from '../compare-with-baseline.ts';
import { printTable } from '../print-table.ts';
import { loadProject, requireSnapshot } from '../project.ts';
import type { Project } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface BreakingOptions extends GlobalOptions {
  readonly against: string;
  readonly format: 'text' | 'json' | 'github' | 'markdown';
  readonly json?: boolean;
  readonly failOn: Severity;
  readonly today?: string;
  readonly fix?: boolean;
}

export function breakingCommand(host: CommandHost): Command {
  return new Command('breaking')
    .summary('tell what changed for callers since a baseline')
    .description(
      'Compares the contracts of all capabilities with a baseline. Everything that breaks callers comes with a payload that was fine and is refused, or that may come and was excluded; the validator of the runtime has confirmed it.',
    )
    .option(
      '-a, --against <baseline>',
      'a revision (git:REF), a folder with a project, or a Snapshot as JSON',
      'git:origin/main',
    )
    .addOption(
      new Option('--format <format>', 'how it is shown; markdown is a changelog')
        .choices(['text', 'json', 'github', 'markdown'])
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .addOption(
      new Option(
        '--fail-on <severity>',
        'the mildest finding that fails: deny is what breaks callers, warning also what is dangerous',
      )
        .choices(['error', 'deny', 'warning'])
        .default('deny'),
    )
    .option('--fix', 'first write the versions that the changes ask for')
    .option(
      '--today <date>',
      'the day for sunsets and acknowledgements, YYYY-MM-DD (default: today)',
      readDay,
    )
    .addHelpText(
      'after',
      `
What the baseline promised counts: nothing fails for a capability that was experimental, and a beta is only warned about.
A change that somebody answers for is written into capstan.ack.yaml beside capstan.yaml, with the fingerprint that is
printed here, a reason, and the last day on which that counts.

Exit codes: 0 nothing breaks, 1 findings, 2 no project here or no such baseline.

Examples:
  capstan breaking
  capstan breaking --against git:v1.4.0
  capstan breaking --against ../released --format markdown > CHANGES.md
  capstan breaking --against snapshot.json --json --fail-on warning
`,
    )
    .action(async (_options: unknown, command: Command) => {
      host.exitCode = await breaking(host.terminal, command.optsWithGlobals<BreakingOptions>());
    });
}

function readDay(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError(`"${text}" is not a day, YYYY-MM-DD.`);
}

async function breaking(terminal: Terminal, options: BreakingOptions): Promise<ExitCode> {
  const project = await loadProject(terminal, options);
  if (hasErrors(project.diagnostics)) return refuse(terminal, project);
  const { openBaseline } = await import('../open-baseline.ts');
  const { compareWithBaseline } = await import('../compare-with-baseline.ts');
  const baseline = await openBaseline(terminal, project.root, options.against);
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  let found = compareWithBaseline(await presentOf(project), baseline, today);
  if (options.fix === true && (await writeFixes(terminal, project, found.diagnostics)))
    found = compareWithBaseline(await presentOf(await loadProject(terminal, options)), baseline, today);
  const failed = reachesLevel(found.diagnostics, options.failOn);
  const format = options.json === true ? 'json' : options.format;
  terminal.print(await draw(terminal, format, { ...found, baseline, today, failed }));
  return failed ? exitCode.findings : exitCode.ok;
}

async function presentOf(project: Project): Promise<Present> {
  const { readText } = await import('../../workspace/write-files.ts');
  const { acknowledgementsPath } = await import('../../compiler/compatibility/acknowledgements.ts');
  const acknowledgements = readText(join(project.root, acknowledgementsPath));
  return {
    snapshot: requireSnapshot(project),
    sources: project.sources,
    shown: project.compilation.shown,
    ...(acknowledgements === undefined ? {} : { acknowledgements }),
  };
}

/** Whether anything was written. */
async function writeFixes(
  terminal: Terminal,
  { root, sources }: Project,
  diagnostics: readonly Diagnostic[],
): Promise<boolean> {
  const { applyFixes } = await import('../../diagnostics/apply-fixes.ts');
  const { writeFiles } = await import('../../workspace/write-files.ts');
  const written = writeFiles(root, applyFixes(sources, diagnostics).sources);
  for (const path of written) terminal.printError(`wrote ${path}\n`);
  return written.length > 0;
}

async function refuse(terminal: Terminal, project: Project): Promise<ExitCode> {
  const errors = project.diagnostics.filter(({ severity }) => severity === 'error');
  terminal.printError(await drawDiagnostics(errors, project.compilation, 'text', terminal));
  terminal.printError('\nNothing was compared: mend the errors first.\n');
  return exitCode.findings;
}

// -- showing

interface Shown extends BaselineComparison {
  readonly baseline: Baseline;
  readonly today: string;
  readonly failed: boolean;
}

async function draw(terminal: Terminal, format: BreakingOptions['format'], shown: Shown): Promise<string> {
  const { comparison, diagnostics, sources, baseline, today, failed } = shown;
  switch (format) {
    case 'json': {
      const { printComparison } = await import('../../compiler/compatibility/print-comparison.ts');
      return printComparison(comparison, { against: baseline.label, today, failed, diagnostics, sources });
    }
    case 'markdown': {
      const { printChangelog } = await import('../../compiler/compatibility/print-changelog.ts');
      return printChangelog(comparison, baseline.label);
    }
    case 'github':
      return drawDiagnostics(diagnostics, shown, 'github', terminal);
    case 'text': {
      const drawn = await drawDiagnostics(diagnostics, shown, 'text', terminal);
      return `${drawn}${drawn === '' ? '' : '\n'}${await summarize(terminal, shown)}`;
    }
  }
}

async function summarize(terminal: Terminal, { comparison, baseline, failed }: Shown): Promise<string> {
  const { countByGrade, countsInWords } = await import('../../compiler/compatibility/count-changes.ts');
  const changed = comparison.capabilities.filter(({ status }) => status !== 'unchanged');
  const compared = comparison.capabilities.filter(({ status }) => status !== 'added');
  const mark = failed ? styled(terminal, 'red', '✗') : styled(terminal, 'green', '✓');
  const count = countOf(compared.length, 'capability');
  if (baseline.snapshot === undefined)
    return `${mark} ${baseline.label} has no Capstan project here yet: everything is new, and nothing can break\n`;
  if (changed.length === 0 && comparison.project.length === 0)
    return `${mark} nothing changed since ${baseline.label} (${count} compared)\n`;
  const rows = changed.map(({ key, old, new: next, changes, version }) => {
    const { breaking: broken, dangerous, safe } = countByGrade(changes);
    const versions = [old?.version ?? '(new)', next?.version ?? '(removed)'];
    const needs = version === undefined || version.state === 'enough' ? '' : version.required;
    return [key, [...new Set(versions)].join(' → '), ...[broken, dangerous, safe].map(String), needs];
  });
  const heading = ['CAPABILITY', 'VERSION', 'BREAKING', 'DANGEROUS', 'SAFE', 'NEEDS'];
  const table = rows.length === 0 ? '' : `${printTable(heading, rows)}\n`;
  const all = [...comparison.capabilities.flatMap(({ changes }) => changes), ...comparison.project];
  const words = countsInWords(countByGrade(all)).replace(/\.$/, '');
  return `${table}${mark} ${words} since ${baseline.label} (${count} compared)\n`;
}
