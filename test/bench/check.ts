// What `capstan check` costs as a project grows: the repository's own samples with their tests, again and again under other
// names. Prints CPU time per size and the exponent of growth, in three states:
//   cold     a new process that compiles once, its start and the loading of the compiler included: what CI pays
//   whole    a warm process, every file compiled anew without a cache: what a process pays that compiled before; the same
//            again as the time that passes, which is less where a second core collects the garbage
//   changed  a warm process, one file of all changed, with the cache that `dev` and the language server keep
// Run: npm run bench:check
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { createCompileCache } from '../../src/compiler/compile.ts';
import type { Source } from '../../src/diagnostics/diagnostic.ts';
import { createSourceReader } from '../../src/workspace/read-sources.ts';

const SIZES = [100, 200, 500, 1000, 2000];
const ROUNDS = 5;
/** Until then a process reads too slow: its code is not all compiled yet. */
const WARM_UP_MS = 4_000;

const { sources } = createSourceReader(resolve(import.meta.dirname, '../..')).read();
const samples = sources.filter(({ path }) => path.endsWith('.cap.yaml'));
const shared = sources.filter((source) => !samples.includes(source));

if (process.argv[2] === 'cold') {
  compileSources(projectOf(Number(process.argv[3])));
  process.stdout.write(String(cpuMs(process.cpuUsage())));
  process.exit();
}

process.stdout.write(
  `check, ${samples.length} samples with tests repeated; Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}\n` +
    `CPU ms, median of ${ROUNDS} rounds after ${WARM_UP_MS / 1000} s to warm up\n\n` +
    'capabilities      cold     whole  (passed)  changed\n',
);

const warm = projectOf(100);
while (cpuMs(process.cpuUsage()) < WARM_UP_MS) compileSources(warm);
const wholes = SIZES.map((size) => {
  const project = projectOf(size);
  const { cpu: whole, passed } = median(ROUNDS, () => compileSources(project));
  const cache = createCompileCache();
  compileSources(project, { cache });
  let edit = 0;
  const { cpu: changed } = median(ROUNDS, () => compileSources(edited(project, (edit += 1)), { cache }));
  process.stdout.write(
    `${String(size).padStart(12)}${ms(coldOf(size))}${ms(whole)}${ms(passed)}${ms(changed)}\n`,
  );
  return whole;
});

const [first = NaN] = wholes;
const last = wholes.at(-1) ?? NaN;
const growth = Math.log(last / first) / Math.log((SIZES.at(-1) ?? NaN) / (SIZES[0] ?? NaN));
process.stdout.write(`\nexponent from ${SIZES[0]} to ${SIZES.at(-1)}: ${growth.toFixed(2)} (1 is linear)\n`);

function projectOf(size: number): readonly Source[] {
  const capabilities = Array.from({ length: size }, (_, index): Source => {
    const sample = samples[index % samples.length];
    if (sample === undefined) throw new Error('there are no samples');
    const name = `sample-${index}`;
    const text = sample.text.replace(/^(\s+name:\s*)\S+/m, `$1${name}`);
    return { path: `capabilities/${name}.cap.yaml`, text };
  });
  return [...shared, ...capabilities];
}

/** One capability with another description; every other source is the same object. */
function edited(project: readonly Source[], edit: number): readonly Source[] {
  const at = shared.length + ((edit * 37) % (project.length - shared.length));
  return project.map((source, index) =>
    index === at ? { ...source, text: source.text.replace(/^(\s+title:).*/m, `$1 Edit ${edit}`) } : source,
  );
}

/** Milliseconds of processor time, and those that passed meanwhile. */
function median(rounds: number, work: () => unknown): { readonly cpu: number; readonly passed: number } {
  work();
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    const begun = performance.now();
    work();
    return { cpu: cpuMs(process.cpuUsage(before)), passed: performance.now() - begun };
  });
  return { cpu: middleOf(times.map(({ cpu }) => cpu)), passed: middleOf(times.map(({ passed }) => passed)) };
}

function middleOf(times: readonly number[]): number {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? NaN;
}

/** The cheapest of three processes, each of which measures itself from its start. */
function coldOf(size: number): number {
  const times = [1, 2, 3].map(() =>
    Number(spawnSync(process.execPath, [import.meta.filename, 'cold', String(size)]).stdout.toString()),
  );
  return Math.min(...times);
}

function cpuMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

function ms(value: number): string {
  return value.toFixed(1).padStart(10);
}
