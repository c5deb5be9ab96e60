// How the table of a usage file came to be what it is, step by step. A step that was shipped is never changed: files exist
// that have taken it.

import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-invocations': { up: createInvocations },
};

/** The columns are what is asked for and summed up; `record` is the whole record, attempts included, as JSON. */
async function createInvocations(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('invocation')
    // In the order of arrival: what belongs to the same time lies together on the disk.
    .addColumn('number', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('team', 'text')
    .addColumn('capability', 'text')
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('input_tokens', 'integer', (column) => column.notNull())
    .addColumn('cached_input_tokens', 'integer')
    .addColumn('output_tokens', 'integer', (column) => column.notNull())
    .addColumn('reasoning_tokens', 'integer')
    .addColumn('cost_usd', 'real')
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
  await database.schema.createIndex('invocation_at').on('invocation').column('at').execute();
}
