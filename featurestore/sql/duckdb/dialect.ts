import type { Dialect } from '../dialect.js';

/** DuckDB: a timestamp has no zone and microseconds; every value the store writes is UTC. */
export const duckDbDialect: Dialect = {
  columnType: { double: 'DOUBLE', integer: 'BIGINT', string: 'VARCHAR', timestamp: 'TIMESTAMP' },
  timestampOfMs: (expression) => `make_timestamp(${expression} * 1000)`,
  createView: (quotedName, select) => `CREATE OR REPLACE VIEW ${quotedName} AS ${select}`,
};
