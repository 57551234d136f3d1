/** Table functions that only make or list rows. Every other one is refused: many read files, some change the instance. */
export const readingTableFunctions: ReadonlySet<string> = new Set([
  'duckdb_columns',
  'duckdb_functions',
  'duckdb_keywords',
  'duckdb_tables',
  'duckdb_types',
  'duckdb_views',
  'generate_series',
  'histogram',
  'histogram_values',
  'json_each',
  'json_tree',
  'pragma_table_info',
  'pragma_version',
  'range',
  'repeat',
  'repeat_row',
  'summary',
  'test_all_types',
  'unnest',
]);

/** Listed by DuckDB as having side effects, but these only answer something else each time. */
export const harmlessVolatile: ReadonlySet<string> = new Set([
  'current_connection_id',
  'current_query',
  'current_query_id',
  'current_transaction_id',
  'error',
  'gen_random_uuid',
  'random',
  'stats',
  'uuid',
  'uuidv4',
  'uuidv7',
]);

/**
 * Refused though DuckDB does not list them as having side effects: macros that hold the connection, and a function that binds
 * a statement given as text, which this guard does not see.
 */
export const refusedScalars: readonly string[] = ['json_serialize_plan', 'pg_sleep', 'sleep', 'sleep_ms'];

/** Names (lower case) of the functions called anywhere in DuckDB's serialised syntax tree. */
export function calledFunctions(tree: unknown): { readonly table: Set<string>; readonly scalar: Set<string> } {
  const table = new Set<string>();
  const scalar = new Set<string>();
  const visit = (node: unknown, isTableFunction: boolean): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item, false);
      return;
    }
    if (node === null || typeof node !== 'object') return;
    const fields = node as Record<string, unknown>;
    if (typeof fields.function_name === 'string') {
      (isTableFunction ? table : scalar).add(fields.function_name.toLowerCase());
    }
    for (const [key, child] of Object.entries(fields)) {
      visit(child, fields.type === 'TABLE_FUNCTION' && key === 'function');
    }
  };
  visit(tree, false);
  return { table, scalar };
}

/** The statement behind `EXPLAIN [ANALYZE]`, or undefined when the text does not start with EXPLAIN. */
export function explained(sql: string): string | undefined {
  const gap = String.raw`(?:\s|--[^\n]*(?:\n|$)|/\*[\s\S]*?\*/)`;
  const options = String.raw`\((?:${gap})*(?:analyze|format)\b[^()]*\)`;
  const match = new RegExp(String.raw`^${gap}*explain\b(?:${gap}+analyze\b)?(?:${gap}*${options})?`, 'i').exec(sql);
  return match === null ? undefined : sql.slice(match[0].length);
}
