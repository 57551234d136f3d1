import { clinicalColumns, clinicalIdColumns, metageneGenes, truthIdColumn } from '../cohort-columns.js';
import type { ClinicalFile, Delimiter, ExpressionFile, NotUnderstood, RadiomicsTable } from './cohort-index.js';
import { BrokenTableError, columnCells, delimiterOf, plainName, splitCells } from './table-text.js';
import { TextSource } from './text-source.js';

/** An expression matrix may turn out to be something else once the cohort's patients are known: see `rowNames`. */
export interface ExpressionCandidate {
  readonly file: ExpressionFile;
  /** First cells of the first rows: genes, if it is what it seems. */
  readonly rowNames: readonly string[];
}

export type RecognisedTable =
  | { readonly type: 'expression'; readonly candidate: ExpressionCandidate }
  | { readonly type: 'clinical'; readonly file: ClinicalFile }
  | { readonly type: 'radiomics'; readonly file: RadiomicsTable }
  | { readonly type: 'none'; readonly entry: NotUnderstood };

interface TableHead {
  readonly path: string;
  readonly gzip: boolean;
  readonly delimiter: Delimiter;
  readonly header: readonly string[];
  /** Complete lines after the header, within the head. */
  readonly lines: readonly string[];
}

const knownClinical = new Set(clinicalColumns.map(plainName));
const clinicalIds: readonly string[] = clinicalIdColumns.map(plainName);
const radiomicsIds: readonly string[] = [
  ...clinicalIds,
  'patientid',
  'caseid',
  'subject',
  'subject id',
  'patient',
  'id',
];
/** An expression matrix of strangers, without a gene known by name, has at least so many rows and two columns. */
const fewestGenes = 20;
const missingNumbers = new Set(['', 'na', 'n/a', 'nan', 'null']);
const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Tells what a text file holds by its header and first rows.
 * @param absolute the path to open; @param path the path to report
 * @throws BrokenTableError; zlib's or the system's error while reading
 */
export async function recogniseTable(absolute: string, path: string, gzip: boolean): Promise<RecognisedTable> {
  await using source = new TextSource(absolute, gzip);
  const bytes = await source.head();
  const unknown = (reason: string): RecognisedTable => ({ type: 'none', entry: { path, reason, kind: 'unknown' } });
  if (bytes.length === 0) return unknown(gzip ? 'gzip file with nothing in it' : 'empty file');
  const binary = binaryKind(bytes);
  if (binary !== undefined) return unknown(gzip ? `gzip-compressed ${binary}` : binary);
  const head = tableHead(bytes, source.complete, path, gzip);
  if (head === undefined) return unknown('text, but no table with columns');
  if (head.header[0]?.trim() === truthIdColumn)
    return unknown('true factors of a synthetic cohort, never used as data');
  return (
    (await asRadiomics(head, source)) ??
    (await asClinical(head, source)) ??
    (await asExpression(head, source)) ??
    unknown(neitherKind(head.header.length))
  );
}

const magics: readonly (readonly [at: number, mark: string, kind: string])[] = [
  [0, 'NRRD', 'NRRD volume, which names no patient'],
  [344, 'n+1\0', 'NIfTI volume, which names no patient'],
  [0, '\x93NUMPY', 'NumPy array'],
  [0, 'PK\x03\x04', 'ZIP archive: unpack it first'],
  [0, '%PDF', 'PDF document'],
  [0, '\x89PNG', 'PNG picture'],
  [0, 'PAR1', 'Parquet file'],
];

/** What a file that is no text is; undefined for text. */
export function binaryKind(head: Buffer): string | undefined {
  for (const [at, mark, kind] of magics) {
    if (head.toString('latin1', at, at + mark.length) === mark) return kind;
  }
  return head.includes(0) ? 'binary file of no kind this program reads' : undefined;
}

function tableHead(bytes: Buffer, complete: boolean, path: string, gzip: boolean): TableHead | undefined {
  const text = new TextDecoder('utf-8').decode(bytes);
  const lines = text.split(/\r?\n/);
  if (!complete) lines.pop();
  const [headerLine, ...rest] = lines;
  const delimiter = headerLine === undefined ? undefined : delimiterOf(headerLine);
  if (headerLine === undefined || delimiter === undefined) return undefined;
  const header = splitCells(headerLine, delimiter);
  return { path, gzip, delimiter, header, lines: rest.filter((line) => line.trim() !== '') };
}

function listed(header: readonly string[]): string {
  const names = header.slice(0, 4).map((name) => `"${name.trim().slice(0, 40)}"`);
  return header.length > 4 ? `${names.join(', ')} and ${header.length - 4} more` : names.join(', ');
}

/** Does not quote the header: a table without one would show a patient's data. */
function neitherKind(columns: number): string {
  const kinds = [
    'an expression matrix (genes in rows, numbers)',
    'a clinical table ("Case ID" or "Patient ID" with clinical columns)',
    'a radiomics table (an id and original_* columns)',
  ];
  return `table of ${columns} columns that is neither ${kinds.slice(0, 2).join(', ')} nor ${kinds[2]}`;
}

async function asRadiomics(head: TableHead, source: TextSource): Promise<RecognisedTable | undefined> {
  const featureCount = head.header.filter((name) => name.trim().startsWith('original_')).length;
  if (featureCount === 0) return undefined;
  const at = idColumnAt(head.header, radiomicsIds);
  if (at < 0) {
    throw new BrokenTableError(
      `radiomics table (${featureCount} original_* columns) without an id column; expected one of ${radiomicsIds.join(', ')}`,
    );
  }
  const { path, gzip, delimiter } = head;
  const patientIds = columnCells(await source.whole(), delimiter, at);
  const idColumn = head.header[at] as string;
  return { type: 'radiomics', file: { path, delimiter, gzip, idColumn, patientIds, featureCount } };
}

async function asClinical(head: TableHead, source: TextSource): Promise<RecognisedTable | undefined> {
  const at = idColumnAt(head.header, clinicalIds);
  const clinical = head.header.filter((name) => knownClinical.has(plainName(name)));
  if (at < 0 && clinical.length >= 2) {
    const wanted = clinicalIdColumns.map((name) => `"${name}"`).join(' nor ');
    throw new BrokenTableError(`clinical table (${listed(clinical)}) with neither ${wanted} as a column`);
  }
  if (at < 0 || clinical.length === 0) return undefined;
  const { path, gzip, delimiter, header } = head;
  const patientIds = columnCells(await source.whole(), delimiter, at);
  const idColumn = header[at] as string;
  return { type: 'clinical', file: { path, delimiter, gzip, idColumn, patientIds, columnCount: header.length } };
}

function idColumnAt(header: readonly string[], wanted: readonly string[]): number {
  for (const id of wanted) {
    const at = header.findIndex((name) => plainName(name) === id);
    if (at >= 0) return at;
  }
  return -1;
}

async function asExpression(head: TableHead, source: TextSource): Promise<RecognisedTable | undefined> {
  const rows = head.lines.slice(0, 50).map((line) => splitCells(line, head.delimiter));
  const first = rows[0];
  if (first === undefined || rows.filter(isGeneRow).length < 0.8 * rows.length) return undefined;
  checkShape(head.header, rows);
  const rowNames = rows.map((row) => (row[0] as string).trim());
  const { path, gzip, delimiter } = head;
  const sampleIds = head.header.slice(1).map((id) => id.trim());
  const geneCount = (await source.countLines()) - 1;
  return { type: 'expression', candidate: { file: { path, delimiter, gzip, sampleIds, geneCount }, rowNames } };
}

/** A name, then numbers or missing values, at least one number among them. */
function isGeneRow(row: readonly string[]): boolean {
  const [name, ...cells] = row;
  if (name === undefined || !/[A-Za-z]/.test(name) || /\s/.test(name.trim())) return false;
  let numbers = 0;
  for (const cell of cells) {
    const value = cell.trim();
    if (number.test(value)) numbers++;
    else if (!missingNumbers.has(value.toLowerCase())) return false;
  }
  return numbers > 0 || cells.length > 1;
}

function checkShape(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const ragged = rows.findIndex((row) => row.length !== header.length);
  if (ragged >= 0) {
    const found = (rows[ragged] as readonly string[]).length;
    throw new BrokenTableError(
      `expression matrix whose row ${ragged + 1} has ${found} cells, while its header has ${header.length} (the first of them may be empty)`,
    );
  }
  const nameless = header.findIndex((id, column) => column > 0 && id.trim() === '');
  if (nameless > 0) throw new BrokenTableError(`expression matrix whose column ${nameless + 1} has no sample id`);
}

/**
 * Why a table that looks like genes x samples is not, given who the cohort's patients are; undefined when nothing speaks
 * against it.
 * @param patients ids known from DICOM, clinical and radiomics files
 */
export function againstExpression(candidate: ExpressionCandidate, patients: ReadonlySet<string>): string | undefined {
  const { file, rowNames } = candidate;
  const genes: ReadonlySet<string> = new Set(metageneGenes);
  const patientRows = rowNames.some((name) => patients.has(name));
  const geneColumns = file.sampleIds.some((id) => genes.has(id));
  if (patientRows || geneColumns) {
    return 'table of numbers with patients in rows; an expression matrix has genes in rows and patients in columns';
  }
  const knownSample = file.sampleIds.some((id) => patients.has(id));
  const knownGene = rowNames.some((name) => genes.has(name));
  if (knownSample || knownGene || (file.geneCount >= fewestGenes && file.sampleIds.length > 1)) return undefined;
  return `table of ${file.geneCount} rows of numbers whose columns are no patients of this cohort and whose rows are no known genes`;
}
