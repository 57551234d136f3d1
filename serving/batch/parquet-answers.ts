import type { AnswerColumn } from './answer-lines.js';
import { literal, openDuckDb } from './parquet-source.js';

/** Between names in one cell of the table that becomes a Parquet file: in no name of a column. */
export const nameSeparator = '\u001f';

const types: Readonly<Record<AnswerColumn['type'], string>> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  text: 'VARCHAR',
  names: 'VARCHAR',
};

/**
 * Writes a table of answers as Parquet (zstd); the same table gives the same bytes.
 * @param table comma-separated, with a header; names in a cell separated by `nameSeparator`
 * @throws the system's error ENOSPC when the disk is full
 */
export async function writeParquetAnswers(table: string, out: string, columns: readonly AnswerColumn[]): Promise<void> {
  const { connection, close } = await openDuckDb();
  try {
    const named = (name: string) => `"${name.replaceAll('"', '""')}"`;
    const read = columns.map(({ name, type }) => `${literal(name)}: '${types[type]}'`).join(', ');
    const selected = columns.map(({ name, type }) => {
      if (type !== 'names') return named(name);
      return `string_split(coalesce(nullif(${named(name)}, ''), NULL), chr(31)) AS ${named(name)}`;
    });
    const source = `read_csv(${literal(table)}, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', auto_detect = false, max_line_size = 33554432, parallel = false, columns = {${read}})`;
    await connection.run(
      `COPY (SELECT ${selected.join(', ')} FROM ${source}) TO ${literal(out)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  } catch (error) {
    throw asSystemError(error, out);
  } finally {
    await close();
  }
}

/** The database tells of a full disk in words only. */
function asSystemError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !/no space left on device/i.test(error.message)) return error;
  return Object.assign(new Error(error.message, { cause: error }), { code: 'ENOSPC', path });
}
