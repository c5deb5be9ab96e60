// Serves one Snapshot in several processes that share a port, for machines with several cores. All of them serve the
// same: a next Snapshot is made ready everywhere before it is served anywhere. A worker that dies is replaced.

import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '../registry/snapshot.ts';
import { assert } from '../errors.ts';
import { UsageError } from './exit-code.ts';
import type { Serving, Where } from './serve-snapshot.ts';
import { styled } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { openLedger } from './usage-file.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

export const WORKERS_MAX = 128;

/** Workers that may die one after the other, each before it was told to serve another Snapshot, until we give up. */
const DEATHS_MAX = 20;

/** A worker that does not end when it is told to is ended, this long after its requests should be over. */
const CLOSE_SLACK_MS = 1_500;

export async function serveByWorkers(
  terminal: Terminal,
  snapshot: Snapshot,
  where: Where,
  count: number,
): Promise<Serving> {
  // Once, before several do it at the same time: a new file of usage records gets its tables.
  await (await openLedger(terminal, where.root, where.usage)).close?.();
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  cluster.setupPrimary({
    exec: fileURLToPath(new URL(`serve-worker.${extension}`, import.meta.url)),
    args: [],
    silent: true,
  });
  const workers = new Set<Worker>();
  let current = snapshot;
  let closing = false;
  let deaths = 0;

  const start = async (): Promise<string> => {
    const worker = cluster.fork(terminal.environment);
    workers.add(worker);
    for (const stream of [worker.process.stdout, worker.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => terminal.printError(text));
    }
    worker.once('exit', () => {
      const wasServing = workers.delete(worker);
      if (!closing && wasServing) replace();
    });
    const answer = await ask(worker, { kind: 'serve', snapshot: current, where, color: terminal.color });
    assert(answer.kind === 'serving', 'a worker that was told to serve says where');
    return answer.url;
  };
  const replace = (): void => {
    deaths += 1;
    const warning = styled(terminal, 'yellow', 'warning');
    if (deaths > DEATHS_MAX) {
      terminal.printError(`${warning}: workers die again and again; no more are started\n`);
      return;
    }
    terminal.printError(`${warning}: a worker died; another takes its place\n`);
    start().catch((error: unknown) => terminal.printError(`${warning}: ${String(error)}\n`));
  };
  const all = (message: ToWorker): Promise<unknown> =>
    Promise.all([...workers].map((worker) => ask(worker, message)));
  const close = async (): Promise<void> => {
    closing = true;
    await Promise.all([...workers].map((worker) => end(worker, where.graceMs + CLOSE_SLACK_MS)));
  };

  try {
    // Where the port is 0, the first gets any free one and the others share it.
    const url = await start();
    await Promise.all(Array.from({ length: count - 1 }, start));
    return {
      url,
      prepare: async (next) => void (await all({ kind: 'prepare', snapshot: next })),
      async swap(next) {
        current = next;
        deaths = 0;
        await all({ kind: 'swap' });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Tells a worker something, and waits for what it says to it; rejects when it fails, or dies. */
function ask(worker: Worker, message: ToWorker): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void): void => {
      worker.off('message', onAnswer);
      worker.off('exit', onExit);
      done();
    };
    const onAnswer = (answer: FromWorker): void =>
      settle(() => {
        if (answer.kind !== 'failed') resolve(answer);
        else reject(answer.isUsage ? new UsageError(answer.message) : new Error(answer.message));
      });
    const onExit = (): void => settle(() => reject(new Error('A worker died.')));
    worker.on('message', onAnswer);
    worker.on('exit', onExit);
    worker.send(message);
  });
}

async function end(worker: Worker, limitMs: number): Promise<void> {
  if (worker.isDead()) return;
  const ended = once(worker, 'exit');
  const limit = setTimeout(() => worker.process.kill('SIGKILL'), limitMs);
  // One that cannot say that it is done ends all the same.
  await ask(worker, { kind: 'close' }).catch(() => undefined);
  worker.disconnect();
  await ended;
  clearTimeout(limit);
}
