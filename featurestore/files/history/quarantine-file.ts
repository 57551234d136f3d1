import path from 'node:path';
import { readRows } from '../../sql/database.js';
import { quoteText } from '../../sql/dialect.js';
import type { Work } from '../../sql/session.js';
import { internalSchema } from '../../sql/statements.js';
import { columnList, type ParquetColumn, withParquet } from '../parquet-database.js';
import { fileDigest } from './file-digest.js';
import { type FileFacts, quarantineFileName } from './layout.js';

/** The quarantine's columns after the id of the group, in the order of its table. */
export const quarantineColumns: readonly ParquetColumn[] = [
  { name: 'version', type: 'integer' },
  { name: 'row_number', type: 'integer' },
  { name: 'record_id', type: 'string' },
  { name: 'event_time', type: 'integer' },
  { name: 'reasons', type: 'string' },
  { name: 'content', type: 'string' },
  { name: 'quarantined_at', type: 'integer' },
];

/** Writes the rows put aside of a group; undefined when there are none. */
export async function writeQuarantine(
  { database }: Work,
  groupId: number,
  folder: string,
): Promise<FileFacts | undefined> {
  const names = quarantineColumns.map(({ name }) => name).join(', ');
  const file = path.join(folder, quarantineFileName);
  return withParquet(async (parquet) => {
    await parquet.run(`CREATE TABLE quarantine (${columnList(quarantineColumns)})`);
    await database.scan(
      `SELECT ${names} FROM ${internalSchema}.quarantine WHERE group_id = ${groupId}
        ORDER BY quarantined_at, version, row_number`,
      [],
      ({ columns, rowCount }) => parquet.append({ schema: 'main', table: 'quarantine' }, columns, rowCount),
    );
    const [count] = await readRows(parquet, 'SELECT count(*) FROM quarantine');
    const rows = Number(count?.[0]);
    if (rows === 0) return undefined;
    await parquet.run(`COPY quarantine TO ${quoteText(file)} (FORMAT parquet)`);
    return { path: quarantineFileName, rows, sha256: await fileDigest(file) };
  });
}
