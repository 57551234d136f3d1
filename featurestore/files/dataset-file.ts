import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Column, Dataset } from '../contract/index.js';
import { StoreError, storeError } from '../errors.js';
import { quoteText } from '../sql/dialect.js';
import { csvLine, csvRow, csvText } from './csv.js';
import { checkPlace } from './export-group.js';
import { columnList, withParquet } from './parquet-database.js';

type NamedColumn = Column & { readonly name: string };

const writers: Readonly<Record<string, (file: string, dataset: Dataset) => Promise<void>>> = {
  '.csv': writeCsv,
  '.parquet': writeParquet,
};
/** Rows whose columns are held apart at once. */
const blockRows = 10_000;

/**
 * Writes a dataset to `.csv` or `.parquet`, a row for each patient: `patient_id`, the columns as `<group>.<feature>`, then `time_days` and
 * `event` (0 or 1) when it has outcomes. The same dataset gives the same bytes. A file of that name is replaced, whole or not at all.
 * @throws StoreError STORE_BAD_EXPORT
 */
export async function writeDataset(dataset: Dataset, file: string): Promise<void> {
  const write = writers[path.extname(file).toLowerCase()];
  if (write === undefined) throw storeError('STORE_BAD_EXPORT', file, 'expected a name that ends in .csv or .parquet');
  checkPlace(file);
  const temporary = `${path.resolve(file)}.${randomUUID()}.part`;
  try {
    await write(temporary, dataset);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    const what = error instanceof Error ? error.message : String(error);
    throw new StoreError('STORE_BAD_EXPORT', storeError('STORE_BAD_EXPORT', file, what).message, { cause: error });
  }
}

/** Some rows, column by column. */
function columnsOf({ spec, patientIds, columns, values, outcomes }: Dataset, from: number, to: number): NamedColumn[] {
  const width = columns.length;
  const matrix = columns.map(({ group, feature }, c): NamedColumn => {
    const column = Float64Array.from({ length: to - from }, (_, row) => values[(from + row) * width + c] as number);
    return { name: `${group}.${feature}`, type: 'double', values: column };
  });
  const ids: NamedColumn = { name: 'patient_id', type: 'string', values: patientIds.slice(from, to) };
  if (spec.outcome === undefined) return [ids, ...matrix];
  const some = outcomes.slice(from, to);
  const timeDays = Float64Array.from(some, (outcome) => outcome.timeDays);
  const event = Float64Array.from(some, (outcome) => (outcome.event ? 1 : 0));
  return [
    ids,
    ...matrix,
    { name: 'time_days', type: 'double', values: timeDays },
    { name: 'event', type: 'integer', values: event },
  ];
}

async function writeCsv(file: string, dataset: Dataset): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.write(csvLine(columnsOf(dataset, 0, 0).map(({ name }) => csvText(name))));
    await eachBlock(dataset, async (columns, rowCount) => {
      const lines = Array.from({ length: rowCount }, (_, row) => csvRow(columns, row));
      await handle.write(lines.join(''));
    });
  } finally {
    await handle.close();
  }
}

function writeParquet(file: string, dataset: Dataset): Promise<void> {
  return withParquet(async (parquet) => {
    await parquet.run(`CREATE TABLE dataset (${columnList(columnsOf(dataset, 0, 0))})`);
    await eachBlock(dataset, (columns, rowCount) =>
      parquet.append({ schema: 'main', table: 'dataset' }, columns, rowCount),
    );
    await parquet.run(`COPY dataset TO ${quoteText(file)} (FORMAT parquet)`);
  });
}

async function eachBlock(
  dataset: Dataset,
  onBlock: (columns: readonly NamedColumn[], rowCount: number) => Promise<void>,
): Promise<void> {
  const { length } = dataset.patientIds;
  for (let from = 0; from < length; from += blockRows) {
    const to = Math.min(length, from + blockRows);
    await onBlock(columnsOf(dataset, from, to), to - from);
  }
}
