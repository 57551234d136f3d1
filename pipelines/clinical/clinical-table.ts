import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CsvError, parse } from 'csv-parse/sync';
import { systemReason } from '../../system-reason.js';
import { sha256Hex } from '../feature-table.js';
import { folded } from './cell-values.js';
import { ClinicalError, clinicalErrors } from './errors.js';

/** One patient's row: cells by folded header. */
export interface ClinicalRecord {
  readonly caseId: string;
  /** 1-based line of the file on which the row ends. */
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

export interface ClinicalTable {
  /** File name without its folder. */
  readonly file: string;
  /** SHA-256 (hex) of the file as it is on disk. */
  readonly sha256: string;
  /** Headers as written, trimmed, without the id column. */
  readonly headers: readonly string[];
  readonly records: readonly ClinicalRecord[];
}

const idHeaders: ReadonlySet<string> = new Set(['case id', 'patient id']);

/**
 * Reads a table with a header line and one patient a row: comma, tab or semicolon separated, quoted or not, plain or gzip (told
 * by content), with or without byte order mark. The id column is `Case ID` or `Patient ID`.
 * @throws ClinicalError naming the file and the line, column or patient
 */
export async function readClinicalTable(path: string): Promise<ClinicalTable> {
  const file = basename(path);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new ClinicalError('CLINICAL_UNREADABLE', clinicalErrors.CLINICAL_UNREADABLE(file, systemReason(error)), {
      cause: error,
    });
  });
  const [header, ...rows] = parseCsv(file, textOf(file, bytes));
  if (header === undefined) throw new ClinicalError('CLINICAL_NO_ROWS', clinicalErrors.CLINICAL_NO_ROWS(file));
  const headers = header.cells.map((cell) => cell.trim());
  const idAt = idColumn(file, headers);
  if (rows.length === 0) throw new ClinicalError('CLINICAL_NO_ROWS', clinicalErrors.CLINICAL_NO_ROWS(file));
  const records = rows.map((row) => recordOf(file, headers, idAt, row));
  refuseRepeatedIds(file, records);
  return { file, sha256: sha256Hex(bytes), headers: headers.filter((_, i) => i !== idAt), records };
}

function textOf(file: string, bytes: Buffer): string {
  const zipped = bytes.length > 1 && bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!zipped) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch (error) {
    throw new ClinicalError('CLINICAL_BAD_GZIP', clinicalErrors.CLINICAL_BAD_GZIP(file), { cause: error });
  }
}

interface CsvRow {
  readonly cells: readonly string[];
  readonly line: number;
}

function parseCsv(file: string, text: string): readonly CsvRow[] {
  const firstLine = text.slice(0, text.search(/\n|$/));
  const count = (delimiter: string) => firstLine.split(delimiter).length;
  const delimiter = [',', '\t', ';'].reduce((best, next) => (count(next) > count(best) ? next : best));
  try {
    const options = { bom: true, delimiter, info: true, relax_column_count: true, skip_empty_lines: true } as const;
    const rows = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return rows.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    const line = error instanceof CsvError && typeof error.lines === 'number' ? error.lines : 1;
    throw new ClinicalError('CLINICAL_BAD_CSV', clinicalErrors.CLINICAL_BAD_CSV(file, line), { cause: error });
  }
}

function idColumn(file: string, headers: readonly string[]): number {
  const foldedHeaders = headers.map(folded);
  const repeated = headers.find((_, i) => foldedHeaders.indexOf(foldedHeaders[i] as string) !== i);
  if (repeated !== undefined) {
    throw new ClinicalError('CLINICAL_DUPLICATE_COLUMN', clinicalErrors.CLINICAL_DUPLICATE_COLUMN(file, repeated));
  }
  const at = foldedHeaders.findIndex((header) => idHeaders.has(header));
  if (at < 0) {
    const found = headers
      .slice(0, 5)
      .map((header) => `"${header.slice(0, 60)}"`)
      .join(', ');
    throw new ClinicalError('CLINICAL_NO_ID_COLUMN', clinicalErrors.CLINICAL_NO_ID_COLUMN(file, found));
  }
  if (foldedHeaders.some((header, i) => i !== at && idHeaders.has(header))) {
    throw new ClinicalError('CLINICAL_TWO_ID_COLUMNS', clinicalErrors.CLINICAL_TWO_ID_COLUMNS(file));
  }
  return at;
}

function recordOf(file: string, headers: readonly string[], idAt: number, { cells, line }: CsvRow): ClinicalRecord {
  if (cells.length !== headers.length) {
    throw new ClinicalError(
      'CLINICAL_RAGGED',
      clinicalErrors.CLINICAL_RAGGED(file, line, cells.length, headers.length),
    );
  }
  const caseId = (cells[idAt] as string).trim();
  if (caseId === '') throw new ClinicalError('CLINICAL_NO_ID', clinicalErrors.CLINICAL_NO_ID(file, line));
  return { caseId, line, cells: new Map(headers.map((header, i) => [folded(header), cells[i] as string] as const)) };
}

function refuseRepeatedIds(file: string, records: readonly ClinicalRecord[]): void {
  const lineOf = new Map<string, number>();
  for (const { caseId, line } of records) {
    const first = lineOf.get(caseId);
    if (first !== undefined) {
      throw new ClinicalError('CLINICAL_DUPLICATE_ID', clinicalErrors.CLINICAL_DUPLICATE_ID(file, caseId, first, line));
    }
    lineOf.set(caseId, line);
  }
}
