import type { FieldDef, Pool, PoolClient, QueryArrayConfig } from 'pg';
import type { QueryResult, StoreValue } from '../../contract/index.js';
import { StoreError, storeError } from '../../errors.js';
import { isUnreadable, namesOf } from './called-names.js';
import { engineError, sqlState } from './failure.js';
import { viewSchema } from './migrations.js';

/** Values that are handed over at most. */
const mostValues = 20_000_000;
/** Volatile for PostgreSQL, but only answering something else each time. */
const harmless = ['clock_timestamp', 'gen_random_uuid', 'random', 'random_normal', 'timeofday', 'uuidv4', 'uuidv7'];
/** Not volatile for PostgreSQL, but they run a query or read a table that is given as text. */
const runsText = '(query|cursor|table|schema|database)_to_xml';
/** What shows the server's files, secrets and large objects as tables. */
const refusedTables: ReadonlySet<string> = new Set([
  'pg_authid',
  'pg_file_settings',
  'pg_hba_file_rules',
  'pg_ident_file_mappings',
  'pg_largeobject',
  'pg_shadow',
  'pg_subscription',
  'pg_user_mapping',
  'pg_user_mappings',
]);

/**
 * Runs a statement of a user so that it can only read: in a read-only transaction of its own, as the query of a cursor (for which
 * PostgreSQL takes nothing but SELECT, VALUES and TABLE, one of them, without data-modifying WITH), without functions that PostgreSQL
 * lists as volatile (which is what reads files, sleeps, locks, signals and changes settings), within a time limit.
 */
export async function selectOnly(
  pool: Pool,
  sql: string,
  parameters: readonly StoreValue[],
  limitMs: number,
): Promise<QueryResult> {
  if (sql.includes('\0')) throw storeError('STORE_QUERY_REFUSED', 'it holds a NUL character');
  if (isUnreadable(sql))
    throw storeError(
      'STORE_QUERY_REFUSED',
      'it holds nested comments, names or texts with U&, or a quote after a backslash',
    );
  checkParameters(parameters);
  const client = await pool.connect().catch((error: unknown) => {
    throw engineError(error);
  });
  let broken: Error | undefined;
  try {
    await client.query('BEGIN TRANSACTION READ ONLY');
    await client.query(
      `SELECT set_config('statement_timeout', '${limitMs}', true), set_config('search_path', '${viewSchema}', true),
        set_config('standard_conforming_strings', 'on', true), set_config('TimeZone', 'UTC', true)`,
    );
    return await runGuarded(client, sql.replace(/[\s;]+$/, ''), parameters, limitMs);
  } finally {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    client.release(broken);
  }
}

async function runGuarded(
  client: PoolClient,
  sql: string,
  parameters: readonly StoreValue[],
  limitMs: number,
): Promise<QueryResult> {
  await checkFunctions(client, sql);
  const inner = plannedOnly(sql);
  try {
    if (inner !== undefined) return await planOf(client, inner, parameters);
    await client.query(extended(`DECLARE thoracle_query NO SCROLL CURSOR FOR ${sql}`, parameters));
    const { fields, rows } = await client.query({
      ...extended(`FETCH FORWARD ${mostValues + 1} FROM thoracle_query`, []),
      types: { getTypeParser: valueParser as never },
    });
    if (rows.length * fields.length > mostValues) {
      throw storeError('STORE_QUERY_SIZE', rows.length, fields.length, mostValues);
    }
    return { columns: fields.map(columnOf), rows: rows as StoreValue[][] };
  } catch (error) {
    throw queryError(error, limitMs);
  }
}

/** The statement behind `EXPLAIN`, which plans and runs nothing; whatever options follow it stay in and are refused. */
function plannedOnly(sql: string): string | undefined {
  const explain = /^(?:\s|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*explain\b/i.exec(sql);
  return explain === null ? undefined : sql.slice(explain[0].length);
}

/** The plan of a statement that a cursor takes, which is one that only reads. */
async function planOf(client: PoolClient, inner: string, parameters: readonly StoreValue[]): Promise<QueryResult> {
  await client.query(extended(`DECLARE thoracle_query NO SCROLL CURSOR FOR ${inner}`, parameters));
  const { fields, rows } = await client.query(extended(`EXPLAIN ${inner}`, parameters));
  return { columns: fields.map(columnOf), rows: rows as StoreValue[][] };
}

/** The extended protocol takes one statement only, whatever the text holds. */
function extended(text: string, parameters: readonly StoreValue[]): QueryArrayConfig {
  return { text, values: [...parameters], rowMode: 'array', queryMode: 'extended' } as QueryArrayConfig;
}

async function checkFunctions(client: PoolClient, sql: string): Promise<void> {
  const { all, called } = namesOf(sql);
  const table = all.find((name) => refusedTables.has(name));
  if (table !== undefined) throw storeError('STORE_QUERY_REFUSED', `it reads "${table}"`);
  const { rows } = await client.query(
    `SELECT proname FROM pg_catalog.pg_proc WHERE proname = ANY($1::text[])
      AND (provolatile = 'v' AND NOT proname = ANY($2::text[]) OR proname ~ $3) LIMIT 1`,
    [called, harmless, `^${runsText}`],
  );
  const name = (rows[0] as { proname: string } | undefined)?.proname;
  if (name !== undefined) throw storeError('STORE_QUERY_REFUSED', `it calls the function "${name}"`);
}

function checkParameters(parameters: readonly StoreValue[]): void {
  for (const [index, value] of parameters.entries()) {
    if (value === null || ['string', 'boolean', 'number'].includes(typeof value)) continue;
    throw storeError('STORE_BAD_PARAMETER', `parameter ${index + 1} is neither text, number, boolean nor null`);
  }
}

/** SQLSTATE classes: 25006 read-only transaction, 42601 syntax (also what DECLARE does not take), 0A000 not supported. */
function queryError(error: unknown, limitMs: number): StoreError {
  if (error instanceof StoreError) return error;
  const code = sqlState(error);
  const message = String((error as Error).message)
    .replace(/\s+/g, ' ')
    .trim();
  if (code === '57014') return storeError('STORE_QUERY_TIME', limitMs / 1000);
  if (code === '25006' || code === '0A000' || /multiple commands/.test(message)) {
    return storeError('STORE_QUERY_REFUSED', message);
  }
  if (code === '08P01') return storeError('STORE_BAD_PARAMETER', message);
  const failure = engineError(error);
  if (failure.code === 'STORE_CONNECTION') return failure;
  return new StoreError('STORE_QUERY_FAILED', storeError('STORE_QUERY_FAILED', message).message, { cause: error });
}

const typeNames: Readonly<Record<number, string>> = {
  16: 'BOOLEAN',
  20: 'BIGINT',
  21: 'SMALLINT',
  23: 'INTEGER',
  25: 'VARCHAR',
  700: 'FLOAT',
  701: 'DOUBLE',
  1043: 'VARCHAR',
  1082: 'DATE',
  1114: 'TIMESTAMP',
  1184: 'TIMESTAMP WITH TIME ZONE',
  1700: 'DECIMAL',
};

function columnOf(field: FieldDef): QueryResult['columns'][number] {
  return { name: field.name, type: typeNames[field.dataTypeID] ?? `oid ${field.dataTypeID}` };
}

/** The same plain values as from DuckDB: exact integers are numbers, NaN is null, times are ISO 8601 in UTC, the rest is text. */
function valueParser(oid: number): (text: string) => StoreValue {
  switch (typeNames[oid]) {
    case 'BOOLEAN':
      return (text) => text === 't';
    case 'BIGINT':
    case 'SMALLINT':
    case 'INTEGER':
      return (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
    case 'FLOAT':
    case 'DOUBLE':
      return (text) => (text === 'NaN' ? null : Number(text));
    case 'DECIMAL':
      return (text) => (text.replace(/[-.]/g, '').replace(/^0+/, '').length <= 15 ? Number(text) : text);
    case 'TIMESTAMP':
    case 'TIMESTAMP WITH TIME ZONE':
      return isoTime;
    default:
      return (text) => text;
  }
}

function isoTime(text: string): string {
  const parts = /^(\d+)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:\+00)?( BC)?$/.exec(text);
  if (parts === null) return text;
  const [, year, month, day, hour, minute, second, fraction = '', era] = parts;
  const date = new Date(0);
  date.setUTCFullYear(era === undefined ? Number(year) : 1 - Number(year), Number(month) - 1, Number(day));
  const micros = fraction.padEnd(6, '0');
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(micros.slice(0, 3)));
  const iso = date.toISOString();
  return micros.endsWith('000') ? iso : iso.replace('Z', `${micros.slice(3)}Z`);
}
