/** Sizes up to this have a cell of their own for every level; larger ones are rare and kept in a list. */
const SMALL = 32;

/**
 * A matrix of counts by grey level and size (run length, zone size, zone distance, dependence), read off for features.
 * Only cells that are not empty are listed, so that one zone of 50,000 voxels takes one entry.
 */
export interface SizeMatrix {
  /** Level, size and count of each cell that is not empty; shape (cells). */
  readonly level: Float64Array;
  readonly size: Float64Array;
  readonly count: Float64Array;
  /** Counts by level, shape (levels), and the levels themselves; levels without a count are left out. */
  readonly byLevel: Marginal;
  readonly bySize: Marginal;
  /** Sum of all counts. */
  readonly total: number;
  /** Number of voxels that could have been counted on their own. */
  readonly voxels: number;
}

export interface Marginal {
  readonly value: Float64Array;
  readonly count: Float64Array;
}

/** Counts runs, zones or dependences by level and size. Counts of several directions or slices are added up by `merge`. */
export class SizeCounts {
  readonly #levels: Float64Array;
  readonly #small: Float64Array;
  /** Key: size * levels + level index. */
  readonly #large = new Map<number, number>();

  /** @param levels the grey levels that rows stand for, ascending */
  constructor(levels: Float64Array) {
    this.#levels = levels;
    this.#small = new Float64Array(levels.length * SMALL);
  }

  /**
   * @param row index of the level
   * @param size whole number from 1
   */
  add(row: number, size: number, amount: number): void {
    if (size <= SMALL) {
      const cell = row * SMALL + size - 1;
      this.#small[cell] = (this.#small[cell] as number) + amount;
    } else {
      const key = size * this.#levels.length + row;
      this.#large.set(key, (this.#large.get(key) ?? 0) + amount);
    }
  }

  /** Adds the counts of another matrix over the same levels. */
  merge(other: SizeCounts): void {
    for (let cell = 0; cell < this.#small.length; cell++) {
      this.#small[cell] = (this.#small[cell] as number) + (other.#small[cell] as number);
    }
    for (const [key, count] of other.#large) this.#large.set(key, (this.#large.get(key) ?? 0) + count);
  }

  /** Empties the counts, so that the buffer serves another direction. */
  clear(): void {
    this.#small.fill(0);
    this.#large.clear();
  }

  /**
   * The matrix as it stands; later additions do not change it.
   * @param voxels number of voxels that the matrix describes; without it the sum of sizes, each times its count
   */
  matrix(voxels?: number): SizeMatrix {
    const n = this.#levels.length;
    const small = this.#small;
    let entries = this.#large.size;
    for (let cell = 0; cell < small.length; cell++) if (small[cell] !== 0) entries++;
    const level = new Float64Array(entries);
    const size = new Float64Array(entries);
    const count = new Float64Array(entries);
    const ofRow = new Float64Array(n);
    const ofSize = new Float64Array(SMALL);
    let k = 0;
    for (let cell = 0; cell < small.length; cell++) {
      const c = small[cell] as number;
      if (c === 0) continue;
      const s = cell % SMALL;
      const row = (cell - s) / SMALL;
      level[k] = this.#levels[row] as number;
      size[k] = s + 1;
      count[k++] = c;
      ofRow[row] = (ofRow[row] as number) + c;
      ofSize[s] = (ofSize[s] as number) + c;
    }
    const ofLarge = new Map<number, number>();
    for (const [key, c] of this.#large) {
      const row = key % n;
      const s = (key - row) / n;
      level[k] = this.#levels[row] as number;
      size[k] = s;
      count[k++] = c;
      ofRow[row] = (ofRow[row] as number) + c;
      ofLarge.set(s, (ofLarge.get(s) ?? 0) + c);
    }
    let [total, sizes] = [0, 0];
    for (let e = 0; e < entries; e++) {
      total += count[e] as number;
      sizes += (count[e] as number) * (size[e] as number);
    }
    const byLevel = occurring(ofRow, (row) => this.#levels[row] as number);
    const bySize = withLarge(
      occurring(ofSize, (s) => s + 1),
      ofLarge,
    );
    return { level, size, count, byLevel, bySize, total, voxels: voxels ?? sizes };
  }
}

/** The counts that are not 0, each with its value. */
function occurring(counts: Float64Array, valueAt: (index: number) => number): Marginal {
  let n = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) n++;
  const [value, count] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0, k = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    value[k] = valueAt(i);
    count[k++] = counts[i] as number;
  }
  return { value, count };
}

/** Sizes beyond the small ones behind them, ascending. */
function withLarge(small: Marginal, large: ReadonlyMap<number, number>): Marginal {
  if (large.size === 0) return small;
  const sorted = [...large].sort(([a], [b]) => a - b);
  return {
    value: Float64Array.from([...small.value, ...sorted.map(([v]) => v)]),
    count: Float64Array.from([...small.count, ...sorted.map(([, c]) => c)]),
  };
}
