/** Where a command writes. Tests pass their own. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
}

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/**
 * How a command speaks. With `--json`, stdout carries one JSON document and all else goes to stderr;
 * without, the answer is text on stdout. Progress and warnings always go to stderr.
 */
export interface Output {
  readonly json: boolean;
  /** The command's answer, in both forms; called once. */
  answer(document: unknown, text: () => string): void;
  /** A line for the person who waits. */
  note(line: string): void;
}

export function createOutput(io: Io, json: boolean): Output {
  return {
    json,
    answer: (document, text) => {
      io.stdout.write(json ? `${JSON.stringify(document)}\n` : ensureNewline(text()));
    },
    note: (line) => {
      io.stderr.write(`${line}\n`);
    },
  };
}

/** Lines of one kind that are printed before the rest is only counted. */
const notesShown = 30;

/** Notes of one kind; after thirty the rest is only counted. */
export function noteAll(output: Output, lines: readonly string[]): void {
  // One more line is as short as the line that would stand for it.
  const shown = lines.length <= notesShown + 1 ? lines : lines.slice(0, notesShown);
  for (const line of shown) output.note(line);
  const more = lines.length - shown.length;
  if (more > 0) output.note(`… and ${more} more like these; --json prints all of them`);
}

function ensureNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Columns padded to equal width, two spaces between them; columns of numbers (`-` for none) to the right. */
export function textTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows.map((row) => row.map(String))];
  const widths = header.map((_, c) => cells.reduce((width, row) => Math.max(width, (row[c] ?? '').length), 0));
  const rightAligned = header.map(
    (_, c) =>
      rows.some((row) => typeof row[c] === 'number') &&
      rows.every((row) => typeof row[c] === 'number' || row[c] === '-'),
  );
  return cells
    .map((row) =>
      row
        .map((cell, c) => (rightAligned[c] ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
