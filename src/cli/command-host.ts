// What each command file is given, and what it gives back to main.

import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** A command's action writes its exit code here; it stays 0 when nothing does. */
export interface CommandHost {
  readonly terminal: Terminal;
  exitCode: ExitCode;
}

/** Options that every command understands, wherever on the line they stand. */
export interface GlobalOptions {
  readonly project?: string;
}
