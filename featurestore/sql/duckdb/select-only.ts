import {
  BIGINT,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBValue,
  StatementType,
} from '@duckdb/node-api';
import type { QueryResult, StoreValue } from '../../contract/index.js';
import { StoreError, type StoreErrorCode, storeError } from '../../errors.js';
import { oneSentence } from './messages.js';
import { calledFunctions, explained, harmlessVolatile, readingTableFunctions, refusedScalars } from './query-guard.js';
import { readResult } from './query-result.js';

/**
 * Runs statements of users so that they can only read. Four layers, each sufficient against most attempts:
 * one statement whose type, by DuckDB's own parser, is SELECT (or EXPLAIN of a SELECT); a syntax tree without functions that act;
 * a read-only transaction; an instance without file system, extensions and changeable settings (set when it was opened).
 */
export class SelectOnly {
  #volatile: ReadonlySet<string> | undefined;

  /** @param limitMs a query that takes longer is stopped */
  constructor(
    private readonly connection: DuckDBConnection,
    private readonly limitMs: number,
  ) {}

  async run(sql: string, parameters: readonly StoreValue[]): Promise<QueryResult> {
    await this.#begin();
    try {
      const statement = await this.#check(sql);
      this.#bind(statement, parameters);
      // the whole result, not a stream: DuckDB ends a stream that fails halfway like one that is complete
      return await readResult(await this.#withinLimit(() => statement.run()));
    } finally {
      await this.connection.run('ROLLBACK').catch((error: unknown) => {
        if (!/no transaction is active/.test(String(error))) throw error;
      });
    }
  }

  async #withinLimit<T>(work: () => Promise<T>): Promise<T> {
    let stopped = false;
    const timer = setInterval(() => {
      stopped = true;
      this.connection.interrupt();
    }, this.limitMs);
    try {
      return await failsAs('STORE_QUERY_FAILED', work);
    } catch (error) {
      throw stopped ? storeError('STORE_QUERY_TIME', this.limitMs / 1000) : error;
    } finally {
      clearInterval(timer);
    }
  }

  async #begin(): Promise<void> {
    await failsAs('STORE_ENGINE', () => this.connection.run('BEGIN TRANSACTION READ ONLY'));
  }

  /** @returns the prepared statement, proven to be a reading one */
  async #check(sql: string): Promise<DuckDBPreparedStatement> {
    // DuckDB reads a text up to its first NUL: what is looked at here must be all there is
    if (sql.includes('\0')) throw storeError('STORE_QUERY_REFUSED', 'it holds a NUL character');
    if (bare(sql) === '') throw storeError('STORE_QUERY_REFUSED', 'it is empty');
    const extracted = await failsAs('STORE_QUERY_FAILED', () => this.connection.extractStatements(sql));
    if (extracted.count !== 1) {
      const hint = /\bpivot\b/i.test(sql) ? ' (a PIVOT is several unless IN lists its values)' : '';
      throw storeError('STORE_QUERY_REFUSED', `it holds ${extracted.count} statements${hint}`);
    }
    const inner = explained(sql);
    // the tree is looked at before the statement is prepared: binding a table function may already touch what it reads
    await this.#checkTree(inner ?? sql);
    const statement = await failsAs('STORE_QUERY_FAILED', () => extracted.prepare(0));
    const wanted = inner === undefined ? StatementType.SELECT : StatementType.EXPLAIN;
    if (statement.statementType !== wanted) {
      throw storeError('STORE_QUERY_REFUSED', `it is a statement of type ${StatementType[statement.statementType]}`);
    }
    return statement;
  }

  async #checkTree(sql: string): Promise<void> {
    const reader = await failsAs('STORE_QUERY_FAILED', () =>
      this.connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql]),
    );
    const tree = parsedTree(String(reader.getRows()[0]?.[0]));
    const { error, error_type: type, error_message: message } = tree as Record<string, unknown>;
    if (error !== false) {
      if (type === 'parser' || type === 'syntax') throw storeError('STORE_QUERY_FAILED', oneSentence(String(message)));
      throw storeError('STORE_QUERY_REFUSED', 'it is not a SELECT');
    }
    const called = calledFunctions(tree);
    for (const name of called.table) {
      if (!readingTableFunctions.has(name)) throw storeError('STORE_QUERY_REFUSED', `it calls the function "${name}"`);
    }
    const volatile = await this.#volatileFunctions();
    for (const name of called.scalar) {
      if (volatile.has(name)) throw storeError('STORE_QUERY_REFUSED', `it calls the function "${name}"`);
    }
  }

  /** Functions that DuckDB itself lists as having side effects, but for those whose only effect is another value each time. */
  async #volatileFunctions(): Promise<ReadonlySet<string>> {
    if (this.#volatile !== undefined) return this.#volatile;
    const reader = await failsAs('STORE_ENGINE', () =>
      this.connection.runAndReadAll('SELECT DISTINCT function_name FROM duckdb_functions() WHERE has_side_effects'),
    );
    const names = reader.getRows().map((row) => String(row[0]));
    this.#volatile = new Set([...names.filter((name) => !harmlessVolatile.has(name)), ...refusedScalars]);
    return this.#volatile;
  }

  #bind(statement: DuckDBPreparedStatement, parameters: readonly StoreValue[]): void {
    if (statement.parameterCount !== parameters.length) {
      throw storeError(
        'STORE_BAD_PARAMETER',
        `it has ${statement.parameterCount} parameters but ${parameters.length} values were given`,
      );
    }
    const values = parameters.map((value, index): DuckDBValue => {
      if (value === null || ['string', 'boolean'].includes(typeof value)) return value;
      if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
      throw storeError('STORE_BAD_PARAMETER', `parameter ${index + 1} is neither text, number, boolean nor null`);
    });
    for (const [index, value] of values.entries()) {
      // a bigint alone would be bound as HUGEINT, which hardly any function takes
      statement.bindValue(index + 1, value, typeof value === 'bigint' ? BIGINT : undefined);
    }
  }
}

/** DuckDB writes a number beyond the range of a double as a word that is no JSON. */
function parsedTree(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw storeError('STORE_QUERY_FAILED', 'it cannot be checked; does it hold a number beyond the range of a double?');
  }
}

/** The statement without comments, white space and semicolons. */
function bare(sql: string): string {
  return sql
    .replace(/--[^\n]*/g, '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/[\s;]/g, '');
}

async function failsAs<T>(code: 'STORE_QUERY_FAILED' | 'STORE_ENGINE', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const mapped: StoreErrorCode = code;
    throw new StoreError(mapped, storeError(mapped, oneSentence(error)).message, { cause: error });
  }
}
