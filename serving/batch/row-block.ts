import type { PredictPlace } from '../predict/index.js';

/** A place in the input between two rows. */
export interface Position {
  /** Bytes of the text before it (unpacked when it is packed), or rows of a table. */
  readonly at: number;
  /** Rows before it, those that cannot be used included. */
  readonly row: number;
  /** Lines of the text before it; 0 for a table. */
  readonly line: number;
}

/** A row that cannot be used. */
export interface BadRow {
  /** From 1. */
  readonly row: number;
  /** Of the file, from 1; of its first line when a row has several. Absent where the format has no lines. */
  readonly line?: number;
  readonly column?: string;
  /** `PREDICT_…` or `SERVING_…` */
  readonly code: string;
  readonly reason: string;
}

/** What is wrong with a row, wherever it stands. */
export type RowTrouble = Pick<BadRow, 'code' | 'reason'> & Pick<PredictPlace, 'column'>;

const mostValues = 2 ** 18;
const mostRows = 4096;
const leastRows = 16;

/** Rows that are read and answered together. One is used over and over, so that memory does not depend on the input. */
export class RowBlock {
  readonly capacity: number;
  /** Row-major, shape (capacity x width), NaN = missing; `count` rows are there. */
  readonly rows: Float64Array;
  count = 0;
  /** Of each row: its number, its line (0 = none), its identifier. */
  readonly numbers: number[] = [];
  readonly lines: number[] = [];
  readonly ids: (string | null)[] = [];
  readonly bad: BadRow[] = [];
  /** Behind the last row. */
  end: Position = { at: 0, row: 0, line: 0 };
  /** How much of the input was read, 0 to 1. */
  share = 0;

  constructor(readonly width: number) {
    this.capacity = Math.max(leastRows, Math.min(mostRows, Math.floor(mostValues / width)));
    this.rows = new Float64Array(this.capacity * width);
  }

  /** Forgets the rows. */
  clear(): void {
    this.count = 0;
    this.numbers.length = 0;
    this.lines.length = 0;
    this.ids.length = 0;
    this.bad.length = 0;
  }

  /** Where the numbers of the next row go, all of them missing. */
  start(): number {
    const base = this.count * this.width;
    this.rows.fill(Number.NaN, base, base + this.width);
    return base;
  }

  /** Keeps the row whose numbers were put there. */
  keep(number: number, line: number, id: string | null): void {
    this.count++;
    this.numbers.push(number);
    this.lines.push(line);
    this.ids.push(id);
  }

  /** Notes a row that cannot be used. */
  refuse(number: number, line: number, { code, reason, column }: RowTrouble): void {
    this.bad.push({
      row: number,
      ...(line === 0 ? {} : { line }),
      ...(column === undefined ? {} : { column }),
      code,
      reason,
    });
  }

  /** Room for no more; a block of bad rows alone is full too. */
  get full(): boolean {
    return this.count === this.capacity || this.bad.length >= mostRows;
  }
}
