import { storeError } from '../errors.js';
import { readRows, type SqlDatabase } from './database.js';
import { type Dialect, newestFormat } from './dialect.js';
import { internalSchema } from './statements.js';

/**
 * Brings a store to the newest format, in one transaction, or makes it when the database is empty.
 * @param place the store's file or address, for messages
 * @returns whether anything was changed; then the views are to be made anew
 * @throws StoreError STORE_NEWER_FORMAT, STORE_OLDER_FORMAT (read-only) or STORE_NOT_A_STORE (someone else's tables)
 */
export async function migrate(database: SqlDatabase, dialect: Dialect, place: string): Promise<boolean> {
  const newest = newestFormat(dialect);
  const format = await checkedFormat(database, newest, place);
  if (format === newest) return false;
  return database.transaction(async () => {
    await database.lock('catalogue');
    // another process may have been here while this one waited
    const from = await checkedFormat(database, newest, place);
    if (from === newest) return false;
    if (from === 0) {
      const there = `SELECT 1 FROM information_schema.schemata WHERE schema_name = '${internalSchema}'`;
      if ((await readRows(database, there)).length === 0) await database.run(`CREATE SCHEMA ${internalSchema}`);
      await database.run(`CREATE TABLE ${internalSchema}.migration (number BIGINT NOT NULL)`);
    }
    for (const step of dialect.migrations.filter((m) => m.number > from)) {
      for (const statement of step.statements) await database.run(statement);
      await database.run(`INSERT INTO ${internalSchema}.migration VALUES (${step.number})`);
    }
    return true;
  });
}

/** The format there is, 0 for an empty database. A server's database may hold the tables of others, in schemas of their own. */
async function checkedFormat(database: SqlDatabase, newest: number, place: string): Promise<number> {
  const tables = await readRows(
    database,
    `SELECT count(*) FILTER (WHERE table_schema = '${internalSchema}' AND table_name = 'migration'), count(*)
      FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const [ours, all] = (tables[0] ?? []).map(Number);
  if (ours === 0 && all !== 0 && !database.isShared)
    throw storeError('STORE_NOT_A_STORE', place, 'it is a database but not a feature store');
  const format = ours === 0 ? 0 : await currentFormat(database);
  if (format > newest) throw storeError('STORE_NEWER_FORMAT', place, String(format), String(newest));
  if (format < newest && database.readOnly) {
    throw storeError('STORE_OLDER_FORMAT', place, String(format), String(newest));
  }
  return format;
}

async function currentFormat(database: SqlDatabase): Promise<number> {
  const rows = await readRows(database, `SELECT coalesce(max(number), 0) FROM ${internalSchema}.migration`);
  return Number(rows[0]?.[0]);
}
