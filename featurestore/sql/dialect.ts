import type { FeatureType } from '../contract/index.js';

/** One step of the store's format. Numbers only ever grow; a published step is never edited. */
export interface Migration {
  readonly number: number;
  readonly statements: readonly string[];
}

/** Where engines differ in the statements the store writes. */
export interface Dialect {
  readonly columnType: Readonly<Record<FeatureType, string>>;
  readonly migrations: readonly Migration[];
  /** What stands before a view's name: empty, or a schema and a point. */
  readonly viewPrefix: string;
  /** Columns that a view can have at most; a wider group has further views, `<name>__2` and on. */
  readonly mostViewColumns: number;
  /** Whether a text may hold the character NUL. */
  readonly takesNul: boolean;
  /** The present in milliseconds since 1970 UTC, by the engine's clock. */
  readonly nowMs: string;
  /** Turns an expression in milliseconds since 1970 UTC into a timestamp without zone, in UTC. */
  timestampOfMs(expression: string): string;
  /** An expression that sorts text by code point. */
  codePointOrder(expression: string): string;
  /**
   * A query for the sequence number of the latest line of each record (the order of `newestFirst`) among lines of one group.
   * @param from what stands after FROM, with its conditions
   */
  latestSeqs(from: string): string;
  /** Statements that make or replace a view. */
  createView(quotedName: string, select: string): readonly string[];
}

/** Quotes an identifier (SQL:1999 delimited identifier). */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The number of the newest format this program reads and writes. */
export function newestFormat(dialect: Dialect): number {
  return dialect.migrations.at(-1)?.number ?? 0;
}
