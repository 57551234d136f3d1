import type { Dialect } from '../dialect.js';
import { newestFirst } from '../statements.js';
import { postgresMigrations, viewSchema } from './migrations.js';

/** The earliest time that a timestamp of PostgreSQL holds, in milliseconds since 1970 UTC (4713 BC). */
const earliestMs = -210_866_803_200_000;

/** PostgreSQL: a view has at most 1,664 columns; earlier times than 4713 BC are shown as -infinity. */
export const postgresDialect: Dialect = {
  columnType: { double: 'double precision', integer: 'bigint', string: 'text', timestamp: 'timestamp' },
  migrations: postgresMigrations,
  viewPrefix: `${viewSchema}.`,
  mostViewColumns: 1600,
  takesNul: false,
  nowMs: '(extract(epoch FROM now()) * 1000)',
  timestampOfMs: (expression) =>
    `(CASE WHEN ${expression} < ${earliestMs} THEN timestamp '-infinity'
      ELSE timestamp '1970-01-01' + (${expression}) * interval '1 millisecond' END)`,
  codePointOrder: (expression) => `${expression} COLLATE "C"`,
  latestSeqs: (from) => `SELECT DISTINCT ON (record_id) seq FROM ${from} ORDER BY record_id, ${newestFirst}`,
  createView: (quotedName, select) => [`DROP VIEW IF EXISTS ${quotedName}`, `CREATE VIEW ${quotedName} AS ${select}`],
};
