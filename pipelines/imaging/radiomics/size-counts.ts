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
    const keys: number[] = [];
    for (let cell = 0; cell < this.#small.length; cell++) {
      if (this.#small[cell] !== 0) keys.push(((cell % SMALL) + 1) * n + Math.floor(cell / SMALL));
    }
    for (const [key, count] of this.#large) if (count !== 0) keys.push(key);
    const entries = keys.length;
    const level = new Float64Array(entries);
    const size = new Float64Array(entries);
    const count = new Float64Array(entries);
    let [total, sizes] = [0, 0];
    for (const [k, key] of keys.entries()) {
      const row = key % n;
      const s = (key - row) / n;
      const c = s <= SMALL ? (this.#small[row * SMALL + s - 1] as number) : (this.#large.get(key) ?? 0);
      level[k] = this.#levels[row] as number;
      size[k] = s;
      count[k] = c;
      total += c;
      sizes += c * s;
    }
    const by = (value: Float64Array) => marginal(value, count);
    return { level, size, count, byLevel: by(level), bySize: by(size), total, voxels: voxels ?? sizes };
  }
}

/** Sums of counts by value, ascending. */
function marginal(values: Float64Array, counts: Float64Array): Marginal {
  const sums = new Map<number, number>();
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    sums.set(value, (sums.get(value) ?? 0) + (counts[k] as number));
  }
  const sorted = [...sums].sort(([a], [b]) => a - b);
  return { value: Float64Array.from(sorted, ([v]) => v), count: Float64Array.from(sorted, ([, c]) => c) };
}
