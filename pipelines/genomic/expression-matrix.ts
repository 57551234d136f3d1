import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { systemReason } from '../../system-reason.js';
import { sha256Hex } from '../feature-table.js';
import { GenomicError, genomicErrors, nameSome, repeatedNames } from './errors.js';

/** Expression of `genes` (rows) in `samples` (columns). */
export interface ExpressionMatrix {
  /** File name without its folder. */
  readonly file: string;
  /** SHA-256 (hex) of the file as it is on disk. */
  readonly sha256: string;
  /** In the order of the file, without repetition. */
  readonly samples: readonly string[];
  /** The genes that were asked for and are there, in the order of the file, without repetition. */
  readonly genes: readonly string[];
  /** Every gene of the file, asked for or not. */
  readonly fileGenes: readonly string[];
  /** Row-major, shape (genes x samples), FPKM or the file's unit; missing is NaN. */
  readonly values: Float64Array;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads a matrix of genes x samples: separated by tabs, else commas, else semicolons, plain or gzip (told by content), first header cell empty or not.
 * `NA` and the empty cell are missing. Only the rows asked for are turned into numbers; names and cell counts of all are checked.
 * @throws GenomicError naming the file and the line, gene or sample
 */
export async function readExpressionMatrix(
  path: string,
  wanted: ReadonlySet<string> | 'all',
): Promise<ExpressionMatrix> {
  const file = basename(path);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new GenomicError('GENOMIC_UNREADABLE', genomicErrors.GENOMIC_UNREADABLE(file, systemReason(error)), {
      cause: error,
    });
  });
  const lines = textOf(file, bytes).split('\n');
  const { delimiter, samples } = readHeader(file, lines[0] ?? '');
  const rows = readRows(file, lines, delimiter, samples, wanted);
  return { file, sha256: sha256Hex(bytes), samples, ...rows };
}

function textOf(file: string, bytes: Buffer): string {
  const zipped = bytes.length > 1 && bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!zipped) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  try {
    return gunzipSync(bytes)
      .toString('utf8')
      .replace(/^\uFEFF/, '');
  } catch (error) {
    throw new GenomicError('GENOMIC_BAD_GZIP', genomicErrors.GENOMIC_BAD_GZIP(file), { cause: error });
  }
}

function readHeader(file: string, raw: string): { delimiter: string; samples: readonly string[] } {
  const line = withoutReturn(raw);
  const delimiter = ['\t', ',', ';'].find((candidate) => line.includes(candidate));
  if (delimiter === undefined) {
    const found = line.trim() === '' ? 'an empty first line' : 'a first line with neither';
    throw new GenomicError('GENOMIC_NOT_A_MATRIX', genomicErrors.GENOMIC_NOT_A_MATRIX(file, found));
  }
  const samples = cellsOf(file, line, delimiter, 1)
    .slice(1)
    .map((cell) => cell.trim());
  const empty = samples.indexOf('');
  if (empty >= 0) {
    throw new GenomicError('GENOMIC_NO_SAMPLE_ID', genomicErrors.GENOMIC_NO_SAMPLE_ID(file, empty + 2));
  }
  const repeated = repeatedNames(samples);
  if (repeated.length > 0) {
    throw new GenomicError(
      'GENOMIC_DUPLICATE_SAMPLES',
      genomicErrors.GENOMIC_DUPLICATE_SAMPLES(file, nameSome(repeated)),
    );
  }
  return { delimiter, samples };
}

type Rows = Pick<ExpressionMatrix, 'genes' | 'fileGenes' | 'values'>;

function readRows(
  file: string,
  lines: readonly string[],
  delimiter: string,
  samples: readonly string[],
  wanted: ReadonlySet<string> | 'all',
): Rows {
  const width = samples.length;
  const capacity = wanted === 'all' ? lines.length : Math.min(wanted.size, lines.length);
  const values = new Float64Array(capacity * width);
  const genes: string[] = [];
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (let i = 1; i < lines.length; i++) {
    const line = withoutReturn(lines[i] as string);
    if (line === '') continue;
    const cells = cellsOf(file, line, delimiter, i + 1);
    const gene = (cells[0] as string).trim();
    checkRow(file, i + 1, cells, gene, width + 1);
    if (seen.has(gene)) {
      repeated.add(gene);
      continue;
    }
    seen.add(gene);
    if (wanted !== 'all' && !wanted.has(gene)) continue;
    parseRow(file, cells, gene, samples, values, genes.length * width);
    genes.push(gene);
  }
  if (seen.size === 0) throw new GenomicError('GENOMIC_NO_GENES', genomicErrors.GENOMIC_NO_GENES(file));
  if (repeated.size > 0) {
    const names = nameSome([...repeated]);
    throw new GenomicError('GENOMIC_DUPLICATE_GENES', genomicErrors.GENOMIC_DUPLICATE_GENES(file, names));
  }
  return { genes, fileGenes: [...seen], values: values.subarray(0, genes.length * width) };
}

function checkRow(file: string, line: number, cells: readonly string[], gene: string, expected: number): void {
  if (cells.length !== expected) {
    throw new GenomicError('GENOMIC_RAGGED', genomicErrors.GENOMIC_RAGGED(file, line, cells.length, expected));
  }
  if (gene === '') throw new GenomicError('GENOMIC_NO_GENE_NAME', genomicErrors.GENOMIC_NO_GENE_NAME(file, line));
}

function parseRow(
  file: string,
  cells: readonly string[],
  gene: string,
  samples: readonly string[],
  into: Float64Array,
  offset: number,
): void {
  for (let s = 0; s < samples.length; s++) {
    const text = (cells[s + 1] as string).trim();
    if (text === 'NA' || text === '') {
      into[offset + s] = Number.NaN;
      continue;
    }
    const value = Number(text);
    if (!decimal.test(text) || !Number.isFinite(value)) {
      throw new GenomicError(
        'GENOMIC_NOT_A_NUMBER',
        genomicErrors.GENOMIC_NOT_A_NUMBER(file, gene, samples[s] as string, text.slice(0, 40)),
      );
    }
    into[offset + s] = value;
  }
}

/** Splitting at the delimiter is five times as fast as a CSV parser; lines with quotes (as R writes them) take the parser. */
function cellsOf(file: string, line: string, delimiter: string, lineNumber: number): readonly string[] {
  if (!line.includes('"')) return line.split(delimiter);
  try {
    const records: string[][] = parse(line, { delimiter });
    return records[0] ?? [];
  } catch (error) {
    throw new GenomicError('GENOMIC_BAD_QUOTES', genomicErrors.GENOMIC_BAD_QUOTES(file, lineNumber), { cause: error });
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
