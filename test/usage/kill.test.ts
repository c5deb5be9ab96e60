// A process that is killed in the middle of its work loses no record that its store has acknowledged.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { usageStores } from '../../src/usage/stores/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'capstan-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = join(import.meta.dirname, 'keep-records.ts');

/** Kills the process as soon as it has acknowledged so many, which is while it writes the next ones. */
async function killAfter(file: string, first: number, count: number): Promise<number> {
  const child = fork(script, [file, String(first)]);
  let acknowledged = first;
  child.on('message', (kept: number) => {
    acknowledged = kept;
    if (kept >= first + count) child.kill('SIGKILL');
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect([code, signal]).toEqual([null, 'SIGKILL']);
  return acknowledged;
}

test('kill -9, again and again on one file: every acknowledged record is there, each of them whole', async () => {
  const file = join(folder, 'usage.sqlite');
  let acknowledged = 0;
  for (const count of [1, 500, 2_000]) {
    acknowledged = await killAfter(file, acknowledged, count);
    const store = await usageStores.sqlite(file);
    const records = await store.records({ limit: 100_000 });
    await store.close();
    expect(records.length).toBeGreaterThanOrEqual(acknowledged);
    expect(records.map(({ at }) => at)).toEqual(records.map((_, index) => index));
    expect(records.every(({ attempts }) => attempts.length === 2)).toBe(true);
    // What was written and not yet acknowledged may be there too; the next process goes on behind it.
    acknowledged = records.length;
  }
  const database = new DatabaseSync(file);
  expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  database.close();
}, 30_000);
