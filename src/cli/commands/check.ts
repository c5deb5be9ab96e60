// `capstan check`: everything that the compiler can say, all files in one run.

import { Command, Option } from 'commander';
import type { LintLevel } from '../../compiler/declaration.gen.ts';
import type { Diagnostic, Severity } from '../../diagnostics/diagnostic.ts';
import { countDiagnostics, reachesLevel } from '../../diagnostics/order-diagnostics.ts';
import { countOf } from '../count-of.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import type { DiagnosticFormat } from '../draw-diagnostics.ts';
import { isWithin, requirePlaces } from '../places.ts';
import { loadProject, openProject } from '../project.ts';
import type { Project } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface CheckOptions extends GlobalOptions {
  readonly format: DiagnosticFormat;
  readonly json?: boolean;
  readonly failOn: Severity;
  readonly fix?: boolean;
  readonly rule?: readonly string[];
  readonly watch?: boolean;
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
    .option('--fix', 'mend what can be mended without a doubt, and report the rest')
    .option(
      '--rule <code=level>',
      'take a rule as error, deny, warning, info or off for this run; may be repeated',
      (rule: string, rules: readonly string[] | undefined) => [...(rules ?? []), rule],
    )
    .addOption(new Option('--watch', 'go on, and report again after every save').conflicts('fix'))
    .addHelpText(
      'after',
      `
Exit codes: 0 nothing to mend, 1 findings, 2 no project here, or nothing of it where the paths lead.

--fix changes files on disk. Comments and layout stay, and a change after which more is wrong is taken back.

Examples:
  capstan check
  capstan check capabilities/summarize.cap.yaml
  capstan check --fix
  capstan check --rule template/maybe-absent=error --rule capability/poor-description=off
  capstan check --json --fail-on warning
`,
    )
    .action(async (paths: readonly string[], _options: unknown, command: Command) => {
      host.exitCode = await check(host.terminal, paths, command.optsWithGlobals<CheckOptions>());
    });
}

async function check(terminal: Terminal, paths: readonly string[], options: CheckOptions): Promise<ExitCode> {
  const { parseRuleLevels } = await import('../rule-levels.ts');
  const lint = parseRuleLevels(options.rule ?? []);
  if (options.watch === true) return watch(terminal, paths, options, lint);
  const found = await loadProject(terminal, options, { lint });
  const places = requirePlaces(terminal, found, paths);
  const project = options.fix === true ? await fix(terminal, found, places, lint) : found;
  const diagnostics = within(project, places);
  await show(terminal, project, diagnostics, options);
  return reachesLevel(diagnostics, options.failOn) ? exitCode.findings : exitCode.ok;
}

async function show(
  terminal: Terminal,
  project: Project,
  diagnostics: readonly Diagnostic[],
  options: CheckOptions,
): Promise<void> {
  const format = options.json === true ? 'json' : options.format;
  terminal.print(await drawDiagnostics(diagnostics, project.compilation, format, terminal));
  if (format === 'text') terminal.print(`${summary(terminal, project, diagnostics)}\n`);
}

type Levels = { readonly [code: string]: LintLevel };

/** Mends what can be mended on disk, and says what it did on standard error. */
async function fix(
  terminal: Terminal,
  project: Project,
  places: readonly string[],
  lint: Levels,
): Promise<Project> {
  const { fixSources } = await import('../fix-sources.ts');
  const { compileSources } = await import('../compile-sources.ts');
  const { createCompileCache } = await import('../../compiler/compile.ts');
  const { rewriteSources } = await import('../../workspace/rewrite-sources.ts');
  const cache = createCompileCache();
  const fixed = fixSources(project.sources, project.compilation, {
    compile: (sources) => compileSources(sources, { cache, lint }),
    isWanted: (diagnostic) => isWithin(project.root, places, diagnostic.span.path),
  });
  const rewrites = project.sources.flatMap((before, index) => {
    const text = fixed.sources[index]?.text ?? before.text;
    return text === before.text ? [] : [{ before, text }];
  });
  const { written, kept } = rewriteSources(project.root, rewrites);
  for (const each of fixed.applied) {
    if (written.includes(each.path)) {
      terminal.printError(`fixed ${each.path}:${each.line}:${each.column} ${each.code}: ${each.message}\n`);
    }
  }
  for (const path of kept) {
    terminal.printError(`left ${path} alone: it is not what was read, or holds bytes that are not UTF-8\n`);
  }
  if (written.length === 0) return project;
  return loadProject(terminal, { project: project.root }, { lint });
}

/** Reports after every save until somebody ends it; findings are for the eyes, so the end is a good one. */
async function watch(
  terminal: Terminal,
  paths: readonly string[],
  options: CheckOptions,
  lint: Levels,
): Promise<ExitCode> {
  const { createOpened } = await import('../opened.ts');
  const { runUntilStopped } = await import('../run-until-stopped.ts');
  const { watchSources } = await import('../../workspace/watch-sources.ts');
  const open = await openProject(terminal, options, { lint });
  const places = requirePlaces(terminal, open.read(), paths);
  const opened = createOpened();
  const stopped = runUntilStopped(terminal, opened.close);
  let shown = Promise.resolve();
  const look = (changed?: ReadonlySet<string>): void => {
    try {
      const project = open.read(changed);
      shown = shown.then(() => show(terminal, project, within(project, places), options));
    } catch (error) {
      // The project may be gone for a moment, as when another branch is checked out.
      terminal.printError(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  };
  const watcher = watchSources(
    open.root,
    (changed) => {
      terminal.printError(`\nsaved ${[...changed].join(', ')}\n`);
      look(changed);
    },
    { onError: (error) => terminal.printError(`warning: watching failed: ${error.message}\n`) },
  );
  opened.add(() => watcher.close());
  await watcher.ready;
  look();
  await shown;
  terminal.printError('watching; Ctrl-C ends it\n');
  await stopped;
  await shown;
  return exitCode.ok;
}

function within(project: Project, places: readonly string[]): readonly Diagnostic[] {
  return project.diagnostics.filter((diagnostic) => isWithin(project.root, places, diagnostic.span.path));
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
