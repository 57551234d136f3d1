/**
 * DuckDB's message as one sentence: without the copy of the statement, the caret line, a stack trace, the line breaks and a second saying of the same.
 * `Catalog Error: Table with name x does not exist!` stays as it is.
 */
export function oneSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/\n\s*LINE \d+:[\s\S]*$/, '')
    .replace(/\s*Stack Trace:[\s\S]*$/, '')
    .replace(/^Failed to extract statements: /, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(.+) \1$/, '$1');
}
