import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { StoreError, storeError } from '../errors.js';
import type { GroupVersion } from '../groups/group-version.js';
import type { RowChunk, SqlDatabase } from '../sql/database.js';
import { quoteName } from '../sql/dialect.js';
import { csvLine, csvRow, csvText } from './csv.js';

/**
 * Writes the latest records of a group (columns of its newest version), ordered by record id, to `.csv`, whole or not at all.
 * @throws StoreError STORE_BAD_EXPORT
 */
export async function exportGroup(
  database: SqlDatabase,
  versions: readonly [GroupVersion, ...GroupVersion[]],
  file: string,
): Promise<{ readonly rows: number }> {
  const { group } = versions.at(-1) ?? versions[0];
  const temporary = `${file}.${randomUUID()}.part`;
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder)) throw storeError('STORE_BAD_EXPORT', file, `the folder "${folder}" does not exist`);
  const ending = path.extname(file).toLowerCase();
  if (ending !== '.csv') throw storeError('STORE_BAD_EXPORT', file, 'expected a name that ends in .csv or .parquet');
  const chunks: RowChunk[] = [];
  const sql = `SELECT * FROM ${quoteName(group.name)} ORDER BY ${quoteName(group.recordIdentifier)}`;
  await database.scan(sql, [], (chunk) => chunks.push(chunk));
  const header = csvLine(group.definitions.map((d) => csvText(d.name)));
  try {
    const handle = await open(temporary, 'wx');
    try {
      await writeCsv(handle, header, chunks);
    } finally {
      await handle.close();
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    const what = error instanceof Error ? error.message : String(error);
    throw new StoreError('STORE_BAD_EXPORT', storeError('STORE_BAD_EXPORT', file, what).message, { cause: error });
  }
  return { rows: chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0) };
}

async function writeCsv(handle: FileHandle, header: string, chunks: readonly RowChunk[]): Promise<void> {
  await handle.write(header);
  for (const chunk of chunks) {
    let text = '';
    for (let row = 0; row < chunk.rowCount; row++) text += csvRow(chunk.columns, row);
    await handle.write(text);
  }
}
