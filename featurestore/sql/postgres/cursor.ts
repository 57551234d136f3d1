import type { PoolClient } from 'pg';
import type { OnChunk, RowChunk, SqlColumn } from '../database.js';
import { engineError } from './failure.js';
import { columnOfRows, textParser } from './read-columns.js';

/** Rows of the first fetch, which shows how wide a row is. */
const firstRows = 32;
const mostRows = 10_000;
/** Values fetched at once. */
const chunkValues = 1_000_000;

/**
 * Hands over the rows of a reading statement piece by piece, so that a result of any size takes little memory; to be called inside a
 * transaction. What `onChunk` throws is passed on as it is.
 */
export async function scanWithCursor(client: PoolClient, sql: string, onChunk: OnChunk): Promise<void> {
  const query = (text: string) =>
    client
      .query({ text, values: [], rowMode: 'array' as const, types: { getTypeParser: textParser as never } })
      .catch((error: unknown) => {
        throw engineError(error);
      });
  // all rows will be fetched: the plan is to be the one for all of them
  await query('SET LOCAL cursor_tuple_fraction = 1');
  await query(`DECLARE thoracle_scan NO SCROLL CURSOR FOR ${sql}`);
  let count = firstRows;
  for (;;) {
    const { rows, fields } = await query(`FETCH FORWARD ${count} FROM thoracle_scan`);
    if (rows.length === 0) break;
    const columns = fields.map((field, index) => columnOfRows(rows, index, field.dataTypeID));
    const chunk = { columns, rowCount: rows.length };
    await onChunk(chunk);
    count = Math.min(mostRows, Math.max(1, Math.floor(chunkValues / valuesOfRow(chunk))));
  }
  await query('CLOSE thoracle_scan');
}

function valuesOfRow({ columns, rowCount }: RowChunk): number {
  const width = (column: SqlColumn): number => {
    const last = column.values[rowCount - 1];
    return last !== null && typeof last === 'object' ? last.length : 1;
  };
  return Math.max(
    1,
    columns.reduce((sum, column) => sum + width(column), 0),
  );
}
