// Keeps a long-running command alive until a signal (or a test) asks it to end, then closes what it opened.

import closeWithGrace from 'close-with-grace';
import { exitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** After this the process ends whatever still runs; servers give up on requests earlier. */
const defaultExitAfterMs = 10_000;
/** One Ctrl-C reaches a process more than once: from the terminal and from npm. Later signals mean "at once". */
const sameKeyMs = 500;

/** Signals that are answered here, not by the library. */
const ours: ('SIGINT' | 'SIGTERM' | 'SIGHUP' | 'beforeExit')[] = ['SIGINT', 'SIGTERM', 'beforeExit'];

/** Resolves after `close` when the terminal's `stop` fires; on a signal `close` runs and then the process exits. */
export async function runUntilStopped(
  terminal: Terminal,
  close: () => Promise<void>,
  exitAfterMs = defaultExitAfterMs,
  /** A hangup is somebody else's to answer. */
  survivesHangup = false,
): Promise<undefined> {
  const { stop } = terminal;
  if (stop !== undefined) {
    if (!stop.aborted)
      await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
    await close();
    return undefined;
  }
  const grace = closeWithGrace(
    { delay: exitAfterMs, logger: false, skip: survivesHangup ? [...ours, 'SIGHUP'] : ours },
    async ({ err }) => {
      if (err !== undefined) terminal.printError(`${err.stack ?? err.message}\n`);
      await close();
      if (err !== undefined) process.exit(exitCode.bug);
    },
  );
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      terminal.printError(`\n${signal}: finishing what is in flight; once more ends at once\n`);
      grace.close();
    } else if (now - firstAt > sameKeyMs) {
      process.exit(1);
    }
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return new Promise<never>(() => {});
}
