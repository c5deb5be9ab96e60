// `capstan generate`: writes typed clients and whatever else capstan.yaml asks for.

import { Command, Option } from 'commander';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { hasErrors } from '../../diagnostics/order-diagnostics.ts';
import type { Snapshot } from '../../registry/snapshot.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { countOf } from '../count-of.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import type { DiagnosticFormat } from '../draw-diagnostics.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Generation, Generator } from '../generate-files.ts';
import { loadProject, requireProjectRoot, requireSnapshot } from '../project.ts';
import type { Project } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface GenerateOptions extends GlobalOptions {
  readonly check?: boolean;
  readonly clean?: boolean;
  readonly watch?: boolean;
  readonly target?: string;
  readonly format: DiagnosticFormat;
  readonly json?: boolean;
}

export function generateCommand(host: CommandHost): Command {
  return new Command('generate')
    .summary('write typed clients and the OpenAPI document')
    .description(
      'Writes what the generate section of capstan.yaml asks for: typed clients (typescript, python), the OpenAPI document (openapi).',
    )
    .addOption(
      new Option('--check', 'write nothing; fail when a file is not what would be generated').conflicts([
        'clean',
        'watch',
      ]),
    )
    .addOption(new Option('--clean', 'delete what was generated, and nothing else').conflicts('watch'))
    .option('--watch', 'generate after every good save')
    .option('--target <name>', 'only this target, such as typescript')
    .addOption(
      new Option('--format <format>', 'how findings of --check are shown')
        .choices(['text', 'compact', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Beside the files lies .capstan-manifest.json, which says what was generated: commit it with them.

Examples:
  capstan generate
  capstan generate --check     in CI, when generated files are committed
  capstan generate --clean
`,
    )
    .action(async (_options: unknown, command: Command) => {
      host.exitCode = await runGenerate(host.terminal, command.optsWithGlobals<GenerateOptions>());
    });
}

async function runGenerate(terminal: Terminal, options: GenerateOptions): Promise<ExitCode> {
  const { createGenerator, requireKnownTarget } = await import('../generate-files.ts');
  const { target } = options;
  const { name, out } = requireKnownTarget(target ?? 'typescript', `There is no target "${target}".`);
  if (options.clean === true) {
    const generator = createGenerator(requireProjectRoot(terminal, options), { target });
    return await say(
      terminal,
      options,
      () => Promise.resolve(generator.clean()),
      'Nothing was there to delete.',
    );
  }
  if (options.watch === true) {
    const { watchGeneration } = await import('../watch-generation.ts');
    await watchGeneration(terminal, requireProjectRoot(terminal, options), { target });
    return exitCode.ok;
  }
  const project = await loadProject(terminal, options);
  if (hasErrors(project.diagnostics)) return refuse(terminal, project);
  const snapshot = requireSnapshot(project);
  requireEntries(snapshot, target, { name, out });
  const generator = createGenerator(project.root, { target });
  try {
    if (options.check === true) return await check(terminal, project, generator, options);
    return await say(terminal, options, () => generator.write(snapshot), 'Everything was up to date.');
  } catch (error) {
    const { diagnoseRefusal } = await import('../generation-findings.ts');
    const refusal = diagnoseRefusal(error, project.sources);
    if (refusal.length === 0) throw error;
    terminal.printError(await drawDiagnostics(refusal, project.compilation, 'text', terminal));
    return exitCode.findings;
  }
}

function requireEntries(
  { generate }: Snapshot,
  asked: string | undefined,
  { name, out }: { readonly name: string; readonly out: string },
): void {
  if (generate.some(({ target }) => target === (asked ?? target))) return;
  const isEmpty = generate.length === 0;
  throw new UsageError(
    `capstan.yaml has no ${isEmpty ? 'generate section' : `entry for ${name} under generate`}. Add:\n\n` +
      `${isEmpty ? '  generate:\n' : ''}    - { target: ${name}, out: ${out} }\n`,
  );
}

async function check(
  terminal: Terminal,
  project: Project,
  generator: Generator,
  options: GenerateOptions,
): Promise<ExitCode> {
  const { diagnoseFiles } = await import('../generation-findings.ts');
  const diagnostics = diagnoseFiles(await generator.check(requireSnapshot(project)), project.sources);
  const format = options.json === true ? 'json' : options.format;
  terminal.print(await drawDiagnostics(diagnostics, project.compilation, format, terminal));
  if (format === 'text') terminal.print(`${summary(terminal, diagnostics)}\n`);
  return diagnostics.length === 0 ? exitCode.ok : exitCode.findings;
}

function summary(terminal: Terminal, { length }: readonly Diagnostic[]): string {
  if (length === 0) return `${styled(terminal, 'green', '✓')} generated files are up to date`;
  return `\n${countOf(length, 'generated file')} ${length === 1 ? 'is' : 'are'} not as generated`;
}

async function say(
  terminal: Terminal,
  { json }: GenerateOptions,
  work: () => Promise<Generation>,
  nothing: string,
): Promise<ExitCode> {
  const generation = await work();
  const { didNothing, sayGeneration } = await import('../say-generation.ts');
  if (json === true) terminal.print(`${JSON.stringify(generation, null, 2)}\n`);
  else {
    sayGeneration(terminal, generation);
    if (didNothing(generation)) terminal.print(`${nothing}\n`);
  }
  return exitCode.ok;
}

async function refuse(terminal: Terminal, project: Project): Promise<ExitCode> {
  terminal.printError(await drawDiagnostics(project.diagnostics, project.compilation, 'text', terminal));
  terminal.printError('\nNothing was generated: mend the errors first.\n');
  return exitCode.findings;
}
