import { DuckDBInstance } from '@duckdb/node-api';
import type { FeatureType } from '../contract/index.js';
import { quoteName } from '../sql/dialect.js';
import { duckDbDialect } from '../sql/duckdb/dialect.js';
import { DuckDbDatabase } from '../sql/duckdb/engine.js';

/** A column of a Parquet file. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: FeatureType | 'boolean';
}

/** Hands an instance of DuckDB of its own to the work: the store's may not touch files. */
export async function withParquet<T>(work: (database: DuckDbDatabase) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { autoload_known_extensions: 'false' });
  const database = await DuckDbDatabase.connect(instance, false);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** DuckDB's name of a column's type. */
export function parquetType(type: ParquetColumn['type']): string {
  return type === 'boolean' ? 'BOOLEAN' : duckDbDialect.columnType[type];
}

/** `"a" DOUBLE, "b" VARCHAR`. */
export function columnList(columns: readonly ParquetColumn[]): string {
  return columns.map(({ name, type }) => `${quoteName(name)} ${parquetType(type)}`).join(', ');
}
