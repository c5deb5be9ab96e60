// `capstan eval`: how good is each model at each capability? Runs the eval tests on live models and writes what it measured to
// capabilities/quality.json, by which the planner then chooses.

import { Command } from 'commander';
import { isSimulated, SIMULATOR } from '../../registry/is-simulated.ts';
import { createRegistry } from '../../registry/registry.ts';
import type { Model, Snapshot } from '../../registry/snapshot.ts';
import type { CommandHost, GlobalOptions } from '../command-host.ts';
import { countOf } from '../count-of.ts';
import type { EvalResult, Journal } from '../eval/journal.ts';
import type { EvalCase, EvalPlan } from '../eval/plan-eval.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { loadProject, requireCapability, requireSnapshot } from '../project.ts';
import type { Project } from '../project.ts';
import { styled } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface EvalOptions extends GlobalOptions {
  readonly models?: string;
  readonly judge?: string;
  readonly tier?: string;
  readonly runs?: number;
  readonly concurrency: number;
  readonly maxCost?: number;
  readonly again?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function evalCommand(host: CommandHost): Command {
  return new Command('eval')
    .summary('measure how good models are at capabilities, with live calls')
    .description(
      'Runs the eval tests on live models and writes pass rates with their intervals to capabilities/quality.json. It says what it will cost, and asks before it spends.',
    )
    .argument('[name]', 'only this capability: NAME or NAME@MAJOR')
    .option(
      '--models <ids>',
      'the models, by id or alias, with commas; * stands for anything (default: all that can be called, without the simulator)',
    )
    .option(
      '--judge <ids>',
      'who judges rubrics, in this order (default: the best that can be called); nobody judges itself',
    )
    .option('-t, --tier <tier>', 'on this tier (default: as the tests say)')
    .option('--runs <n>', 'how often each test is asked (default: as the tests say, else 5)', count)
    .option('--concurrency <n>', 'calls at once', count, 4)
    .option('--max-cost <usd>', 'stop before the calls could cost more', amount)
    .option('--again', 'measure anew what was measured before')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the results as JSON')
    .addHelpText(
      'after',
      `
A run passes when the output fits its contract, repairs included, and every assertion holds. What is done is kept in
.capstan/eval.jsonl: after an interruption the same command goes on, and what was measured at this revision is not paid twice.

The simulator makes its answers from the contract, so they measure nothing: its models run when --models names them, or when
there are no others, and nothing of that is recorded.

Exit codes: 0 every assertion has its minPassRate (1 where none is given) on every model, 1 one does not, or calls were left
out, 2 usage.

Examples:
  capstan eval summarize
  capstan eval --models 'openai/*,best' --runs 20 --max-cost 5
  capstan eval summarize --judge best --yes --json
`,
    )
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      host.exitCode = await evaluate(host.terminal, name, command.optsWithGlobals<EvalOptions>());
    });
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 1_000) return value;
  throw new UsageError(`"${text}" is not a count from 1 to 1000.`);
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0) return value;
  throw new UsageError(`"${text}" is not an amount of US dollars.`);
}

async function evaluate(
  terminal: Terminal,
  name: string | undefined,
  options: EvalOptions,
): Promise<ExitCode> {
  const project = await loadProject(terminal, options);
  const snapshot = requireSnapshot(project);
  const { startRuntime } = await import('../start-runtime.ts');
  const { prepareSnapshot } = await import('../../runtime/prepare.ts');
  const { openJournal } = await import('../eval/journal.ts');
  const registry = createRegistry(snapshot, prepareSnapshot);
  const { runtime, transport, close } = startRuntime(registry, terminal.environment, { record: () => {} });
  try {
    const available = (id: string): boolean => {
      const provider = snapshot.providers[id];
      return provider !== undefined && transport.available(provider);
    };
    const plan = await makePlan(project, snapshot, name, options, available);
    const counts = ({ model, judge = model }: EvalResult): boolean =>
      ![model, judge].some((id) => isSimulated(snapshot.providers, id));
    const journal = openJournal(project.root, counts);
    const open = plan.cases.filter(({ key }) => options.again === true || !journal.results.has(key));
    for (const { capability, model, because } of plan.left)
      terminal.printError(`note: ${model} cannot serve ${capability}: ${because}\n`);
    if (plan.cases.length === 0) throw nothingToEvaluate(project, name);
    sayOfSimulator(terminal, snapshot, plan, options);
    if (!(await agrees(terminal, plan, open, options))) return exitCode.usage;
    const leftOut = await runAll(terminal, open, journal, options, { runtime, snapshot });
    return await report(terminal, project, plan, { journal, counts, leftOut }, options.json === true);
  } finally {
    await close();
  }
}

async function makePlan(
  project: Project,
  snapshot: Snapshot,
  name: string | undefined,
  { models, judge, runs, tier }: EvalOptions,
  available: (provider: string) => boolean,
): Promise<EvalPlan> {
  const { planEval } = await import('../eval/plan-eval.ts');
  const tests = testsOf(project, name);
  const callable = measurable(
    snapshot,
    Object.values(snapshot.models).filter(({ provider }) => available(provider)),
  );
  try {
    return planEval(snapshot, tests, {
      models: models === undefined ? callable : named(snapshot, models),
      judges:
        judge === undefined
          ? callable.toSorted((left, right) => right.quality - left.quality)
          : named(snapshot, judge),
      runs,
      tier,
      available,
    });
  } catch (error) {
    throw error instanceof Error ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** Without the simulator's, unless there are no others: then the command can be tried at least. */
function measurable({ providers }: Snapshot, models: readonly Model[]): readonly Model[] {
  const real = models.filter(({ id }) => !isSimulated(providers, id));
  return real.length > 0 ? real : models;
}

/** Nobody should take what the simulator makes for a measurement. */
function sayOfSimulator(
  terminal: Terminal,
  { providers }: Snapshot,
  { cases }: EvalPlan,
  { models }: EvalOptions,
): void {
  const simulated = (ids: readonly string[]): string =>
    [...new Set(ids.filter((id) => isSimulated(providers, id)))].join(', ');
  const asked = simulated(cases.flatMap(({ model, judge = model }) => [model.id, judge.id]));
  const note = styled(terminal, 'yellow', 'note');
  if (asked !== '')
    terminal.printError(
      `${note}: ${asked} makes its answers from the contract, so they measure nothing: nothing of this is recorded
`,
    );
  else if (models === undefined && Object.values(providers).some(({ adapter }) => adapter === SIMULATOR))
    terminal.printError(`${note}: the simulator's models are left out: their answers measure nothing
`);
}

function nothingToEvaluate(project: Project, name: string | undefined): UsageError {
  const hasTests = testsOf(project, name).some(({ tests }) =>
    tests.some(({ test }) => test.level === 'eval'),
  );
  const why = hasTests
    ? 'no model can be called for the eval tests that there are; `capstan route NAME` says why not'
    : 'there is no eval test; write one under `tests` with `level: eval`';
  return new UsageError(`There is nothing to evaluate: ${why}.`);
}

function testsOf(project: Project, name: string | undefined): Project['compilation']['tests'] {
  const only = name === undefined ? undefined : requireCapability(project, name).key;
  return project.compilation.tests.filter(({ capability }) => only === undefined || capability === only);
}

/** Ids, aliases and patterns with `*`; what names nothing is refused. */
function named({ models, aliases }: Snapshot, list: string): Model[] {
  const found = list.split(',').flatMap((each) => {
    const word = each.trim();
    const id = Object.hasOwn(aliases, word) ? (aliases[word] ?? word) : word;
    const pattern = new RegExp(`^${id.split('*').map(literally).join('.*')}$`);
    const matching = Object.values(models).filter((model) => pattern.test(model.id));
    if (matching.length === 0)
      throw new UsageError(`The project has no model "${word}"; \`capstan models\` lists them.`);
    return matching;
  });
  return [...new Set(found)];
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

async function agrees(
  terminal: Terminal,
  { cases }: EvalPlan,
  open: readonly EvalCase[],
  options: EvalOptions,
): Promise<boolean> {
  const models = new Set(cases.map(({ model }) => model.id)).size;
  const done = cases.length - open.length;
  const unpriced = open.some(({ cost }) => cost === undefined);
  const expected = open.reduce((sum, { cost }) => sum + (cost?.expected ?? 0), 0);
  const worst = open.reduce((sum, { cost }) => sum + (cost?.worst ?? 0), 0);
  const price = unpriced ? ', and calls whose price is not known' : '';
  terminal.printError(
    `${countOf(cases.length, 'call')} on ${countOf(models, 'model')}${done === 0 ? '' : `, ${done} of them done before`}: about ${usd(expected)}, at most ${usd(worst)}${price}\n`,
  );
  if (open.length === 0 || options.yes === true || (worst === 0 && !unpriced)) return true;
  if (terminal.confirm === undefined)
    throw new UsageError(
      'It would cost money, and there is nobody to ask: add --yes, and perhaps --max-cost.',
    );
  return terminal.confirm('Go on?');
}

function usd(sum: number): string {
  return `$${sum.toFixed(sum < 1 ? 4 : 2)}`;
}

async function runAll(
  terminal: Terminal,
  cases: readonly EvalCase[],
  journal: Journal,
  { concurrency, maxCost = Infinity }: EvalOptions,
  served: {
    readonly runtime: Parameters<typeof import('../eval/run-eval.ts').runEval>[1]['runtime'];
    readonly snapshot: Snapshot;
  },
): Promise<number> {
  if (cases.length === 0) return 0;
  const { runEval } = await import('../eval/run-eval.ts');
  const { createProgress } = await import('../progress.ts');
  const progress = createProgress(terminal, cases.length);
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  process.once('SIGINT', onSignal);
  terminal.stop?.addEventListener('abort', onSignal, { once: true });
  let spent = 0;
  try {
    return await runEval(cases, {
      ...served,
      concurrency,
      maxCostUsd: maxCost,
      signal: interrupt.signal,
      today: new Date().toISOString().slice(0, 10),
      onResult(result) {
        journal.add(result);
        spent += result.costUsd ?? 0;
        progress.step(usd(spent));
      },
    });
  } finally {
    progress.end();
    process.removeListener('SIGINT', onSignal);
  }
}

async function report(
  terminal: Terminal,
  project: Project,
  { cases }: EvalPlan,
  done: {
    readonly journal: Journal;
    readonly counts: (result: EvalResult) => boolean;
    readonly leftOut: number;
  },
  json: boolean,
): Promise<ExitCode> {
  const { qualityPath, writeQuality } = await import('../eval/quality-file.ts');
  const { drawEval, summarize } = await import('../eval/draw-eval.ts');
  const { journal, counts, leftOut } = done;
  const results = cases.flatMap(({ key }): EvalResult[] => {
    const result = journal.results.get(key);
    return result === undefined ? [] : [result];
  });
  const isChanged = writeQuality(project.root, results.filter(counts));
  const summary = summarize(cases, results);
  if (json) terminal.print(`${JSON.stringify({ ...summary, leftOut, results }, null, 2)}\n`);
  else terminal.print(drawEval(terminal, summary));
  if (leftOut > 0)
    terminal.printError(`${countOf(leftOut, 'call')} left out: the same command goes on from here\n`);
  if (isChanged) terminal.printError(`${styled(terminal, 'dim', `wrote ${qualityPath}`)}\n`);
  return leftOut === 0 && summary.shortfalls.length === 0 ? exitCode.ok : exitCode.findings;
}
