// The command itself, `capstan serve`, on a small project of its own: its memory, and what a number of workers costs together.
import { hash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { childrenOf, endProgram, hasProc, startProgram, temporaryFolder, usedBy } from './processes.ts';
import type { Started } from './processes.ts';
import { KEY } from './provider.ts';

/** Built, and on the flags that its door (src/cli/bin.mjs) gives it. */
const command = ['--max-semi-space-size=16', resolve(import.meta.dirname, '../../../dist/src/cli/main.js')];

/** Workers are found as the children of the command's process. */
export const canFindWorkers = hasProc && existsSync(`/proc/self/task/${process.pid}/children`);

/** The process that starts workers is not counted: it shares out connections, and prints what the workers log. */
export async function startServe(upstream: string, workers: number): Promise<Started> {
  const folder = temporaryFolder('serve');
  writeFileSync(join(folder, 'capstan.yaml'), project(upstream));
  const words = [...command, 'serve', '--workers', String(workers), '--port', '0'];
  const {
    process: child,
    pid,
    said,
  } = await startProgram(process.execPath, words, /Capstan serves .*\n/, {
    cwd: folder,
    env: { ...process.env, UPSTREAM_API_KEY: 'sk-bench-0123456789', NO_COLOR: '1' },
  });
  // One worker is the command's process itself.
  const pids = workers === 1 ? [pid] : childrenOf(pid);
  return {
    url: /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '',
    used: async () => usedBy(pids),
    stop: () => endProgram(child),
  };
}

function project(upstream: string): string {
  return `apiVersion: capstan/v1
kind: Project
metadata: { name: bench }
providers:
  upstream: { adapter: openai, baseUrl: "${upstream}", apiKey: "\${UPSTREAM_API_KEY}" }
models:
  upstream/large:
    quality: 0.9
    contextTokens: 200000
    maxOutputTokens: 8000
    features: [structured-output]
    modalities: [text]
    price: { input: 1, output: 2 }
tiers:
  standard: { tolerance: 0.2, prefer: [cost] }
defaults: { tier: standard, timeout: 60s }
access:
  keys:
    - { name: bench, sha256: "${hash('sha256', KEY)}", team: bench }
`;
}
