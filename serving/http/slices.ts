/** A request that nobody waits for at the other end of a connection: it lets others go first, and can be broken off. */
export interface Slices {
  /** Rows that it holds; undefined until they were read. */
  rows: number | undefined;
  /** Rows that were answered. */
  done: number;
  /** Set to break it off. */
  abandoned: boolean;
}
