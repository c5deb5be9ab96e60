// Runs the command line inside the test's own process, with a terminal that only remembers.
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly in?: string;
  readonly input?: string;
  readonly color?: boolean;
  readonly environment?: { readonly [name: string]: string };
  readonly stop?: AbortSignal;
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Hears everything that is printed, on both outputs, as it comes. */
  readonly onPrint?: (text: string) => void;
}

export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    workingDirectory: options.in ?? '/',
    environment: options.environment ?? {},
    color: options.color ?? false,
    print(text) {
      out += text;
      options.onPrint?.(text);
    },
    printError(text) {
      err += text;
      options.onPrint?.(text);
    },
    readInput: () => Promise.resolve(options.input ?? ''),
    ...(options.stop === undefined ? {} : { stop: options.stop }),
    ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
  };
  const code = await runCommandLine(args, terminal);
  return { code, out, err };
}
