// `capstan test`: the render and contract tests of the capabilities. No model, no key, no network.

import { Command, Option } from 'commander';
import { assertionKinds } from '../../compiler/assertions.ts';
import type { CapabilityTests, Compilation } from '../../compiler/compile.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { reachesLevel } from '../../diagnostics/order-diagnostics.ts';
import type { TestResult } from '../capability-tests.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { countOf } from '../count-of.ts';
import { drawDiagnostics } from '../draw-diagnostics.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { loadProject, requireCapability, requireSnapshot } from '../project.ts';
import type { Project } from '../project.ts';
import type { TemplateCoverage } from '../template-coverage.ts';
import type { Terminal } from '../terminal.ts';

interface TestOptions extends GlobalOptions {
  readonly coverage?: boolean;
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
    .option('-c, --coverage', 'report the branches of templates that no render test takes')
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

A branch is the body of a block of a template, or its else, also one that is not written. Those of messages that no render
test takes are warnings (test/untested-branch); \`lint\` in capstan.yaml can make them fail.

Exit codes: 0 all passed, 1 a test failed or a capability does not compile, 2 no project here.

Examples:
  capstan test
  capstan test --coverage
  capstan test summarize --filter audience
  capstan test --format junit > results.xml
`;
}

async function test(terminal: Terminal, name: string | undefined, options: TestOptions): Promise<ExitCode> {
  if (options.coverage === true && options.filter !== undefined)
    throw new UsageError('--coverage is of all tests of a capability; leave out --filter.');
  let project = await loadProject(terminal, options);
  const key = name === undefined ? undefined : requireCapability(project, name).key;
  let results = await runTests(project, key, options.filter);
  if (options.filter !== undefined && results.length === 0)
    throw new UsageError(`No test has "${options.filter}" in its name.`);
  if (options.update === true && (await update(terminal, project, results))) {
    project = await loadProject(terminal, options);
    results = await runTests(project, key, options.filter);
  }
  const errors = project.diagnostics.filter(({ severity }) => severity === 'error');
  const coverage = options.coverage === true ? await measureTemplates(project, key) : undefined;
  await report(terminal, project, { results, errors, ...(coverage && { coverage }) }, options);
  const isGood =
    errors.length === 0 &&
    results.every(({ outcome }) => outcome !== 'failed') &&
    !reachesLevel(coverage?.findings ?? [], 'deny');
  return isGood ? exitCode.ok : exitCode.findings;
}

/** What branches of the templates the tests take, and what is to be said of it. */
interface Coverage {
  readonly templates: readonly TemplateCoverage[];
  readonly findings: readonly Diagnostic[];
}

async function measureTemplates(project: Project, key: string | undefined): Promise<Coverage> {
  const { measureCoverage, diagnoseCoverage } = await import('../template-coverage.ts');
  const templates = measureCoverage(requireSnapshot(project), testsOf(project, key));
  return { templates, findings: diagnoseCoverage(templates, project.sources) };
}

/** The tests of all capabilities, or of one. */
function testsOf({ compilation }: Project, key: string | undefined): readonly CapabilityTests[] {
  return compilation.tests.filter(({ capability }) => key === undefined || capability === key);
}

async function runTests(
  project: Project,
  key: string | undefined,
  filter: string | undefined,
): Promise<TestResult[]> {
  const snapshot = requireSnapshot(project);
  const { runCapabilityTests } = await import('../capability-tests.ts');
  return testsOf(project, key).flatMap(({ capability, tests }) => {
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

interface Report {
  readonly results: readonly TestResult[];
  readonly errors: readonly Diagnostic[];
  readonly coverage?: Coverage;
}

async function report(
  terminal: Terminal,
  project: Project,
  { results, errors, coverage }: Report,
  options: TestOptions,
): Promise<void> {
  const { sources } = project;
  const format = options.json === true ? 'json' : options.format;
  if (format === 'junit') {
    const { printJunit } = await import('../print-junit.ts');
    const name = requireSnapshot(project).project.name;
    terminal.print(printJunit({ project: name, results, errors, sources, coverage: coverage?.templates }));
  } else if (format === 'json') {
    const { printTestsAsJson } = await import('../print-tests-as-json.ts');
    terminal.print(printTestsAsJson({ results, errors, sources, coverage: coverage?.templates }));
  } else {
    const { printTestResults } = await import('../print-test-results.ts');
    terminal.print(printTestResults(terminal, results));
    if (coverage !== undefined) await drawCoverage(terminal, coverage, project.compilation);
  }
  if (errors.length === 0) return;
  terminal.printError(await drawDiagnostics(errors, project.compilation, 'text', terminal));
  terminal.printError('\nCapabilities with errors were not tested.\n');
}

async function drawCoverage(
  terminal: Terminal,
  { templates, findings }: Coverage,
  compilation: Pick<Compilation, 'shown'>,
): Promise<void> {
  const { printCoverage } = await import('../print-coverage.ts');
  terminal.print(`\n${printCoverage(templates, compilation.shown)}`);
  if (findings.length > 0)
    terminal.print(`\n${await drawDiagnostics(findings, compilation, 'text', terminal)}`);
}
