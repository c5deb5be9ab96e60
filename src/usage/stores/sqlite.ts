// Usage records in one SQLite file, beside the server: nothing to install, and nothing that was appended is lost when the
// process dies. Kysely writes the queries and brings older files up to date; `node:sqlite` is the database.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect, sql } from 'kysely';
import type { ExpressionBuilder, RawBuilder, SqliteDatabase } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { TokenUsage } from '../../chat/chat.ts';
import type { AttemptRecord, UsageRecord } from '../usage-record.ts';
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
  const second = await migrator.migrateToLatest();
  if (second.error !== undefined) throw second.error;
}

interface TokenColumns {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cached_input_tokens: number | null;
  readonly reasoning_tokens: number | null;
}

interface InvocationRow extends TokenColumns {
  readonly invocation: string;
  readonly request: string | null;
  readonly at: number;
  readonly caller: string;
  readonly team: string | null;
  readonly capability: string | null;
  readonly version: string | null;
  readonly revision: string | null;
  readonly snapshot: string;
  readonly tier: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly cost_usd: number | null;
  readonly estimated: number;
  readonly outcome: string;
  readonly latency_ms: number;
  readonly first_byte_ms: number | null;
  readonly own_ms: number | null;
  readonly stream: number;
  readonly cache: string | null;
  /** JSON, or null. */
  readonly repairs: string | null;
  readonly metadata: string | null;
}

interface AttemptRow extends TokenColumns {
  readonly invocation: string;
  /** From 0, in the order in which they ended. */
  readonly number: number;
  readonly model: string;
  readonly provider: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly message: string | null;
  readonly at: number;
  readonly latency_ms: number;
  readonly queue_ms: number | null;
  readonly first_byte_ms: number | null;
  readonly estimated: number;
  readonly hedge: number;
  readonly cost_usd: number | null;
}

interface Tables {
  readonly invocation: InvocationRow;
  readonly attempt: AttemptRow;
}

function createStore(database: DatabaseSync, kysely: Kysely<Tables>): UsageStore {
  const insertInvocation = inserter(database, kysely, 'invocation', rowOfRecord(sample));
  const insertAttempt = inserter(database, kysely, 'attempt', rowOfAttempt('', sampleAttempt, 0));
  const insert = (record: UsageRecord): void => {
    if (insertInvocation(rowOfRecord(record)) === 0) return;
    for (const [number, attempt] of record.attempts.entries()) {
      insertAttempt(rowOfAttempt(record.invocation, attempt, number));
    }
  };
  return {
    async append(records) {
      inTransaction(database, () => {
        for (const record of records) insert(record);
      });
    },
    async records({ since = 0, limit }) {
      const newest = kysely.selectFrom('invocation').selectAll().where('at', '>=', since);
      const rows = await newest.orderBy('at', 'desc').orderBy('invocation', 'desc').limit(limit).execute();
      const ids = rows.map(({ invocation }) => invocation);
      const attempts = await attemptsOf(kysely, ids);
      return rows.reverse().map((row) => recordOf(row, attempts.get(row.invocation) ?? []));
    },
    totals: ({ since = 0, by }) => totals(kysely, since, by),
    async forget(before) {
      const old = kysely.selectFrom('invocation').select('invocation').where('at', '<', before);
      return kysely.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('attempt').where('invocation', 'in', old).execute();
        const { numDeletedRows } = await transaction
          .deleteFrom('invocation')
          .where('at', '<', before)
          .executeTakeFirstOrThrow();
        return Number(numDeletedRows);
      });
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

type Row = Readonly<Record<string, SQLInputValue>>;

/** Inserts a row unless it is there, and answers how many rows that were. The statement is written and prepared once. */
function inserter<Name extends keyof Tables>(
  database: DatabaseSync,
  kysely: Kysely<Tables>,
  table: Name,
  example: Tables[Name],
): (row: Tables[Name]) => number {
  const insert = kysely
    .insertInto(table)
    .values(example as never)
    .onConflict((conflict) => conflict.doNothing());
  const statement: StatementSync = database.prepare(insert.compile().sql);
  return (row) => Number(statement.run(...Object.values(row as unknown as Row)).changes);
}

async function attemptsOf(
  kysely: Kysely<Tables>,
  invocations: readonly string[],
): Promise<ReadonlyMap<string, AttemptRecord[]>> {
  const attempts = new Map<string, AttemptRecord[]>();
  for (let from = 0; from < invocations.length; from += PARAMETERS_MAX) {
    const some = invocations.slice(from, from + PARAMETERS_MAX);
    const rows = await kysely
      .selectFrom('attempt')
      .selectAll()
      .where('invocation', 'in', some)
      .orderBy('invocation')
      .orderBy('number')
      .execute();
    for (const row of rows) {
      attempts.set(row.invocation, [...(attempts.get(row.invocation) ?? []), attemptOf(row)]);
    }
  }
  return attempts;
}

const PARAMETERS_MAX = 1_000;

function totals(kysely: Kysely<Tables>, since: number, by: UsageDimension): Promise<UsageTotal[]> {
  const key = keyOf(by);
  if (by === 'model') {
    return kysely
      .selectFrom('attempt')
      .innerJoin('invocation', 'invocation.invocation', 'attempt.invocation')
      .where('invocation.at', '>=', since)
      .select(key.as('key'))
      .select((row) => sums(row as never, 'attempt'))
      .groupBy(key)
      .orderBy(key)
      .execute();
  }
  return kysely
    .selectFrom('invocation')
    .where('at', '>=', since)
    .select(key.as('key'))
    .select((row) => sums(row, 'invocation'))
    .groupBy(key)
    .orderBy(key)
    .execute();
}

function keyOf(by: UsageDimension): RawBuilder<string> {
  switch (by) {
    case 'capability':
      return sql<string>`coalesce(invocation.capability, '')`;
    case 'model':
      return sql<string>`attempt.model`;
    case 'team':
      return sql<string>`coalesce(invocation.team, '')`;
    case 'day':
      return sql<string>`strftime('%Y-%m-%d', invocation.at / 1000, 'unixepoch')`;
  }
}

function sums(row: ExpressionBuilder<Tables, 'invocation'>, table: keyof Tables) {
  const column = (name: keyof TokenColumns | 'cost_usd' | 'outcome') => sql.ref(`${table}.${name}`);
  const sumOf = (name: keyof TokenColumns | 'cost_usd') => sql<number>`coalesce(sum(${column(name)}), 0)`;
  const outcome = column('outcome');
  return [
    row.fn.countAll<number>().as('calls'),
    sql<number>`sum(${outcome} <> 'ok')`.as('failed'),
    sumOf('input_tokens').as('inputTokens'),
    sumOf('cached_input_tokens').as('cachedInputTokens'),
    sumOf('output_tokens').as('outputTokens'),
    sumOf('reasoning_tokens').as('reasoningTokens'),
    sumOf('cost_usd').as('costUsd'),
    sql<number>`sum(${column('cost_usd')} is null and (${column('input_tokens')} is not null or ${outcome} in ('ok', 'invalid')))`.as(
      'unpriced',
    ),
  ] as const;
}

// -- rows and records. The order of a row's columns is that of its insert statement.

const sample: UsageRecord = {
  invocation: '',
  at: 0,
  caller: '',
  snapshot: '',
  attempts: [],
  usage: { inputTokens: 0, outputTokens: 0 },
  outcome: '',
  latencyMs: 0,
  stream: false,
};

const sampleAttempt: AttemptRecord = { model: '', provider: '', outcome: '', at: 0, latencyMs: 0 };

function rowOfRecord(record: UsageRecord): InvocationRow {
  return {
    invocation: record.invocation,
    request: record.request ?? null,
    at: record.at,
    caller: record.caller,
    team: record.team ?? null,
    capability: record.capability ?? null,
    version: record.version ?? null,
    revision: record.revision ?? null,
    snapshot: record.snapshot,
    tier: record.tier ?? null,
    model: record.model ?? null,
    provider: record.provider ?? null,
    ...tokenColumns(record.usage),
    cost_usd: record.costUsd ?? null,
    estimated: Number(record.estimated ?? false),
    outcome: record.outcome,
    latency_ms: record.latencyMs,
    first_byte_ms: record.firstByteMs ?? null,
    own_ms: record.ownMs ?? null,
    stream: Number(record.stream),
    cache: record.cache ?? null,
    repairs: record.repairs === undefined ? null : JSON.stringify(record.repairs),
    metadata: record.metadata === undefined ? null : JSON.stringify(record.metadata),
  };
}

function rowOfAttempt(invocation: string, attempt: AttemptRecord, number: number): AttemptRow {
  return {
    invocation,
    number,
    model: attempt.model,
    provider: attempt.provider,
    outcome: attempt.outcome,
    status: attempt.status ?? null,
    message: attempt.message ?? null,
    at: attempt.at,
    latency_ms: attempt.latencyMs,
    queue_ms: attempt.queueMs ?? null,
    first_byte_ms: attempt.firstByteMs ?? null,
    ...tokenColumns(attempt.usage),
    estimated: Number(attempt.estimated ?? false),
    hedge: Number(attempt.hedge ?? false),
    cost_usd: attempt.costUsd ?? null,
  };
}

function tokenColumns(usage: TokenUsage | undefined): TokenColumns {
  return {
    input_tokens: usage?.inputTokens ?? null,
    output_tokens: usage?.outputTokens ?? null,
    cached_input_tokens: usage?.cachedInputTokens ?? null,
    reasoning_tokens: usage?.reasoningTokens ?? null,
  };
}

function recordOf(row: InvocationRow, attempts: readonly AttemptRecord[]): UsageRecord {
  return {
    invocation: row.invocation,
    ...present('request', row.request),
    at: row.at,
    caller: row.caller,
    ...present('team', row.team),
    ...present('capability', row.capability),
    ...present('version', row.version),
    ...present('revision', row.revision),
    snapshot: row.snapshot,
    ...present('tier', row.tier),
    ...present('model', row.model),
    ...present('provider', row.provider),
    attempts,
    usage: usageOf(row) ?? { inputTokens: 0, outputTokens: 0 },
    ...present('costUsd', row.cost_usd),
    ...(row.estimated === 1 ? { estimated: true } : {}),
    outcome: row.outcome,
    latencyMs: row.latency_ms,
    ...present('firstByteMs', row.first_byte_ms),
    ...present('ownMs', row.own_ms),
    stream: row.stream === 1,
    ...present('cache', row.cache as UsageRecord['cache'] | null),
    ...present('repairs', jsonOf<UsageRecord['repairs']>(row.repairs)),
    ...present('metadata', jsonOf<UsageRecord['metadata']>(row.metadata)),
  };
}

function attemptOf(row: AttemptRow): AttemptRecord {
  return {
    model: row.model,
    provider: row.provider,
    outcome: row.outcome,
    ...present('status', row.status),
    ...present('message', row.message),
    at: row.at,
    latencyMs: row.latency_ms,
    ...present('queueMs', row.queue_ms),
    ...present('firstByteMs', row.first_byte_ms),
    ...present('usage', usageOf(row)),
    ...(row.estimated === 1 ? { estimated: true } : {}),
    ...(row.hedge === 1 ? { hedge: true } : {}),
    ...present('costUsd', row.cost_usd),
  };
}

function usageOf(row: TokenColumns): TokenUsage | undefined {
  if (row.input_tokens === null || row.output_tokens === null) return undefined;
  return {
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    ...present('cachedInputTokens', row.cached_input_tokens),
    ...present('reasoningTokens', row.reasoning_tokens),
  };
}

/** A column that holds nothing is a field that is not there. */
function present<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { [Key in Name]?: NonNullable<Value> } {
  return value === null || value === undefined
    ? {}
    : ({ [name]: value } as { [Key in Name]?: NonNullable<Value> });
}

function jsonOf<Value>(text: string | null): Value | undefined {
  return text === null ? undefined : (JSON.parse(text) as Value);
}
