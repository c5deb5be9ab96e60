// What is particular to the store in a file: several processes, files of other versions, and files that are none.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/usage/stores/sqlite.ts';
import type { UsageRecord } from '../../src/usage/usage-record.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capstan-sqlite-'));
  file = join(folder, 'in', 'a', 'folder', 'usage.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const recordOf = (invocation: string): UsageRecord => ({
  invocation,
  at: 1,
  caller: 'ada',
  snapshot: 'sha256:1',
  attempts: [],
  usage: { inputTokens: 0, outputTokens: 0 },
  outcome: 'ok',
  latencyMs: 1,
  stream: false,
});

test('a file is made with its folders, kept, and opened again', async () => {
  const first = await openSqliteStore(file);
  await first.append([recordOf('a')]);
  await first.close();
  const second = await openSqliteStore(file);
  expect(await second.records({ limit: 9 })).toEqual([recordOf('a')]);
  await second.close();
});

test('several may open one new file at once, write to it and read it', async () => {
  const stores = await Promise.all(Array.from({ length: 4 }, () => openSqliteStore(file)));
  await Promise.all(
    stores.map((store, index) => store.append([recordOf(`id-${index}`), recordOf('shared')])),
  );
  for (const store of stores) expect(await store.records({ limit: 9 })).toHaveLength(5);
  await Promise.all(stores.map((store) => store.close()));
});

test('an append that fails keeps none of its records', async () => {
  const store = await openSqliteStore(file);
  const broken = { ...recordOf('b'), outcome: undefined } as unknown as UsageRecord;
  await expect(store.append([recordOf('a'), broken])).rejects.toThrow();
  expect(await store.records({ limit: 9 })).toEqual([]);
  await store.append([recordOf('a')]);
  expect(await store.records({ limit: 9 })).toHaveLength(1);
  await store.close();
});

test('a file of another version is left alone, and said to be one', async () => {
  await (await openSqliteStore(file)).close();
  const database = new DatabaseSync(file);
  database.exec("insert into kysely_migration values ('9999-from-the-future', '2030-01-01')");
  database.close();
  await expect(openSqliteStore(file)).rejects.toThrow('another version of Capstan wrote it');
});

test('a file that is no database is left alone', async () => {
  const notes = join(folder, 'notes.txt');
  writeFileSync(notes, 'No database. '.repeat(100));
  await expect(openSqliteStore(notes)).rejects.toThrow('not a database');
  expect(readFileSync(notes, 'utf8')).toBe('No database. '.repeat(100));
});
