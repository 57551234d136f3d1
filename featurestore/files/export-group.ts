import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { FeatureGroup } from '../contract/index.js';
import { StoreError, storeError } from '../errors.js';
import type { RowChunk } from '../sql/database.js';
import type { Work } from '../sql/session.js';
import { csvLine, csvRow, csvText } from './csv.js';
import { scanLatestRecords } from './latest-records.js';
import { writeParquet } from './parquet.js';

type ChunkSource = (onChunk: (chunk: RowChunk) => Promise<void>) => Promise<void>;

/** How the records get into a file, by its ending. */
const writers: Readonly<Record<string, (file: string, group: FeatureGroup, source: ChunkSource) => Promise<void>>> = {
  '.csv': writeCsv,
  '.parquet': (file, group, source) => writeParquet(file, group.definitions, source),
};

/**
 * Writes the latest records of a group, in the columns of its newest version, ordered by record id (code points), to `.csv` or
 * `.parquet`. A file of that name is replaced, whole or not at all.
 * @throws StoreError STORE_BAD_EXPORT
 */
export async function exportGroup(work: Work, name: string, file: string): Promise<{ readonly rows: number }> {
  const write = writers[path.extname(file).toLowerCase()];
  if (write === undefined) throw storeError('STORE_BAD_EXPORT', file, 'expected a name that ends in .csv or .parquet');
  checkPlace(file);
  const versions = work.catalogue.versions(name);
  const { group } = versions.at(-1) ?? versions[0];
  const temporary = `${path.resolve(file)}.${randomUUID()}.part`;
  let rows = 0;
  try {
    await write(temporary, group, (onChunk) =>
      scanLatestRecords(work, versions, (chunk) => {
        rows += chunk.rowCount;
        return onChunk(chunk);
      }),
    );
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    const what = error instanceof Error ? error.message : String(error);
    throw new StoreError('STORE_BAD_EXPORT', storeError('STORE_BAD_EXPORT', file, what).message, { cause: error });
  }
  return { rows };
}

/** Looks whether a file may be written there. @throws StoreError STORE_BAD_EXPORT */
export function checkPlace(file: string): void {
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder)) throw storeError('STORE_BAD_EXPORT', file, `the folder "${folder}" does not exist`);
  if (existsSync(file) && !statSync(file).isFile()) throw storeError('STORE_BAD_EXPORT', file, 'it is not a file');
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw storeError('STORE_BAD_EXPORT', file, `the folder "${folder}" is not writable`);
  }
}

async function writeCsv(file: string, group: FeatureGroup, source: ChunkSource): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.write(csvLine(group.definitions.map((d) => csvText(d.name))));
    await source(async (chunk) => {
      const lines: string[] = [];
      for (let row = 0; row < chunk.rowCount; row++) lines.push(csvRow(chunk.columns, row));
      await handle.write(lines.join(''));
    });
  } finally {
    await handle.close();
  }
}
