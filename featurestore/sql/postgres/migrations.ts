import type { Migration } from '../dialect.js';
import { internalSchema } from '../statements.js';

/** Schema of the views that users query. */
export const viewSchema = 'features';

const s = internalSchema;
const text = 'text COLLATE "C"';

/**
 * The tables of the DuckDB store with PostgreSQL's types and indexes. `seq` is unique within a group, whose lock every writer holds,
 * so the greatest one and its write time are one step into the index; the second index leads to the line of a record that counts.
 * Lists are kept outside the row without compression: packing float64 costs time and saves little.
 */
export const postgresMigrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      `CREATE SCHEMA IF NOT EXISTS ${viewSchema}`,
      `CREATE TABLE ${s}.catalogue_state (revision bigint NOT NULL, last_group_id bigint NOT NULL)`,
      `INSERT INTO ${s}.catalogue_state VALUES (0, 0)`,
      `CREATE TABLE ${s}.feature_group (
        group_id bigint NOT NULL, name ${text} NOT NULL, version bigint NOT NULL, record_identifier ${text} NOT NULL,
        event_time ${text} NOT NULL, settings_digest ${text} NOT NULL, created_at bigint NOT NULL,
        PRIMARY KEY (group_id, version), UNIQUE (name, version))`,
      `CREATE TABLE ${s}.feature (
        group_id bigint NOT NULL, version bigint NOT NULL, position bigint NOT NULL, name ${text} NOT NULL,
        type ${text} NOT NULL, unit ${text} NOT NULL, description ${text} NOT NULL, role ${text} NOT NULL,
        reference ${text}, PRIMARY KEY (group_id, version, position))`,
      `CREATE TABLE ${s}.group_setting (
        group_id bigint PRIMARY KEY, description ${text} NOT NULL, owner ${text} NOT NULL, tags ${text} NOT NULL,
        online boolean NOT NULL, offline boolean NOT NULL, ttl bigint, updated_at bigint NOT NULL)`,
      `CREATE TABLE ${s}.provenance (provenance_id bigint PRIMARY KEY, content ${text} NOT NULL)`,
      `CREATE TABLE ${s}.log (
        seq bigint NOT NULL, group_id bigint NOT NULL, version bigint NOT NULL, record_id ${text} NOT NULL,
        event_time bigint NOT NULL, write_time bigint NOT NULL, api_invocation_time bigint NOT NULL,
        is_deleted boolean NOT NULL, provenance_id bigint, numbers double precision[], texts text[] COLLATE "C",
        is_online boolean NOT NULL, is_offline boolean NOT NULL, epoch bigint NOT NULL, is_hard boolean NOT NULL,
        expires_at bigint, PRIMARY KEY (group_id, seq))`,
      `ALTER TABLE ${s}.log ALTER COLUMN numbers SET STORAGE EXTERNAL`,
      `CREATE INDEX log_record ON ${s}.log (group_id, record_id, epoch DESC, is_hard, event_time DESC, seq DESC)`,
      `CREATE INDEX log_hard ON ${s}.log (group_id, record_id) WHERE is_hard`,
      `CREATE TABLE ${s}.quarantine (
        group_id bigint NOT NULL, version bigint NOT NULL, row_number bigint NOT NULL, record_id ${text} NOT NULL,
        event_time bigint NOT NULL, reasons ${text} NOT NULL, content ${text} NOT NULL, quarantined_at bigint NOT NULL)`,
    ],
  },
];
