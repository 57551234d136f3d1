import { basename } from 'node:path';
import { ServingError, servingErrors } from '../errors.js';

/** What a file of rows or answers holds, by the ending of its name. */
export interface BatchFormat {
  readonly kind: 'csv' | 'jsonl' | 'parquet';
  /** By gzip. */
  readonly packed: boolean;
}

const endings: Readonly<Record<string, BatchFormat['kind']>> = {
  csv: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
};

function formatOf(file: string): BatchFormat | undefined {
  const name = basename(file).toLowerCase();
  const packed = name.endsWith('.gz');
  const ending = (packed ? name.slice(0, -3) : name).split('.').at(-1) ?? '';
  const kind = Object.hasOwn(endings, ending) ? endings[ending] : undefined;
  return kind === undefined || (packed && kind === 'parquet') ? undefined : { kind, packed };
}

/** @throws ServingError SERVING_BATCH_INPUT */
export function inputFormat(file: string): BatchFormat {
  const format = formatOf(file);
  if (format !== undefined) return format;
  const what = 'its name ends in none of .csv, .csv.gz, .jsonl, .jsonl.gz, .ndjson, .ndjson.gz, .parquet';
  throw new ServingError('SERVING_BATCH_INPUT', servingErrors.SERVING_BATCH_INPUT(basename(file), what));
}

/** @throws ServingError SERVING_BATCH_OUTPUT */
export function outputFormat<Kind extends BatchFormat['kind']>(file: string, kinds: readonly Kind[]): Kind {
  const format = formatOf(file);
  const kind = kinds.find((one) => one === format?.kind);
  if (kind !== undefined && format?.packed === false) return kind;
  const what = `its name does not end in ${kinds.map((one) => `.${one}`).join(' or ')}`;
  throw new ServingError('SERVING_BATCH_OUTPUT', servingErrors.SERVING_BATCH_OUTPUT(basename(file), what));
}
