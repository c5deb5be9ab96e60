// Processes that are measured: on which core they run, how they are started, and what they have used.
import { execFileSync, fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

export const GATEWAY_CORE = 0;
export const LOAD_CORE = 1;

export const hasTaskset = availableParallelism() > 1 && canRun('taskset', ['--version']);
/** Processes that cannot be asked are looked up here, on Linux. `stat` would do, but counts in hundredths of a second. */
export const hasProc = existsSync('/proc/self/schedstat') && existsSync('/proc/self/task');

/** Since the process began; the memory now, and at its highest. */
export interface Used {
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly peakBytes: number;
}

export interface Started {
  readonly url: string;
  readonly used: () => Promise<Used>;
  readonly stop: () => Promise<void>;
}

export function canRun(command: string, words: readonly string[]): boolean {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    // Not there: the report says what is left out for it.
    return false;
  }
}

/** All threads of a process; without `taskset` nothing is pinned, and the report says so. */
export function pin(pid: number | undefined, cores: string | number): void {
  if (hasTaskset && pid !== undefined)
    execFileSync('taskset', ['-a', '-c', '-p', String(cores), String(pid)], { stdio: 'ignore' });
}

/** The cores that this process may use, for `pin`. */
export function coresOfThis(): string {
  if (!hasTaskset) return '';
  return execFileSync('taskset', ['-c', '-p', String(process.pid)], { encoding: 'utf8' })
    .replace(/.*: /, '')
    .trim();
}

/** One of the roles of gateways.ts, which tells what it has used. Rejects when it ends before it serves. */
export async function startRole(
  role: string,
  argument: string,
  errors: 'inherit' | 'ignore',
): Promise<Started> {
  const child = fork(new URL('./gateways.ts', import.meta.url), [role, argument], {
    stdio: ['ignore', 'ignore', errors, 'ipc'],
    // As `capstan serve` starts itself (src/cli/bin.mjs).
    execArgv: role === 'capstan' ? ['--max-semi-space-size=16'] : [],
  });
  pin(child.pid, GATEWAY_CORE);
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (told: { url: string }) => resolve(told.url));
    child.once('exit', (code) => reject(new Error(`${role} ended with ${code}`)));
  });
  // Once more, for threads that were being made.
  pin(child.pid, GATEWAY_CORE);
  return {
    url,
    async used() {
      child.send('used');
      const [used] = (await once(child, 'message')) as [Used];
      return used;
    },
    stop: async () => child.disconnect(),
  };
}

/** Any other program. Resolves when it has written words that match to its standard error; rejects when it ends before. */
export async function startProgram(
  command: string,
  words: readonly string[],
  says: RegExp,
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<{ readonly process: ChildProcess; readonly pid: number; readonly said: string }> {
  const child = spawn(command, words, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  // Nothing else ends it when the bench fails.
  process.once('exit', () => child.kill('SIGKILL'));
  let printed = '';
  const said = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`${command} ended with ${code}: ${printed}`)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // What it logs afterwards is read and dropped.
      if (says.test(printed)) return;
      printed += text;
      if (says.test(printed)) resolve(printed);
    });
  });
  return { process: child, pid: child.pid ?? NaN, said };
}

/** Gone when this process ends. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `capstan-bench-${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function endProgram(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  await ended;
}

/** Of all of these processes together. */
export function usedBy(pids: readonly number[]): Used {
  const sum = (of: (pid: number) => number): number => pids.reduce((total, pid) => total + of(pid), 0);
  return {
    cpuMicros: sum(cpuMicrosOf),
    rssBytes: sum((pid) => statusOf(pid, 'VmRSS')),
    peakBytes: sum((pid) => statusOf(pid, 'VmHWM')),
  };
}

function cpuMicrosOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1000)
    .reduce((total, micros) => total + micros, 0);
}

function statusOf(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? NaN) * 1024;
}

export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}
