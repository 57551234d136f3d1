import { storeError } from '../errors.js';
import { readRows, type SqlDatabase } from './database.js';
import { migrations, newestFormat } from './migrations.js';
import { internalSchema } from './statements.js';

/**
 * Brings a store to the newest format, in one transaction, or makes it when the database is empty.
 * @throws StoreError STORE_NEWER_FORMAT, STORE_OLDER_FORMAT (read-only) or STORE_NOT_A_STORE (someone else's tables)
 */
export async function migrate(database: SqlDatabase, file: string): Promise<void> {
  const tables = await readRows(
    database,
    `SELECT count(*) FILTER (WHERE table_schema = '${internalSchema}' AND table_name = 'migration'), count(*)
      FROM information_schema.tables`,
  );
  const [ours, all] = tables[0] ?? [];
  if (ours === 0 && all !== 0) {
    throw storeError('STORE_NOT_A_STORE', file, 'it is a DuckDB database but not a feature store');
  }
  const format = ours === 0 ? 0 : await currentFormat(database);
  if (format > newestFormat) throw storeError('STORE_NEWER_FORMAT', file, String(format), String(newestFormat));
  if (format === newestFormat) return;
  if (database.readOnly) throw storeError('STORE_OLDER_FORMAT', file, String(format), String(newestFormat));
  await database.transaction(async () => {
    if (format === 0) {
      await database.run(`CREATE SCHEMA ${internalSchema}`);
      await database.run(`CREATE TABLE ${internalSchema}.migration (number BIGINT NOT NULL)`);
    }
    for (const step of migrations.filter((m) => m.number > format)) {
      for (const statement of step.statements) await database.run(statement);
      await database.run(`INSERT INTO ${internalSchema}.migration VALUES (${step.number})`);
    }
  });
}

async function currentFormat(database: SqlDatabase): Promise<number> {
  const rows = await readRows(database, `SELECT coalesce(max(number), 0) FROM ${internalSchema}.migration`);
  return Number(rows[0]?.[0]);
}
