// `capstan test`: the render and contract tests of the capabilities. No model, no key, no network.

import { Command, Option } from 'commander';
import { assertionKinds } from '../../compiler/assertions.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { TestResult } from '../capability-tests.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { countOf } from '../count-of.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { loadProject, requireCapability, requireSnapshot } from '../project.ts';
import type { Project } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface TestOptions extends GlobalOptions {
  readonly filter?: string;
  readonly format: 'text' | 'json' | 'junit';
  readonly json?: boolean;
  readonly update?: boolean;
}

export function testCommand(host: CommandHost): Command {
  return new Command('test')
    .summary('run the tests that capabilities declare')
    .description(
      'Runs the render and contract tests of capabilities. They need no model; eval tests are only counted.',
    )
    .argument('[name]', 'only this capability: NAME or NAME@MAJOR')
    .option('-f, --filter <text>', 'only tests whose name contains the text')
    .option('-u, --update', 'rewrite the values that `equals` expects to what is there now')
    .addOption(
      new Option('--format <format>', 'how results are shown')
        .choices(['text', 'json', 'junit'])
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .addHelpText('after', helpText)
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      host.exitCode = await test(host.terminal, name, command.optsWithGlobals<TestOptions>());
    });
}

function helpText(): string {
  const kinds = Object.entries(assertionKinds).map(
    ([kind, { levels, holds }]) => `  ${kind.padEnd(14)}${levels.join(', ').padEnd(24)}${holds}`,
  );
  return `
Assertions, the levels that know them, and when they hold:
${kinds.join('\n')}

Exit codes: 0 all passed, 1 a test failed or a capability does not compile, 2 no project here.

Examples:
  capstan test
  capstan test summarize --filter audience
  capstan test --format junit > results.xml
`;
}

async function test(terminal: Terminal, name: string | undefined, options: TestOptions): Promise<ExitCode> {
  let project = await loadProject(terminal, options);
  let results = await runTests(project, name, options.filter);
  if (options.filter !== undefined && results.length === 0)
    throw new UsageError(`No test has "${options.filter}" in its name.`);
  if (options.update === true && (await update(terminal, project, results))) {
    project = await loadProject(terminal, options);
    results = await runTests(project, name, options.filter);
  }
  const errors = project.diagnostics.filter(({ severity }) => severity === 'error');
  await report(terminal, project, results, errors, options);
  const isGood = errors.length === 0 && results.every(({ outcome }) => outcome !== 'failed');
  return isGood ? exitCode.ok : exitCode.findings;
}

async function runTests(
  project: Project,
  name: string | undefined,
  filter: string | undefined,
): Promise<TestResult[]> {
  const snapshot = requireSnapshot(project);
  const only = name === undefined ? undefined : requireCapability(project, name).key;
  const { runCapabilityTests } = await import('../capability-tests.ts');
  return project.compilation.tests
    .filter(({ capability }) => only === undefined || capability === only)
    .flatMap(({ capability, tests }) => {
      const found = snapshot.capabilities[capability];
      const wanted = tests.filter((each) => each.test.name.includes(filter ?? ''));
      return found === undefined ? [] : runCapabilityTests(found, wanted);
    });
}

/** Whether anything was rewritten. */
async function update(
  terminal: Terminal,
  project: Project,
  results: readonly TestResult[],
): Promise<boolean> {
  const updates = results.flatMap((result) => result.updates);
  if (updates.length === 0) return false;
  const { updateExpectations } = await import('../update-expectations.ts');
  const { writeFiles } = await import('../../workspace/write-files.ts');
  const written = writeFiles(project.root, updateExpectations(project.sources, updates));
  for (const path of written) {
    const count = updates.filter((each) => each.path === path).length;
    terminal.printError(`updated ${countOf(count, 'expectation')} in ${path}\n`);
  }
  return written.length > 0;
}

async function report(
  terminal: Terminal,
  project: Project,
  results: readonly TestResult[],
  errors: readonly Diagnostic[],
  options: TestOptions,
): Promise<void> {
  const { countOutcomes, printTestResults } = await import('../print-test-results.ts');
  const { sources } = project;
  const format = options.json === true ? 'json' : options.format;
  if (format === 'junit') {
    const { printJunit } = await import('../print-junit.ts');
    terminal.print(printJunit({ project: requireSnapshot(project).project.name, results, errors, sources }));
  } else if (format === 'json') {
    const { createPlaces } = await import('../../diagnostics/places.ts');
    const placeOf = createPlaces(sources);
    const shown = results.map(({ updates: _updates, span, ...result }) => {
      const { line, column } = placeOf(span).start;
      return { ...result, place: { path: span.path, line, column } };
    });
    const whole = { counts: countOutcomes(results), compiles: errors.length === 0, results: shown };
    terminal.print(`${JSON.stringify(whole, null, 2)}\n`);
  } else {
    terminal.print(printTestResults(terminal, results));
  }
  if (errors.length === 0) return;
  terminal.printError(await drawDiagnostics(errors, project.compilation, 'text', terminal));
  terminal.printError('\nCapabilities with errors were not tested.\n');
}
