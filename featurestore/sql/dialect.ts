import type { FeatureType } from '../contract/index.js';

/** Where engines differ in the statements the store writes. */
export interface Dialect {
  readonly columnType: Readonly<Record<FeatureType, string>>;
  /** Turns an expression in milliseconds since 1970 UTC into a timestamp without zone, in UTC. */
  timestampOfMs(expression: string): string;
  /** An expression that sorts text by code point. */
  codePointOrder(expression: string): string;
  /** A statement that makes or replaces a view. */
  createView(quotedName: string, select: string): string;
}

/** Quotes an identifier (SQL:1999 delimited identifier). */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
