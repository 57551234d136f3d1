import { internalSchema } from './statements.js';

/** One step of the store's format. Numbers only ever grow; a published step is never edited. */
export interface Migration {
  readonly number: number;
  readonly statements: readonly string[];
}

const s = internalSchema;

/**
 * The bookkeeping tables. `log` holds one row for every write ever made, tombstones included; rows are only ever added. Times are
 * milliseconds since 1970 UTC. The values of a row are two lists, numbers and texts, because a table with a column
 * for each of 22,000 genes takes seconds to write to and to read a record from; the views name the columns.
 */
export const migrations: readonly Migration[] = [
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
];

/** The number of the newest format this program reads and writes. */
export const newestFormat: number = migrations.at(-1)?.number ?? 0;
