// Everything a command may know of the process it runs in, as one value, so that tests can bring their own.

import { styleText } from 'node:util';

export interface Terminal {
  readonly workingDirectory: string;
  readonly environment: { readonly [name: string]: string | undefined };
  /** Whether texts may be colored: both outputs are a terminal, and nobody said NO_COLOR. */
  readonly color: boolean;
  /** Writes to standard output: results, and nothing else. */
  print(text: string): void;
  /** Writes to standard error: diagnostics, progress, complaints. */
  printError(text: string): void;
  /** All of standard input, for `--input -`. */
  readInput(): Promise<string>;
  /** Asks somebody; absent where there is nobody. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Aborted when somebody asks a long-running command to end; absent in a terminal, where signals do. */
  readonly stop?: AbortSignal;
}

export type TextStyle = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** `text` in `style` when the terminal shows colors. */
export function styled(terminal: Pick<Terminal, 'color'>, style: TextStyle, text: string): string {
  return terminal.color ? styleText(style, text, { validateStream: false }) : text;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietlyWithoutReader);
  return {
    workingDirectory: process.cwd(),
    environment: process.env,
    color: showsColors(process.env, process.stdout.isTTY && process.stderr.isTTY),
    print: (text) => void process.stdout.write(text),
    printError: (text) => void process.stderr.write(text),
    readInput: readStandardInput,
    ...(process.stdin.isTTY && process.stderr.isTTY && { confirm: askOnTerminal }),
  };
}

async function askOnTerminal(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`${question} [y/N] `);
  asking.close();
  return /^y(?:es)?$/i.test(answer.trim());
}

/** https://no-color.org: set and not empty means no colors, whatever else is set. */
export function showsColors(
  environment: { readonly [name: string]: string | undefined },
  isTerminal: boolean,
): boolean {
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR'] !== undefined)
    return !['', '0', 'false'].includes(environment['FORCE_COLOR']);
  return isTerminal && environment['TERM'] !== 'dumb';
}

/** `capstan list | head -1` closes the pipe early; that is no failure. */
function endQuietlyWithoutReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

/** More than this on standard input is no input of a capability. */
const inputBytesMax = 16 * 1024 * 1024;

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > inputBytesMax) throw new Error(`standard input is longer than ${inputBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
