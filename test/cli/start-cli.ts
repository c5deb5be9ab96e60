// A long-running command inside the test's own process, until it is stopped.
import { runCli } from './run-cli.ts';
import type { CliRun } from './run-cli.ts';

export interface StartedCli {
  /** The first address that was printed; fails when the command ends before. */
  url(): Promise<string>;
  err(): string;
  /** Resolves when what was printed since the start holds the text; fails when the command ends before. */
  said(words: string): Promise<void>;
  stop(): Promise<CliRun>;
  [Symbol.asyncDispose](): Promise<void>;
}

export function startCli(args: readonly string[], folder: string): StartedCli {
  const stop = new AbortController();
  let printed = '';
  let waiting: (() => void)[] = [];
  const tell = (): void => {
    for (const look of waiting) look();
  };
  let ended: CliRun | undefined;
  const running = runCli(args, {
    in: folder,
    stop: stop.signal,
    onPrint(text) {
      printed += text;
      tell();
    },
  }).then((run) => {
    ended = run;
    tell();
    return run;
  });

  const waitFor = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(printed)?.[0];
        if (found === undefined && ended === undefined) return;
        waiting = waiting.filter((other) => other !== look);
        if (found !== undefined) resolve(found);
        else reject(new Error(`the command ended with ${ended?.code}: ${printed}`));
      };
      waiting.push(look);
      look();
    });
  const end = (): Promise<CliRun> => {
    stop.abort();
    return running;
  };
  return {
    url: () => waitFor(/http:\/\/127\.0\.0\.1:\d+/),
    err: () => printed,
    said: async (words: string) => void (await waitFor(new RegExp(RegExp.escape(words)))),
    stop: end,
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}
