import type { FeatureStore, QueryResult, StoreValue } from '../../../featurestore/index.js';
import type { QueryReply } from '../replies/store-reply.js';

/** Values of one reply: what a page can show without hanging. */
const mostValues = 200_000;
const mostColumns = 200;

/**
 * Plans a statement, then runs it up to a number of rows. The plan comes first, so that the store's guard speaks of the statement as it was
 * written, before the limit is put around it.
 * @throws StoreError STORE_QUERY_REFUSED, STORE_QUERY_FAILED, STORE_QUERY_TIME
 */
export async function runQuery(store: FeatureStore, sql: string, wantedRows: number): Promise<QueryReply> {
  const statement = sql.replace(/[\s;]+$/, '');
  if (isExplain(statement)) return explanation(store, statement);
  const plan = await timed(() => store.query(`EXPLAIN ${statement}`));
  // A comment at the end must not swallow what follows it.
  const within = (limit: number) => `SELECT * FROM (${statement}\n) AS shown LIMIT ${limit}`;
  const { columns } = await store.query(within(0));
  const rowLimit = Math.max(1, Math.min(wantedRows, Math.floor(mostValues / Math.max(1, columns.length))));
  const run = await timed(() => store.query(within(rowLimit + 1)));
  return {
    ...shown(run.result, rowLimit),
    rowLimit,
    planMs: plan.ms,
    runMs: run.ms,
    plan: planText(plan.result),
  };
}

async function explanation(store: FeatureStore, statement: string): Promise<QueryReply> {
  const { result, ms } = await timed(() => store.query(statement));
  return { ...shown(result, mostValues), rowLimit: mostValues, planMs: ms, runMs: 0, plan: planText(result) };
}

function isExplain(sql: string): boolean {
  return /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*explain\b/i.test(sql);
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const start = performance.now();
  const result = await work();
  return { result, ms: performance.now() - start };
}

/** One engine answers with a key and a text, the other with a line in each row. */
function planText({ rows }: QueryResult): string {
  return rows.map((row) => String(row.at(-1) ?? '')).join('\n');
}

function shown(
  { columns, rows }: QueryResult,
  rowLimit: number,
): Pick<QueryReply, 'columns' | 'rows' | 'hasMore' | 'columnsLeftOut'> {
  return {
    columns: columns.slice(0, mostColumns),
    rows: rows.slice(0, rowLimit).map((row) => row.slice(0, mostColumns).map(cellOf)),
    hasMore: rows.length > rowLimit,
    columnsLeftOut: Math.max(0, columns.length - mostColumns),
  };
}

/** JSON has no infinities, and a table no truth values. */
function cellOf(value: StoreValue): string | number | null {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
