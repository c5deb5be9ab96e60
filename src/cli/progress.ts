// How far a long piece of work is: a bar where there is a terminal, else a line for each tenth.

import type { Terminal } from './terminal.ts';

export interface Progress {
  /** One more is done; `note` stands beside the bar. */
  step(note: string): void;
  end(): void;
}

const WIDTH = 24;

export function createProgress(terminal: Pick<Terminal, 'color' | 'printError'>, total: number): Progress {
  let done = 0;
  const line = (note: string): string => {
    const filled = Math.round((WIDTH * done) / total);
    return `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${done}/${total}  ${note}`;
  };
  return {
    step(note) {
      done += 1;
      if (terminal.color) terminal.printError(`\r${line(note)}\u001B[K`);
      else if (done === total || done % Math.ceil(total / 10) === 0) terminal.printError(`${line(note)}\n`);
    },
    end() {
      if (terminal.color) terminal.printError('\n');
    },
  };
}
