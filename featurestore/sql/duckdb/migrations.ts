import type { Migration } from '../dialect.js';
import { internalSchema } from '../statements.js';

const s = internalSchema;

/**
 * The bookkeeping tables. `log` holds one row for every write ever made, tombstones included; rows are only ever added. Times are
 * milliseconds since 1970 UTC. The values of a row are two lists, numbers and texts, because a table with a column
 * for each of 22,000 genes takes seconds to write to and to read a record from; the views name the columns.
 *
 * `seq` counts the lines of a group in the order of writing. `epoch` counts the hard deletions of a record up to a line, itself
 * included: only lines of a record's greatest epoch count. `is_online` and `is_offline` say where a line counts, among the latest
 * records or in the history; `expires_at` when it stops to be a latest record.
 */
export const duckDbMigrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      `CREATE TABLE ${s}.feature_group (
        group_id BIGINT NOT NULL, name VARCHAR NOT NULL, version BIGINT NOT NULL, record_identifier VARCHAR NOT NULL,
        event_time VARCHAR NOT NULL, settings_digest VARCHAR NOT NULL, created_at BIGINT NOT NULL)`,
      `CREATE TABLE ${s}.feature (
        group_id BIGINT NOT NULL, version BIGINT NOT NULL, position BIGINT NOT NULL, name VARCHAR NOT NULL,
        type VARCHAR NOT NULL, unit VARCHAR NOT NULL, description VARCHAR NOT NULL, role VARCHAR NOT NULL,
        reference VARCHAR)`,
      `CREATE TABLE ${s}.provenance (provenance_id BIGINT NOT NULL, content VARCHAR NOT NULL)`,
      `CREATE TABLE ${s}.log (
        seq BIGINT NOT NULL, group_id BIGINT NOT NULL, version BIGINT NOT NULL, record_id VARCHAR NOT NULL,
        event_time BIGINT NOT NULL, write_time BIGINT NOT NULL, api_invocation_time BIGINT NOT NULL,
        is_deleted BOOLEAN NOT NULL, digest VARCHAR NOT NULL, provenance_id BIGINT, numbers DOUBLE[], texts VARCHAR[])`,
    ],
  },
  {
    number: 2,
    statements: [
      `CREATE TABLE ${s}.catalogue_state (revision BIGINT NOT NULL, last_group_id BIGINT NOT NULL)`,
      `INSERT INTO ${s}.catalogue_state SELECT 0, coalesce(max(group_id), 0) FROM ${s}.feature_group`,
      `CREATE TABLE ${s}.group_setting (
        group_id BIGINT NOT NULL, description VARCHAR NOT NULL, owner VARCHAR NOT NULL, tags VARCHAR NOT NULL,
        online BOOLEAN NOT NULL, offline BOOLEAN NOT NULL, ttl BIGINT, updated_at BIGINT NOT NULL)`,
      `INSERT INTO ${s}.group_setting
        SELECT group_id, '', '', '{}', TRUE, TRUE, NULL, min(created_at) FROM ${s}.feature_group GROUP BY group_id`,
      // adding columns with defaults one by one would need a setting that is locked
      `ALTER TABLE ${s}.log RENAME TO log_before`,
      `CREATE TABLE ${s}.log (
        seq BIGINT NOT NULL, group_id BIGINT NOT NULL, version BIGINT NOT NULL, record_id VARCHAR NOT NULL,
        event_time BIGINT NOT NULL, write_time BIGINT NOT NULL, api_invocation_time BIGINT NOT NULL,
        is_deleted BOOLEAN NOT NULL, provenance_id BIGINT, numbers DOUBLE[], texts VARCHAR[], is_online BOOLEAN NOT NULL,
        is_offline BOOLEAN NOT NULL, epoch BIGINT NOT NULL, is_hard BOOLEAN NOT NULL, expires_at BIGINT)`,
      `INSERT INTO ${s}.log SELECT seq, group_id, version, record_id, event_time, write_time, api_invocation_time, is_deleted,
        provenance_id, numbers, texts, TRUE, TRUE, 0, FALSE, NULL FROM ${s}.log_before ORDER BY seq`,
      `DROP TABLE ${s}.log_before`,
      `CREATE TABLE ${s}.quarantine (
        group_id BIGINT NOT NULL, version BIGINT NOT NULL, row_number BIGINT NOT NULL, record_id VARCHAR NOT NULL,
        event_time BIGINT NOT NULL, reasons VARCHAR NOT NULL, content VARCHAR NOT NULL, quarantined_at BIGINT NOT NULL)`,
    ],
  },
  {
    number: 3,
    // DuckDB looks one column up in an index; the lines of other groups with the same number are few
    statements: [`CREATE INDEX log_seq ON ${s}.log (seq)`],
  },
];
