import { DuckDBInstance } from '@duckdb/node-api';
import type { FeatureDefinition } from '../contract/index.js';
import type { RowChunk } from '../sql/database.js';
import { quoteName, quoteText } from '../sql/dialect.js';
import { duckDbDialect } from '../sql/duckdb/dialect.js';
import { DuckDbDatabase } from '../sql/duckdb/engine.js';

/**
 * Writes chunks to a Parquet file with an instance of DuckDB of its own: the store's may not touch files.
 * @param source hands every chunk, in order, to the function it is given
 */
export async function writeParquet(
  file: string,
  definitions: readonly FeatureDefinition[],
  source: (onChunk: (chunk: RowChunk) => Promise<void>) => Promise<void>,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { autoload_known_extensions: 'false' });
  const database = await DuckDbDatabase.connect(instance, false);
  try {
    const columns = definitions.map((d) => `${quoteName(d.name)} ${duckDbDialect.columnType[d.type]}`);
    await database.run(`CREATE TABLE records (${columns.join(', ')})`);
    await source((chunk) => database.append({ schema: 'main', table: 'records' }, chunk.columns, chunk.rowCount));
    await database.run(`COPY records TO ${quoteText(file)} (FORMAT parquet)`);
  } finally {
    await database.close();
  }
}
