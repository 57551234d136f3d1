import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { sha256Hex } from '../../feature-table.js';
import { readBytes } from '../dicom/read-files.js';
import { imagingError } from '../errors.js';

/** Names of the id column, in any case and with `_`, `-` or a space between the words. */
const idNames = ['patient_id', 'Case ID', 'Patient ID', 'Subject', 'case_id'] as const;
const plain = (name: string) => name.toLowerCase().replace(/[\s_-]+/g, '');
const plainIdNames = new Set(idNames.map(plain));

/** A feature column of a PyRadiomics table. */
export interface FeatureColumn {
  readonly name: string;
  /** Position in the row. */
  readonly index: number;
}

/** A PyRadiomics table, one row per patient. */
export interface RadiomicsRows {
  /** File name, without its folder. */
  readonly file: string;
  readonly sha256: string;
  readonly idColumn: string;
  /** Columns `original_<class>_<feature>`, in the order of the file. */
  readonly features: readonly FeatureColumn[];
  /** Columns that are neither the id nor a feature. */
  readonly ignored: readonly string[];
  readonly rows: readonly { readonly line: number; readonly id: string; readonly values: readonly number[] }[];
}

/**
 * Reads a CSV (comma, semicolon or tab; gzip too) of precomputed radiomics features.
 * A feature cell is a number; an empty cell or `nan` is missing (NaN).
 * @throws ImagingError TABLE_*, FILE_UNREADABLE; messages name line and column
 */
export async function readRadiomicsTable(path: string): Promise<RadiomicsRows> {
  const bytes = await readBytes(path);
  const file = basename(path);
  const [header, ...lines] = records(file, bytes);
  if (header === undefined) throw imagingError('TABLE_UNREADABLE', file, 'it is empty');
  const names = header.cells.map((name) => name.trim());
  checkNames(file, names);
  const id = idIndex(file, names);
  const features = names.flatMap((name, index) => (isFeature(name) ? [{ name, index }] : []));
  if (features.length === 0) throw imagingError('TABLE_NO_FEATURES', file);
  if (lines.length === 0) throw imagingError('TABLE_NO_ROWS', file);
  const idColumn = names[id] as string;
  return {
    file,
    sha256: sha256Hex(bytes),
    idColumn,
    features,
    ignored: names.filter((name, index) => index !== id && !isFeature(name)),
    rows: uniqueRows(file, lines, idColumn, id, features),
  };
}

const isFeature = (name: string) => /^original_[A-Za-z0-9]+_[A-Za-z0-9]+$/.test(name);

/** One line of the file. */
interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

function records(file: string, bytes: Uint8Array): readonly Line[] {
  try {
    const text = Buffer.from(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
    const firstLine = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'));
    const delimiter = [',', ';', '\t'].reduce((a, b) =>
      firstLine.split(b).length > firstLine.split(a).length ? b : a,
    );
    const parsed = parse(text, {
      bom: true,
      delimiter,
      info: true,
      skip_empty_lines: true,
    }) as unknown as readonly { record: string[]; info: { lines: number } }[];
    return parsed.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (cause) {
    throw imagingError('TABLE_UNREADABLE', file, cause instanceof Error ? cause.message : String(cause));
  }
}

function checkNames(file: string, names: readonly string[]): void {
  const repeated = names.find((name, i) => name !== '' && names.indexOf(name) !== i);
  if (repeated !== undefined) throw imagingError('TABLE_DUPLICATE_COLUMN', file, repeated);
}

function idIndex(file: string, names: readonly string[]): number {
  const found = names.flatMap((name, i) => (plainIdNames.has(plain(name)) ? [i] : []));
  const [only] = found;
  if (only === undefined) throw imagingError('TABLE_NO_ID', file, idNames.map((n) => `"${n}"`).join(', '));
  if (found.length > 1) throw imagingError('TABLE_SEVERAL_IDS', file, found.map((i) => `"${names[i]}"`).join(', '));
  return only;
}

function uniqueRows(
  file: string,
  lines: readonly Line[],
  idColumn: string,
  idAt: number,
  features: readonly FeatureColumn[],
): RadiomicsRows['rows'] {
  const firstLine = new Map<string, number>();
  return lines.map(({ line, cells }) => {
    const id = (cells[idAt] ?? '').trim();
    if (id === '') throw imagingError('TABLE_EMPTY_ID', file, line, idColumn);
    const first = firstLine.get(id);
    if (first !== undefined) throw imagingError('TABLE_DUPLICATE_ID', file, line, id, first);
    firstLine.set(id, line);
    return { line, id, values: features.map(({ name, index }) => numberCell(file, line, name, cells[index] ?? '')) };
  });
}

function numberCell(file: string, line: number, column: string, cell: string): number {
  const text = cell.trim();
  if (text === '' || /^nan$/i.test(text)) return Number.NaN;
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw imagingError('TABLE_NOT_NUMERIC', file, line, column, text.slice(0, 40));
  return value;
}
