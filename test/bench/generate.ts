// How long `capstan generate` takes for 1, 100 and 500 capabilities, as a user runs it (a new process: read, compile,
// generate, write) and the generator alone, and how both grow. Processor time is shown beside the time that passed: on a
// machine that does other work as well only the former says something. Run: npm run bench:generate
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generate } from '../../codegen/index.ts';
import { compileSources } from '../../src/cli/compile-sources.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { readSources } from '../../src/workspace/read-sources.ts';
import { writeSampleProject } from './sample-project.ts';

const SIZES = [1, 100, 500];
const COMMAND_RUNS = 5;
const GENERATOR_RUNS = 9;

const repository = resolve(import.meta.dirname, '../..');

interface Row {
  readonly size: number;
  readonly command: Cost;
  readonly generator: Cost;
  readonly lines: number;
  /** Processor time of the generator for the other targets, milliseconds. */
  readonly others: { readonly python: number; readonly openapi: number };
}

interface Cost {
  readonly passedMs: number;
  readonly processorMs: number;
}

/** Lets a process say at its end, on standard error, how much processor time it took. */
const tellCost =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();' +
  'process._rawDebug("processor "+(user+system)/1000)})';

const rows: Row[] = [];
for (const size of SIZES) rows.push(await measure(size));
report(rows);

async function measure(size: number): Promise<Row> {
  const root = mkdtempSync(join(tmpdir(), 'capstan-bench-'));
  try {
    writeSampleProject(root, size);
    const command = best(Array.from({ length: COMMAND_RUNS }, () => runCommand(root)));
    const { snapshot } = compileSources(await readSources(root));
    if (snapshot === undefined) throw new Error('the bench project does not compile');
    const costs: Cost[] = [];
    let lines = 0;
    for (let run = 0; run < GENERATOR_RUNS; run += 1) {
      const [startedAt, before] = [performance.now(), process.cpuUsage()];
      lines = await countLines(snapshot);
      const { user, system } = process.cpuUsage(before);
      costs.push({ passedMs: performance.now() - startedAt, processorMs: (user + system) / 1_000 });
    }
    const others = {
      python: await processorMs(() => generate(snapshot, { target: 'python', clientSource: '' })),
      openapi: await processorMs(() => generate(snapshot, { target: 'openapi' })),
    };
    return { size, command, generator: best(costs), lines, others };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The least of several runs. */
async function processorMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < GENERATOR_RUNS; run += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1_000);
  }
  return Math.min(...times);
}

function runCommand(root: string): Cost {
  rmSync(join(root, 'generated'), { recursive: true, force: true });
  const main = join(repository, 'src/cli/main.ts');
  const words = ['--import', tellCost, main, 'generate', '--project', root];
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  const passedMs = performance.now() - startedAt;
  const processorMs = Number(/^processor (?<ms>[\d.]+)$/m.exec(stderr)?.groups?.['ms']);
  if (status !== 0 || Number.isNaN(processorMs))
    throw new Error(`capstan generate ended with ${status}: ${stderr}`);
  return { passedMs, processorMs };
}

async function countLines(snapshot: Snapshot): Promise<number> {
  const [file] = await generate(snapshot, { target: 'typescript' });
  return file?.text.split('\n').length ?? 0;
}

/** The least of each: what else a machine does only ever adds. */
function best(costs: readonly Cost[]): Cost {
  return {
    passedMs: Math.min(...costs.map(({ passedMs }) => passedMs)),
    processorMs: Math.min(...costs.map(({ processorMs }) => processorMs)),
  };
}

/** 1 is linear: five times the capabilities, five times the time. */
function exponent(small: number, large: number, factor: number): string {
  return (Math.log(large / small) / Math.log(factor)).toFixed(2);
}

function report(measured: readonly Row[]): void {
  const print = ({ passedMs, processorMs }: Cost): string =>
    `${passedMs.toFixed(0).padStart(6)} ms (processor ${processorMs.toFixed(0).padStart(5)} ms)`;
  const lines = measured.map(
    ({ size, command, generator, lines: count }) =>
      `${String(size).padStart(5)} capabilities   command ${print(command)}   generator ${print(generator)}   ${count} lines\n`,
  );
  process.stdout.write(
    `capstan generate: the best of ${COMMAND_RUNS} commands, of ${GENERATOR_RUNS} generations in one process\n` +
      `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}\n${lines.join('')}`,
  );
  for (const name of ['python', 'openapi'] as const) {
    const times = measured.map(({ others }) => `${others[name].toFixed(0).padStart(5)} ms`);
    process.stdout.write(`${name.padStart(7)}, the generator alone, processor time: ${times.join(' ')}\n`);
  }
  const [, middle, last] = measured;
  if (middle === undefined || last === undefined) return;
  const grows = (costOf: (row: Row) => Cost): string =>
    exponent(costOf(middle).processorMs, costOf(last).processorMs, last.size / middle.size);
  process.stdout.write(
    `exponent of processor time from ${middle.size} to ${last.size}: ` +
      `command ${grows((row) => row.command)}, generator ${grows((row) => row.generator)}\n`,
  );
}
