// Where a project's usage records are kept, and how they are opened: for commands that write them and for `capstan usage`.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { systemTimer } from '../clock.ts';
import type { Ledger } from '../usage/ledger.ts';
import { createWriteBehind } from '../usage/write-behind.ts';
import { usageStores } from '../usage/stores/index.ts';
import type { UsageStore } from '../usage/usage-store.ts';
import { UsageError } from './exit-code.ts';
import { defaultUsageFile, inMemory } from './usage-option.ts';
import { styled } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Records older than this are forgotten when the file is opened for writing: a year, and a month to look back at it. */
const keptMs = 400 * 24 * 60 * 60 * 1000;

/** The ledger of a command that serves; it writes a moment after, and tells on the terminal when it cannot. */
export async function openLedger(
  terminal: Terminal,
  root: string,
  option: string | undefined,
): Promise<Ledger> {
  const store = await openStore(terminal, root, option);
  await store.forget(Date.now() - keptMs);
  const onTrouble = ({ message, cause }: Error): void => {
    const why = cause instanceof Error ? ` (${cause.message})` : '';
    terminal.printError(`${styled(terminal, 'yellow', 'warning')}: ${message}${why}\n`);
  };
  return createWriteBehind(store, { after: systemTimer, onTrouble });
}

/** The same for commands that answer one person: a file that cannot be written is a warning. */
export async function openLedgerIfPossible(
  terminal: Terminal,
  root: string,
  option: string | undefined,
): Promise<Ledger> {
  try {
    return await openLedger(terminal, root, option);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.printError(`${styled(terminal, 'yellow', 'warning')}: ${error.message}\n`);
    return openLedger(terminal, root, inMemory);
  }
}

/** The records that were kept so far; undefined when the project has none yet. A file that was named must be there. */
export async function openKept(
  terminal: Terminal,
  root: string,
  option: string | undefined,
): Promise<UsageStore | undefined> {
  if (option === inMemory)
    throw new UsageError(`--usage ${inMemory} keeps nothing that could be read; name a file.`);
  const file = placeOf(terminal, root, option);
  if (existsSync(file)) return openStore(terminal, root, option);
  if (option !== undefined)
    throw new UsageError(`There is no file ${option}; --usage names a file of usage records.`);
  return undefined;
}

async function openStore(terminal: Terminal, root: string, option: string | undefined): Promise<UsageStore> {
  if (option === inMemory) return usageStores.memory('');
  const file = placeOf(terminal, root, option);
  try {
    if (option === undefined) keepOutOfVersionControl(dirname(file));
    return await usageStores.sqlite(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `The usage records cannot be opened at ${file} (${why}). Name another file with --usage, or use --usage ${inMemory}.`,
      { cause: error },
    );
  }
}

function keepOutOfVersionControl(folder: string): void {
  const file = join(folder, '.gitignore');
  if (existsSync(file)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, '*\n');
}

function placeOf(terminal: Terminal, root: string, option: string | undefined): string {
  if (option === undefined) return join(root, defaultUsageFile);
  return isAbsolute(option) ? option : resolve(terminal.workingDirectory, option);
}
