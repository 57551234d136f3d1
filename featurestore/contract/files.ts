/** How the history of groups is written to a folder. */
export interface HistoryExportOptions {
  /** Default all. */
  readonly groups?: readonly string[];
  /**
   * `event-day` (default): `<group>/event_day=YYYY-MM-DD/part-00000.parquet`, the day (UTC) of the event time; `none`:
   * `<group>/part-00000.parquet`, for groups so wide that a file for each day would be more column names than values.
   */
  readonly partition?: 'event-day' | 'none';
}

/** What was written or read. */
export interface HistoryFiles {
  /** By name. */
  readonly groups: readonly { readonly name: string; readonly rows: number; readonly files: number }[];
  /** Lines of history, deletions included. */
  readonly rows: number;
}

/** What a backup holds. */
export interface BackupSummary extends HistoryFiles {
  /** SHA-256 (hex) over the digests of all its files: two backups with the same one hold the same bytes. */
  readonly digest: string;
}
