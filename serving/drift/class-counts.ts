import type { ReferenceCounts } from '../../training/bundle/index.js';

/** Edges of one distribution lie so far apart in memory: 9 at most, the rest infinite, so that four comparisons find a class. */
const edgeStride = 16;
/** Classes of one distribution, and one for what is missing. */
export const classStride = 11;
/** Where missing values are counted. */
export const missingClass = classStride - 1;
/** Columns that are looked at in each row; of more, each row shows the next part. */
const mostColumns = 128;

/** How many of the latest rows are looked at, and how exactly they are the latest. */
export interface WindowSize {
  /** Rows in the window. */
  readonly rows: number;
  /** Parts of the window: one at a time is forgotten. */
  readonly blocks: number;
}

/**
 * Counts the classes of the latest rows, column by column, and of their risks. The window moves by blocks: it holds between `rows` x (blocks - 1) / blocks and `rows` rows once it
 * is full. Memory is bounded, and adding a row makes nothing.
 */
export class ClassCounts {
  readonly #width: number;
  readonly #edges: Float32Array;
  /** Shape (blocks x (width + 1) x classStride); the last distribution is that of the risks. */
  readonly #counts: Uint32Array;
  readonly #blockRows: number;
  /** Rows of each block. */
  readonly #rowsOf: Uint32Array;
  #block = 0;
  #firstColumn = 0;

  /**
   * @param columns classes of each column
   * @param risk    classes of the risks
   */
  constructor(columns: readonly ReferenceCounts[], risk: ReferenceCounts, { rows, blocks }: WindowSize) {
    this.#width = columns.length;
    this.#edges = new Float32Array((columns.length + 1) * edgeStride).fill(Number.POSITIVE_INFINITY);
    for (const [j, { edges }] of [...columns, risk].entries()) this.#edges.set(edges, j * edgeStride);
    this.#counts = new Uint32Array(blocks * (columns.length + 1) * classStride);
    // Of a wide table each row shows a part only, so that the window is longer.
    this.#blockRows = Math.ceil(rows / blocks) * Math.max(1, Math.ceil(columns.length / mostColumns));
    this.#rowsOf = new Uint32Array(blocks);
  }

  /** Rows in the window. */
  get rows(): number {
    return this.#rowsOf.reduce((sum, rows) => sum + rows, 0);
  }

  /**
   * Counts one row.
   * @param rows row-major, NaN = missing
   * @param start of the row in it
   */
  add(rows: Float64Array, start: number, risk: number): void {
    if (this.#rowsOf[this.#block] === this.#blockRows) this.#nextBlock();
    (this.#rowsOf[this.#block] as number)++;
    const width = this.#width;
    const base = this.#block * (width + 1) * classStride;
    this.#count(width, risk, base);
    if (width <= mostColumns) {
      for (let j = 0; j < width; j++) this.#count(j, rows[start + j] as number, base);
      return;
    }
    for (let k = 0; k < mostColumns; k++) {
      const j = (this.#firstColumn + k) % width;
      this.#count(j, rows[start + j] as number, base);
    }
    this.#firstColumn = (this.#firstColumn + mostColumns) % width;
  }

  /** Counts of a column (the risks: of the column behind the last), by class; the last is of the missing. */
  of(column: number): Float64Array {
    const sums = new Float64Array(classStride);
    for (let block = 0; block < this.#rowsOf.length; block++) {
      const at = (block * (this.#width + 1) + column) * classStride;
      for (let k = 0; k < classStride; k++) sums[k] = (sums[k] as number) + (this.#counts[at + k] as number);
    }
    return sums;
  }

  #count(column: number, exact: number, base: number): void {
    const edges = this.#edges;
    const value = Math.fround(exact);
    const from = column * edgeStride;
    // Without branches, which nobody can foretell here: a third of the time.
    let at = Number(value > (edges[from + 7] as number)) << 3;
    at += Number(value > (edges[from + at + 3] as number)) << 2;
    at += Number(value > (edges[from + at + 1] as number)) << 1;
    at += Number(value > (edges[from + at] as number));
    const place = base + column * classStride + (Number.isNaN(value) ? missingClass : at);
    (this.#counts[place] as number)++;
  }

  #nextBlock(): void {
    this.#block = (this.#block + 1) % this.#rowsOf.length;
    const size = (this.#width + 1) * classStride;
    this.#counts.fill(0, this.#block * size, (this.#block + 1) * size);
    this.#rowsOf[this.#block] = 0;
  }
}
