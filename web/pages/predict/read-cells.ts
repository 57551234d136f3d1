/** A line of a table, and where it stands. */
export interface CellRow {
  /** Line of the text, from 1, at which the row ends. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Why a text is no table, in one sentence. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

/**
 * Reads comma-separated text (RFC 4180); tabs or semicolons do too, if the first line holds them and no comma. The reader is loaded when it is first needed.
 * @throws TableError naming the line
 */
export async function readCells(text: string): Promise<readonly CellRow[]> {
  const { parse } = await import('csv-parse/browser/esm/sync');
  const head = text.slice(0, text.search(/[\r\n]|$/));
  const delimiter = head.includes(',') ? ',' : head.includes('\t') ? '\t' : head.includes(';') ? ';' : ',';
  try {
    const rows = parse(text, {
      bom: true,
      delimiter,
      trim: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as readonly { readonly info: { readonly lines: number }; readonly record: readonly string[] }[];
    return rows.map(({ info, record }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    throw new TableError(`This is no table of comma-separated values: ${(error as Error).message}`);
  }
}
