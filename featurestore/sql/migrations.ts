import { internalSchema } from './statements.js';

/** One step of the store's format. Numbers only ever grow; a published step is never edited. */
export interface Migration {
  readonly number: number;
  readonly statements: readonly string[];
}

const s = internalSchema;

/**
 * The bookkeeping tables. `log` holds one narrow row for every write ever made (tombstones included); the values of a write lie in
 * `values_<group_id>_<version>` under the same `seq`. Times are milliseconds since 1970 UTC. Rows are only ever added.
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
        is_deleted BOOLEAN NOT NULL, digest VARCHAR NOT NULL, provenance_id BIGINT)`,
    ],
  },
];

/** The number of the newest format this program reads and writes. */
export const newestFormat: number = migrations.at(-1)?.number ?? 0;
