// A usage file as a server keeps it, in a folder that goes with the process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemTimer } from '../../src/clock.ts';
import { usageStores } from '../../src/usage/stores/index.ts';
import { createWriteBehind } from '../../src/usage/write-behind.ts';
import type { WriteBehindLedger } from '../../src/usage/write-behind.ts';

export interface TemporaryLedger extends WriteBehindLedger {
  readonly folder: string;
}

export async function openTemporaryLedger(): Promise<TemporaryLedger> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-usage-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const store = await usageStores.sqlite(join(folder, 'usage.sqlite'));
  const onTrouble = (error: Error): never => {
    throw error;
  };
  return Object.assign(createWriteBehind(store, { after: systemTimer, onTrouble }), { folder });
}
