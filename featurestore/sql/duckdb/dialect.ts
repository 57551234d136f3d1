import type { Dialect } from '../dialect.js';
import { duckDbMigrations } from './migrations.js';

/** DuckDB: a timestamp has no zone and counts microseconds; text compares by its UTF-8 bytes, which is the order of code points. */
export const duckDbDialect: Dialect = {
  columnType: { double: 'DOUBLE', integer: 'BIGINT', string: 'VARCHAR', timestamp: 'TIMESTAMP' },
  migrations: duckDbMigrations,
  viewPrefix: '',
  mostViewColumns: Number.POSITIVE_INFINITY,
  takesNul: true,
  nowMs: 'epoch_ms(now())',
  timestampOfMs: (expression) => `make_timestamp(${expression} * 1000)`,
  codePointOrder: (expression) => expression,
  latestSeqs: (from) => `SELECT arg_max(seq, (epoch, NOT is_hard, event_time, seq)) FROM ${from} GROUP BY record_id`,
  createView: (quotedName, select) => [`CREATE OR REPLACE VIEW ${quotedName} AS ${select}`],
};
