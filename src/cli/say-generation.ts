// What a generation did, in lines.

import type { Generation } from './generate-files.ts';
import type { Terminal } from './terminal.ts';

export function sayGeneration(terminal: Terminal, generation: Generation): void {
  const { written, deleted, overwritten = [], kept = [] } = generation;
  for (const path of written) {
    const remark = overwritten.includes(path) ? ' (the edits made by hand are gone)' : '';
    terminal.print(`wrote ${path}${remark}\n`);
  }
  for (const path of deleted) terminal.print(`deleted ${path}\n`);
  for (const path of kept)
    terminal.printError(`kept ${path}: it was edited by hand; delete it if nobody needs it\n`);
}

/** Whether it found nothing to do. */
export function didNothing({ written, deleted }: Generation): boolean {
  return written.length + deleted.length === 0;
}
