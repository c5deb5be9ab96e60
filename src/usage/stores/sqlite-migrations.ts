// How the tables of a usage file came to be what they are, step by step. A step that was shipped is never changed: files
// exist that have taken it.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-invocations-and-attempts': { up: createTables },
  '0002-decisions': { up: addDecision },
};

async function addDecision(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('invocation').addColumn('decision', 'text').execute();
}

async function createTables(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('invocation')
    .addColumn('invocation', 'text', (column) => column.primaryKey().notNull())
    .addColumn('request', 'text')
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('caller', 'text', (column) => column.notNull())
    .addColumn('team', 'text')
    .addColumn('capability', 'text')
    .addColumn('version', 'text')
    .addColumn('revision', 'text')
    .addColumn('snapshot', 'text', (column) => column.notNull())
    .addColumn('tier', 'text')
    .addColumn('model', 'text')
    .addColumn('provider', 'text')
    .addColumn('input_tokens', 'integer', (column) => column.notNull())
    .addColumn('output_tokens', 'integer', (column) => column.notNull())
    .addColumn('cached_input_tokens', 'integer')
    .addColumn('reasoning_tokens', 'integer')
    .addColumn('cost_usd', 'real')
    .addColumn('estimated', 'integer', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('latency_ms', 'real', (column) => column.notNull())
    .addColumn('first_byte_ms', 'real')
    .addColumn('own_ms', 'real')
    .addColumn('stream', 'integer', (column) => column.notNull())
    .addColumn('cache', 'text')
    .addColumn('repairs', 'text')
    .addColumn('metadata', 'text')
    .execute();
  await database.schema.createIndex('invocation_at').on('invocation').column('at').execute();
  await database.schema
    .createTable('attempt')
    .addColumn('invocation', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('status', 'integer')
    .addColumn('message', 'text')
    .addColumn('at', 'real', (column) => column.notNull())
    .addColumn('latency_ms', 'real', (column) => column.notNull())
    .addColumn('queue_ms', 'real')
    .addColumn('first_byte_ms', 'real')
    .addColumn('input_tokens', 'integer')
    .addColumn('output_tokens', 'integer')
    .addColumn('cached_input_tokens', 'integer')
    .addColumn('reasoning_tokens', 'integer')
    .addColumn('estimated', 'integer', (column) => column.notNull())
    .addColumn('hedge', 'integer', (column) => column.notNull())
    .addColumn('cost_usd', 'real')
    .addPrimaryKeyConstraint('attempt_key', ['invocation', 'number'])
    .execute();
}
