// Usage records in one SQLite file, beside the server: nothing to install, and nothing that was appended is lost when the
// process dies. Kysely writes the queries and brings older files up to date; `node:sqlite` is the database.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect, sql } from 'kysely';
import type { Generated, Insertable, RawBuilder, SqliteDatabase } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { UsageRecord } from '../usage-record.ts';
import type { UsageDimension, UsageStore, UsageTotal } from '../usage-store.ts';
import { migrations } from './sqlite-migrations.ts';

/** How long one process waits for another one to finish a transaction. */
const BUSY_MS = 2_000;

/** Opens the file, or makes it; throws when it cannot be written or belongs to something else. */
export async function openSqliteStore(file: string): Promise<UsageStore> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    // A write-ahead log needs no wait for the disk at each commit; what is committed survives the end of the process.
    database.exec('pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal');
    const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: wrapped(database) }) });
    await migrate(kysely);
    return createStore(database, kysely);
  } catch (error) {
    database.close();
    throw error;
  }
}

function wrapped(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(text) {
      const statement = database.prepare(text);
      const values = (parameters: readonly unknown[]): SQLInputValue[] => [...parameters] as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      };
    },
  };
}

/** Two processes that open one new file at once both want to make its tables: the one that comes second looks again. */
async function migrate(kysely: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => migrations } });
  const first = await migrator.migrateToLatest();
  if (first.error === undefined) return;
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const isForeign = error instanceof Error && error.message.includes('previously executed migration');
  throw isForeign ? new Error('another version of Capstan wrote it', { cause: error }) : error;
}

interface Tables {
  readonly invocation: {
    readonly number: Generated<number>;
    readonly id: string;
    readonly at: number;
    readonly team: string | null;
    readonly capability: string | null;
    readonly outcome: string;
    readonly input_tokens: number;
    readonly cached_input_tokens: number | null;
    readonly output_tokens: number;
    readonly reasoning_tokens: number | null;
    readonly cost_usd: number | null;
    /** The whole record as JSON. */
    readonly record: string;
  };
}

function createStore(database: DatabaseSync, kysely: Kysely<Tables>): UsageStore {
  const insert = inserter(database, kysely);
  return {
    async append(records) {
      inTransaction(database, () => {
        for (const record of records) insert(record);
      });
    },
    async records({ since = 0, limit }) {
      const rows = await kysely
        .selectFrom('invocation')
        .select('record')
        .where('at', '>=', since)
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.reverse().map(({ record }) => JSON.parse(record) as UsageRecord);
    },
    async find(invocation) {
      const row = await kysely
        .selectFrom('invocation')
        .select('record')
        .where('id', '=', invocation)
        .executeTakeFirst();
      return row && (JSON.parse(row.record) as UsageRecord);
    },
    totals: ({ since = 0, by }) => totals(kysely, since, by),
    async forget(before) {
      const deletion = kysely.deleteFrom('invocation').where('at', '<', before);
      const { numDeletedRows } = await deletion.executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
    close: () => kysely.destroy(),
  };
}

/** Runs `work` whole or not at all. The database is synchronous, so nothing else comes between. */
function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('begin immediate');
  try {
    work();
    database.exec('commit');
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

/** Inserts a record unless it is there. The statement is written and prepared once. */
function inserter(database: DatabaseSync, kysely: Kysely<Tables>): (record: UsageRecord) => void {
  const columns = {
    id: '',
    at: 0,
    team: null,
    capability: null,
    outcome: '',
    input_tokens: 0,
    cached_input_tokens: null,
    output_tokens: 0,
    reasoning_tokens: null,
    cost_usd: null,
    record: '',
  } satisfies Insertable<Tables['invocation']>;
  const insert = kysely.insertInto('invocation').values(columns);
  const statement = database.prepare(insert.onConflict((conflict) => conflict.doNothing()).compile().sql);
  return (record) => {
    const { usage } = record;
    // In the order of the columns above.
    statement.run(
      record.invocation,
      record.at,
      record.team ?? null,
      record.capability ?? null,
      record.outcome,
      usage.inputTokens,
      usage.cachedInputTokens ?? null,
      usage.outputTokens,
      usage.reasoningTokens ?? null,
      record.costUsd ?? null,
      JSON.stringify(record),
    );
  };
}

function totals(kysely: Kysely<Tables>, since: number, by: UsageDimension): Promise<readonly UsageTotal[]> {
  return by === 'model' ? totalsByModel(kysely, since) : totalsOfInvocations(kysely, since, keyOf(by));
}

function keyOf(by: Exclude<UsageDimension, 'model'>): RawBuilder<string> {
  switch (by) {
    case 'capability':
      return sql<string>`coalesce(capability, '')`;
    case 'team':
      return sql<string>`coalesce(team, '')`;
    case 'day':
      return sql<string>`strftime('%Y-%m-%d', at / 1000, 'unixepoch')`;
  }
}

function totalsOfInvocations(
  kysely: Kysely<Tables>,
  since: number,
  key: RawBuilder<string>,
): Promise<readonly UsageTotal[]> {
  return kysely
    .selectFrom('invocation')
    .where('at', '>=', since)
    .select([
      key.as('key'),
      sql<number>`count(*)`.as('calls'),
      sql<number>`sum(outcome <> 'ok')`.as('failed'),
      sql<number>`sum(input_tokens)`.as('inputTokens'),
      sql<number>`coalesce(sum(cached_input_tokens), 0)`.as('cachedInputTokens'),
      sql<number>`sum(output_tokens)`.as('outputTokens'),
      sql<number>`coalesce(sum(reasoning_tokens), 0)`.as('reasoningTokens'),
      sql<number>`coalesce(sum(cost_usd), 0)`.as('costUsd'),
      sql<number>`sum(cost_usd is null)`.as('unpriced'),
    ])
    .groupBy(key)
    .orderBy(key)
    .execute();
}

/** Attempts are in the records; their usage and cost are absent where nobody knows them. */
async function totalsByModel(kysely: Kysely<Tables>, since: number): Promise<readonly UsageTotal[]> {
  const of = (path: string): RawBuilder<unknown> => sql`attempt.value ->> ${sql.lit(`$.${path}`)}`;
  const sumOf = (path: string): RawBuilder<number> => sql<number>`coalesce(sum(${of(path)}), 0)`;
  const isPaid = sql`${of('usage')} is not null or ${of('outcome')} in ('ok', 'invalid')`;
  const { rows } = await sql<UsageTotal>`
    select ${of('model')} as "key",
           count(*) as "calls",
           sum(${of('outcome')} <> 'ok') as "failed",
           ${sumOf('usage.inputTokens')} as "inputTokens",
           ${sumOf('usage.cachedInputTokens')} as "cachedInputTokens",
           ${sumOf('usage.outputTokens')} as "outputTokens",
           ${sumOf('usage.reasoningTokens')} as "reasoningTokens",
           ${sumOf('costUsd')} as "costUsd",
           sum(${of('costUsd')} is null and (${isPaid})) as "unpriced"
    from invocation, json_each(invocation.record, '$.attempts') as attempt
    where invocation.at >= ${since}
    group by 1
    order by 1`.execute(kysely);
  return rows;
}
