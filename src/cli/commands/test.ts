// `capstan test`: the render and contract tests of the capabilities. No model, no key, no network.

import { Command } from 'commander';
import { hasErrors } from '../../diagnostics/order-diagnostics.ts';
import type { TestResult } from '../capability-tests.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { loadProject, requireCapability, requireSnapshot } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface TestOptions extends GlobalOptions {
  readonly filter?: string;
  readonly json?: boolean;
}

export function testCommand(host: CommandHost): Command {
  return new Command('test')
    .summary('run the tests that capabilities declare')
    .description(
      'Runs the render and contract tests of capabilities. They need no model; eval tests are only counted.',
    )
    .argument('[name]', 'only this capability: NAME or NAME@MAJOR')
    .option('-f, --filter <text>', 'only tests whose name contains the text')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  capstan test\n  capstan test summarize --filter audience\n')
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      host.exitCode = await test(host.terminal, name, command.optsWithGlobals<TestOptions>());
    });
}

async function test(terminal: Terminal, name: string | undefined, options: TestOptions): Promise<ExitCode> {
  const project = await loadProject(terminal, options);
  const snapshot = requireSnapshot(project);
  const only = name === undefined ? undefined : requireCapability(project, name).key;
  const { runCapabilityTests } = await import('../capability-tests.ts');
  const results = project.compilation.tests
    .filter(({ capability }) => only === undefined || capability === only)
    .flatMap(({ capability, tests }) => {
      const found = snapshot.capabilities[capability];
      const wanted = tests.filter((each) => each.name.includes(options.filter ?? ''));
      return found === undefined ? [] : runCapabilityTests(found, wanted);
    });

  if (options.filter !== undefined && results.length === 0)
    throw new UsageError(`No test has "${options.filter}" in its name.`);
  const broken = hasErrors(project.diagnostics);
  if (options.json === true) terminal.print(`${JSON.stringify({ results, compiles: !broken }, null, 2)}\n`);
  else terminal.print(drawResults(terminal, results));
  if (broken) {
    const errors = project.diagnostics.filter(({ severity }) => severity === 'error');
    terminal.printError(await drawDiagnostics(errors, project.sources, 'text', terminal));
    terminal.printError('\nCapabilities with errors were not tested.\n');
  }
  return broken || results.some(({ outcome }) => outcome === 'failed') ? exitCode.findings : exitCode.ok;
}

function drawResults(terminal: Terminal, results: readonly TestResult[]): string {
  const groups = [...Map.groupBy(results, ({ capability }) => capability)].map(
    ([capability, group]) =>
      `${styled(terminal, 'bold', capability)}\n${group.map((result) => drawResult(terminal, result)).join('')}\n`,
  );
  return `${groups.join('')}${countResults(results)}\n`;
}

function drawResult(terminal: Terminal, { outcome, test: name, failures }: TestResult): string {
  if (outcome === 'passed') return `  ${styled(terminal, 'green', '✓')} ${name}\n`;
  if (outcome === 'not run') return `  ${styled(terminal, 'dim', `- ${name} (eval)`)}\n`;
  const details = failures.map((failure) => `${drawFailure(terminal, failure)}\n`).join('');
  return `  ${styled(terminal, 'red', '✗')} ${name}\n${details.replaceAll(/^(?=.)/gm, '      ')}`;
}

/** Lines of a diff are red and green, as everywhere. */
function drawFailure(terminal: Terminal, failure: string): string {
  return failure
    .split('\n')
    .map((line) => {
      if (line.startsWith('- ')) return styled(terminal, 'red', line);
      return line.startsWith('+ ') ? styled(terminal, 'green', line) : line;
    })
    .join('\n');
}

function countResults(results: readonly TestResult[]): string {
  const count = (outcome: TestResult['outcome']): number =>
    results.filter((each) => each.outcome === outcome).length;
  const parts = [`${count('passed')} passed`];
  if (count('failed') > 0) parts.push(`${count('failed')} failed`);
  if (count('not run') > 0) parts.push(`${count('not run')} need a live model`);
  return parts.join(', ');
}
