// The Snapshot that `capstan build` wrote. Neither YAML nor the compiler is loaded on this way.

import { resolve } from 'node:path';
import type { Snapshot } from '../registry/snapshot.ts';
import { readText } from '../workspace/write-files.ts';
import { UsageError } from './exit-code.ts';
import { readSealedSnapshot } from './read-snapshot.ts';
import type { Terminal } from './terminal.ts';

/** Throws a usage error, in one sentence, for a file that is missing, changed, cut or of a newer Capstan. */
export function openBuilt(terminal: Terminal, file: string): Snapshot {
  const text = readText(resolve(terminal.workingDirectory, file));
  if (text === undefined) throw new UsageError(`There is no file ${file}; \`capstan build\` makes one.`);
  const read = readSealedSnapshot(text);
  if ('problem' in read) throw new UsageError(`${file} cannot be served. ${read.problem}`);
  return read.snapshot;
}
