/** What to do with a row whose record id and event time are there with other content. */
export type ConflictPolicy = 'replace' | 'keep' | 'error';

/** A condition that the values of one feature must meet. A missing value meets all but `required` and `maxMissingRate`. */
export interface ValidationRule {
  readonly feature: string;
  /** Inclusive bounds; numbers and timestamps (milliseconds since 1970 UTC). */
  readonly min?: number;
  readonly max?: number;
  /** The only values there may be. */
  readonly allowed?: readonly (string | number)[];
  /** No value may be missing. */
  readonly required?: boolean;
  /** Largest share of missing values in the table, from 0 to 1. The whole table is refused beyond it. */
  readonly maxMissingRate?: number;
}

/** How a table is written. */
export interface IngestOptions {
  /**
   * `replace` (default): the row is appended and, as the newer write, wins; the line before it stays in the history. `keep`: what is
   * there stays, the row is counted as kept. `error`: the batch is refused, naming the row.
   */
  readonly onConflict?: ConflictPolicy;
  /** Rows in one transaction; default all of the table. */
  readonly batchRows?: number;
  /** Batches that may be prepared and under way at once, 1 to 16; default 2. */
  readonly workers?: number;
  readonly rules?: readonly ValidationRule[];
  /** A row that breaks a rule: `refuse` the table (default), or put it in `quarantine` and write the others. */
  readonly onInvalid?: 'refuse' | 'quarantine';
  /** Milliseconds after the event time; default the group's. */
  readonly ttlMs?: number;
  /** Number of the table's first row, in messages and in the quarantine: for a piece of a larger table. Default 1. */
  readonly firstRow?: number;
  /** Rows that are known to be invalid already, counted from 0 within the table, with the reasons; as if they broke a rule. */
  readonly invalidRows?: ReadonlyMap<number, readonly string[]>;
  /** Only what is looked at before anything is written; the result counts nothing, its version is 0. */
  readonly checkOnly?: boolean;
  readonly onProgress?: (progress: IngestProgress) => void;
}

/** How far an ingest is; counted when a batch has been committed. */
export interface IngestProgress {
  readonly rowsDone: number;
  readonly rowCount: number;
  readonly batchesDone: number;
  readonly batchCount: number;
}

/** What an ingest changed. */
export interface IngestResult {
  readonly group: string;
  readonly version: number;
  /** Rows appended to the history. */
  readonly written: number;
  /** Rows whose id, event time and content were there already. */
  readonly unchanged: number;
  /** Rows among `written` that differ from an earlier line of the same id and event time. */
  readonly replaced: number;
  /** Rows left out because id and event time were there with other content (policy `keep`). */
  readonly kept: number;
  /** Rows that went to the quarantine. */
  readonly quarantined: number;
}

/** A row that was not written, and why. */
export interface QuarantinedRow {
  readonly group: string;
  readonly version: number;
  /** Row of the table it came in, from 1. */
  readonly row: number;
  readonly id: string;
  readonly eventTime: string;
  /** One sentence for each rule that it breaks, naming feature, value and rule. */
  readonly reasons: readonly string[];
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
  readonly quarantinedAt: string;
}
