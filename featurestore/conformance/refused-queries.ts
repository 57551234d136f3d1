/** What somebody could try beyond reading, once for each back end: the same intent in the words of its SQL. */
export interface RefusedQuery {
  readonly intent: string;
  readonly DuckDB: string;
  readonly PostgreSQL: string;
}

const log = 'thoracle_internal.log';
const same = (intent: string, sql: string): RefusedQuery => ({ intent, DuckDB: sql, PostgreSQL: sql });
const each = (intent: string, DuckDB: string, PostgreSQL: string): RefusedQuery => ({ intent, DuckDB, PostgreSQL });

export const refusedQueries: readonly RefusedQuery[] = [
  same('insert', `INSERT INTO ${log} SELECT * FROM ${log}`),
  same('update', `UPDATE ${log} SET event_time = 1`),
  same('delete', `DELETE FROM ${log}`),
  same('truncate', `TRUNCATE ${log}`),
  same('merge', `MERGE INTO ${log} a USING ${log} b ON a.seq = b.seq WHEN MATCHED THEN DELETE`),
  same('a delete within WITH', `WITH x AS (DELETE FROM ${log} RETURNING *) SELECT * FROM x`),
  same('a new table', 'CREATE TABLE mine (a INT)'),
  same('a temporary table', 'CREATE TEMP TABLE mine (a INT)'),
  same('a table of a query', 'CREATE TABLE mine AS SELECT 1'),
  each('a table by SELECT', 'CREATE OR REPLACE TABLE mine AS SELECT 1', 'SELECT 1 INTO mine'),
  same('another view', 'CREATE OR REPLACE VIEW plain AS SELECT 1'),
  same('no view', 'DROP VIEW plain'),
  same('another column', `ALTER TABLE ${log} ADD COLUMN x INT`),
  same('no schema', 'DROP SCHEMA thoracle_internal CASCADE'),
  each('a function', 'CREATE MACRO f(a) AS a + 1', "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
  each('code', 'EXECUTE something', 'DO $$ BEGIN PERFORM 1; END $$'),
  each('attach', "ATTACH 'other.duckdb'", 'CREATE EXTENSION postgres_fdw'),
  each(
    'another database',
    "SELECT * FROM postgres_scan('', 'public', 't')",
    "SELECT * FROM dblink('', 'SELECT 1') t (a int)",
  ),
  each('copy to a file', `COPY ${log} TO 'out.csv'`, `COPY ${log} TO '/tmp/out.csv'`),
  each('copy from a file', `COPY ${log} FROM 'in.csv'`, `COPY ${log} FROM '/etc/passwd'`),
  each('run a program', "COPY (SELECT 1) TO '|true'", "COPY (SELECT 1) TO PROGRAM 'true'"),
  each(
    'read a table from a file',
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM pg_read_file('/etc/passwd') t",
  ),
  each('read a text', "SELECT * FROM read_text('/etc/passwd')", "SELECT pg_read_file('/etc/passwd')"),
  each('read bytes', "SELECT * FROM read_blob('/etc/passwd')", "SELECT pg_read_binary_file('/etc/passwd')"),
  each('a file as a table', "SELECT * FROM '/etc/passwd'", 'SELECT * FROM pg_hba_file_rules'),
  each('list a folder', "SELECT * FROM glob('/*')", "SELECT pg_ls_dir('/')"),
  each('a file by a quoted name', `SELECT * FROM "read_text"('/etc/passwd')`, `SELECT "pg_read_file"('/etc/passwd')`),
  each(
    'a file by a qualified name and a comment',
    "SELECT * FROM main . read_text /* x */ ('/etc/passwd')",
    "SELECT pg_catalog . pg_read_file /* x */ ('/etc/passwd')",
  ),
  each(
    'a file within a subquery',
    "SELECT (SELECT count(*) FROM read_text('/etc/passwd'))",
    "SELECT (SELECT count(*) FROM (SELECT pg_read_file('/etc/passwd')) t)",
  ),
  each(
    'a file behind a name that looks like a comment',
    `SELECT 1 AS "--", (SELECT content FROM read_text('/etc/passwd'))`,
    `SELECT 1 AS "--", pg_read_file('/etc/passwd')`,
  ),
  each(
    'a file behind names that look like a text',
    `SELECT 1 AS "'", (SELECT content FROM read_text('/etc/passwd')) AS "'"`,
    `SELECT 1 AS "'", pg_read_file('/etc/passwd') AS "'"`,
  ),
  each(
    'a file behind names that look like dollar quotes',
    `SELECT 1 AS "a$x$", (SELECT content FROM read_text('/etc/passwd')) AS "b$x$"`,
    "SELECT 1 AS a$x$, pg_read_file('/etc/passwd') AS b$x$",
  ),
  each(
    'a query given as text',
    "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
    "SELECT query_to_xml('SELECT pg_read_file(''/etc/passwd'')', true, true, '')",
  ),
  each('a large object', "SELECT * FROM parquet_metadata('/etc/passwd')", "SELECT lo_import('/etc/passwd')"),
  each('secrets', 'SELECT * FROM duckdb_secrets()', 'SELECT rolpassword FROM pg_authid'),
  each('the environment', "SELECT getenv('HOME')", 'SELECT * FROM pg_file_settings'),
  each('install an extension', 'INSTALL httpfs', 'CREATE EXTENSION dblink'),
  each('load an extension', 'LOAD httpfs', "LOAD 'plpgsql'"),
  each('a setting', 'SET threads = 1', 'SET statement_timeout = 0'),
  each('a setting by function', 'SELECT setseed(0.5)', "SELECT set_config('transaction_read_only', 'off', false)"),
  each('unlock', 'SET enable_external_access = true', 'SET TRANSACTION READ WRITE'),
  each('a setting of the server', 'SET GLOBAL lock_configuration = false', "ALTER SYSTEM SET fsync = 'off'"),
  each('back to the default', 'RESET threads', 'RESET ALL'),
  each('another role', 'USE memory', 'SET ROLE postgres'),
  same('hold the connection', 'SELECT pg_sleep(1)'),
  each('number a sequence', "SELECT nextval('s')", "SELECT setval('s', 1)"),
  each('write a log', "SELECT write_log('x')", "SELECT pg_logical_emit_message(false, 'a', 'b')"),
  each('a lock', 'CALL force_checkpoint()', 'SELECT pg_advisory_lock(1)'),
  each('lock rows', 'FORCE CHECKPOINT', 'SELECT * FROM thoracle_internal.log FOR UPDATE'),
  each('lock a table', 'SELECT * FROM checkpoint()', `LOCK TABLE ${log}`),
  each('stop others', 'SELECT * FROM enable_logging()', 'SELECT pg_terminate_backend(1)'),
  each('tell others', 'PRAGMA enable_profiling', 'NOTIFY x'),
  same('maintenance', 'VACUUM'),
  same('a checkpoint', 'CHECKPOINT'),
  same('begin', 'BEGIN'),
  same('commit', 'COMMIT'),
  same('roll back', 'ROLLBACK'),
  same('prepare', 'PREPARE p AS SELECT 1'),
  same('execute', 'EXECUTE p'),
  same('two statements', `SELECT 1; DELETE FROM ${log}`),
  same('an end before the second', `COMMIT; DELETE FROM ${log}`),
  same('something after NUL', `SELECT 1\0; DELETE FROM ${log}`),
  same('nothing', ' ; -- nothing'),
];
