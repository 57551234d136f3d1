import { parse } from 'csv-parse/sync';
import type { Delimiter } from './cohort-index.js';

/** A table that is recognised but cannot be used as it is; the message says why. */
export class BrokenTableError extends Error {
  override readonly name = 'BrokenTableError';
}

/** Cells of one line; quotes as in RFC 4180. */
export function splitCells(line: string, delimiter: Delimiter): string[] {
  if (!line.includes('"')) return line.split(delimiter);
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line.charAt(i);
    if (c === '"') {
      if (quoted && line.charAt(i + 1) === '"') cell += line.charAt(++i);
      else quoted = !quoted;
    } else if (c === delimiter && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += c;
  }
  cells.push(cell);
  return cells;
}

/** The delimiter that splits the header into most cells; undefined when none does. */
export function delimiterOf(header: string): Delimiter | undefined {
  let best: Delimiter | undefined;
  let most = 1;
  for (const delimiter of ['\t', ',', ';'] as const) {
    const cells = splitCells(header, delimiter).length;
    if (cells > most) {
      best = delimiter;
      most = cells;
    }
  }
  return best;
}

/** A column name without what copies of a table differ in: case, underscores, outer and repeated spaces. */
export function plainName(column: string): string {
  return column
    .replace(/[\s_]+/g, ' ')
    .trim()
    .toLowerCase();
}

/**
 * The cells of one column of a whole table.
 * @returns trimmed, blank ones left out, in file order
 * @throws BrokenTableError when the text is not UTF-8 or its rows do not have the header's number of cells
 */
export function columnCells(bytes: Buffer, delimiter: Delimiter, column: number): string[] {
  let rows: string[][];
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    rows = parse(text, { delimiter, bom: true, skip_empty_lines: true });
  } catch (error) {
    const why = error instanceof TypeError ? 'it is not UTF-8' : rowProblem(error);
    throw new BrokenTableError(`table that does not parse: ${why}`, { cause: error });
  }
  return rows
    .slice(1)
    .map((row) => (row[column] ?? '').trim())
    .filter((cell) => cell !== '');
}

/** csv-parse's messages quote a whole row, which may hold a patient's data; only the place is told. */
function rowProblem(error: unknown): string {
  const { code, lines } = error as { code?: string; lines?: number };
  if (code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') {
    return `line ${lines} does not have the header's number of cells`;
  }
  return `line ${lines ?? 1} is not well-formed (${code ?? 'unknown reason'})`;
}
