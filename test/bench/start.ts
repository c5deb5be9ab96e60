// How long `capstan serve` takes until it answers, and what memory it has then: from YAML, and from the file that `capstan
// build` writes. Every start is a new process; the two ways take turns, so that a busy machine is busy for both.
// Run: npm run bench:start
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeSampleProject } from './sample-project.ts';

const SIZES = [1, 100, 500];
const RUNS = 5;

const repository = resolve(import.meta.dirname, '../..');
const main = join(repository, 'src/cli/main.ts');

interface Start {
  /** Until the line that says where it serves. */
  readonly passedMs: number;
  readonly processorMs: number;
  readonly residentMb: number;
}

/** Has a process tell its parent what it took when it says that it serves. */
const tellCost =
  'data:text/javascript,const say=process.stderr.write.bind(process.stderr);process.stderr.write=(text,...rest)=>' +
  '{if(String(text).startsWith("Capstan serves")){const{user,system}=process.cpuUsage();' +
  'process.send({processorMs:(user+system)/1000,residentMb:process.memoryUsage.rss()/1048576})}return say(text,...rest)}';

process.stdout.write(
  `capstan serve until it answers: the best of ${RUNS} starts of each way, in turns\n` +
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}\n`,
);
for (const size of SIZES) await measure(size);

async function measure(size: number): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'capstan-bench-'));
  try {
    writeSampleProject(root, size);
    const file = join(root, 'capstan.snapshot.json');
    const words = [main, 'build', '--project', root, '--out', file];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`capstan build ended with ${status}: ${stderr}`);
    const yaml: Start[] = [];
    const snapshot: Start[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      yaml.push(await start(['--project', root]));
      snapshot.push(await start(['--snapshot', file]));
    }
    report(size, best(yaml), best(snapshot), readFileSync(file).length);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function start(from: readonly string[]): Promise<Start> {
  const words = [
    '--import',
    tellCost,
    main,
    'serve',
    ...from,
    '--insecure-no-auth',
    '--port',
    '0',
    '--usage',
    'memory',
  ];
  const startedAt = performance.now();
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const cost = await new Promise<Start>((found, failed) => {
    child.once('message', (told: Omit<Start, 'passedMs'>) =>
      found({ passedMs: performance.now() - startedAt, ...told }),
    );
    child.once('exit', (code) => failed(new Error(`capstan serve ended with ${code}`)));
  });
  const ended = new Promise((end) => child.once('exit', end));
  child.kill('SIGTERM');
  await ended;
  return cost;
}

/** The least of each: what else a machine does only ever adds. */
function best(starts: readonly Start[]): Start {
  const least = (of: (start: Start) => number): number => Math.min(...starts.map(of));
  return {
    passedMs: least((each) => each.passedMs),
    processorMs: least((each) => each.processorMs),
    residentMb: least((each) => each.residentMb),
  };
}

function report(size: number, yaml: Start, snapshot: Start, bytes: number): void {
  const print = ({ passedMs, processorMs, residentMb }: Start): string =>
    `${passedMs.toFixed(0).padStart(5)} ms (processor ${processorMs.toFixed(0).padStart(5)} ms) ${residentMb.toFixed(0).padStart(4)} MB`;
  const ratio = (of: (start: Start) => number): string => (of(snapshot) / of(yaml)).toFixed(2);
  process.stdout.write(
    `${String(size).padStart(4)} capabilities   from YAML ${print(yaml)}   from the Snapshot ${print(snapshot)} ` +
      `(${(bytes / 1024).toFixed(0)} kB)   ratio: time ${ratio((each) => each.passedMs)}, ` +
      `processor ${ratio((each) => each.processorMs)}, memory ${ratio((each) => each.residentMb)}\n`,
  );
}
