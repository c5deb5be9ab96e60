// The entry of a worker of `capstan serve --workers`: serves what it is told, and ends when it is told.

import type { Snapshot } from '../registry/snapshot.ts';
import { UsageError } from './exit-code.ts';
import { serveSnapshot } from './serve-snapshot.ts';
import type { Serving } from './serve-snapshot.ts';
import { processTerminal } from './terminal.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

let serving: Serving | undefined;
let prepared: Snapshot | undefined;

// Signals reach every process of a terminal; the first process tells what to do about them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
process.on('message', (message: ToWorker) => {
  void obey(message).then(say, (error: unknown) =>
    say({
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
      isUsage: error instanceof UsageError,
    }),
  );
});

function say(words: FromWorker): void {
  process.send?.(words);
}

async function obey(message: ToWorker): Promise<FromWorker> {
  switch (message.kind) {
    case 'serve':
      serving = await serveSnapshot(
        { ...processTerminal(), color: message.color },
        message.snapshot,
        message.where,
      );
      return { kind: 'serving', url: serving.url };
    case 'prepare':
      await serving?.prepare(message.snapshot);
      prepared = message.snapshot;
      return { kind: 'done' };
    case 'swap':
      if (prepared !== undefined) await serving?.swap(prepared);
      return { kind: 'done' };
    case 'close':
      await serving?.close();
      return { kind: 'done' };
  }
}
