import type { SqlColumn } from '../featurestore/sql/database.js';
import type { DuckDbDatabase } from '../featurestore/sql/duckdb/engine.js';

/** What is joined, and as of when. */
export interface JoinShape {
  readonly groups: readonly { readonly name: string; readonly features: number }[];
  readonly asOfMs: number;
}

/** A way to write the join; the answer has ids ascending and values row-major. */
export interface HandWritten {
  readonly name: string;
  run(database: DuckDbDatabase): Promise<{ readonly ids: readonly string[]; readonly values: Float64Array }>;
}

const log = 'thoracle_internal.log';

/** Latest lines of a group as of a time: `record_id`, `numbers`. Data without deletions need no more. */
type Latest = (groupId: number, asOfMs: number) => string;

const latestForms: readonly (readonly [string, Latest])[] = [
  [
    'row_number',
    (group, asOf) => `SELECT record_id, numbers FROM ${log} WHERE group_id = ${group} AND event_time <= ${asOf}
      QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY event_time DESC, seq DESC) = 1`,
  ],
  [
    'arg_max of the list',
    (group, asOf) => `SELECT record_id, arg_max(numbers, (event_time, seq)) AS numbers FROM ${log}
      WHERE group_id = ${group} AND event_time <= ${asOf} GROUP BY record_id`,
  ],
  [
    'arg_max of seq, then the line',
    (group, asOf) => `SELECT record_id, numbers FROM ${log} WHERE group_id = ${group} AND seq IN (
      SELECT arg_max(seq, (event_time, seq)) FROM ${log} WHERE group_id = ${group} AND event_time <= ${asOf} GROUP BY record_id)`,
  ],
  [
    'arg_max of rowid, then the line',
    (group, asOf) => `SELECT record_id, numbers FROM ${log} WHERE rowid IN (
      SELECT arg_max(rowid, (event_time, seq)) FROM ${log} WHERE group_id = ${group} AND event_time <= ${asOf} GROUP BY record_id)`,
  ],
  [
    'greatest event time, joined',
    (
      group,
      asOf,
    ) => `SELECT l.record_id, l.numbers FROM ${log} l JOIN (SELECT record_id, max(event_time) AS event_time FROM ${log}
      WHERE group_id = ${group} AND event_time <= ${asOf} GROUP BY record_id) k USING (record_id, event_time) WHERE l.group_id = ${group}`,
  ],
  [
    'ASOF JOIN',
    (
      group,
      asOf,
    ) => `SELECT p.record_id, l.numbers FROM (SELECT DISTINCT record_id, ${asOf} AS at FROM ${log} WHERE group_id = ${group}) p
      ASOF JOIN (SELECT record_id, event_time, numbers FROM ${log} WHERE group_id = ${group}) l
      ON p.record_id = l.record_id AND p.at >= l.event_time`,
  ],
];

/** The join over the store's own tables. */
export function overLists({ groups, asOfMs }: JoinShape): readonly HandWritten[] {
  const width = groups.reduce((sum, { features }) => sum + features, 0);
  return latestForms.map(([name, latest]) => ({
    name,
    async run(database) {
      const [first, ...others] = groups.map((_, index) => `(${latest(index + 1, asOfMs)}) g${index}`);
      const lists = groups.map((_, index) => `g${index}.numbers`).join(', ');
      const joins = others.map((from) => `LEFT JOIN ${from} USING (record_id)`).join(' ');
      const ids: string[] = [];
      const pieces: Float64Array[] = [];
      await database.scan(`SELECT g0.record_id, ${lists} FROM ${first} ${joins} ORDER BY g0.record_id`, [], (chunk) => {
        const [idColumn, ...numbers] = chunk.columns;
        const piece = new Float64Array(chunk.rowCount * width);
        for (let row = 0; row < chunk.rowCount; row++) {
          ids.push(String(idColumn?.values[row]));
          let at = row * width;
          for (const [index, { features }] of groups.entries()) {
            piece.set((listAt(numbers[index], row) as Float64Array).subarray(0, features), at);
            at += features;
          }
        }
        pieces.push(piece);
      });
      return { ids, values: together(pieces) };
    },
  }));
}

/** Tables `plain_<group>` with a column for each feature, and the keys. */
export async function plainTables(database: DuckDbDatabase, { groups }: JoinShape): Promise<void> {
  for (const [index, { name, features }] of groups.entries()) {
    const columns = Array.from({ length: features }, (_, c) => `numbers[${c + 1}] AS ${name}_f${c}`);
    await database.run(`CREATE TABLE plain_${name} AS SELECT record_id, event_time, seq, ${columns.join(', ')} FROM ${log}
      WHERE group_id = ${index + 1} ORDER BY seq`);
  }
}

const plainForms: readonly (readonly [string, (table: string, asOfMs: number) => string])[] = [
  [
    'row_number',
    (table, asOf) => `SELECT * FROM ${table} WHERE event_time <= ${asOf}
      QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY event_time DESC, seq DESC) = 1`,
  ],
  [
    'arg_max of rowid, then the row',
    (table, asOf) => `SELECT * FROM ${table} WHERE rowid IN (
      SELECT arg_max(rowid, (event_time, seq)) FROM ${table} WHERE event_time <= ${asOf} GROUP BY record_id)`,
  ],
  [
    'greatest event time, joined',
    (table, asOf) => `SELECT t.* FROM ${table} t JOIN (SELECT record_id, max(event_time) AS event_time FROM ${table}
      WHERE event_time <= ${asOf} GROUP BY record_id) k USING (record_id, event_time)`,
  ],
];

/** The join over plain tables. */
export function overPlainTables({ groups, asOfMs }: JoinShape): readonly HandWritten[] {
  return plainForms.map(([name, latest]) => ({
    name,
    async run(database) {
      const from = groups.map(({ name: group }, index) => `(${latest(`plain_${group}`, asOfMs)}) g${index}`);
      const columns = groups.flatMap(({ name: group, features }) =>
        Array.from({ length: features }, (_, c) => `${group}_f${c}`),
      );
      const joins = from.slice(1).map((other) => `LEFT JOIN ${other} USING (record_id)`);
      const ids: string[] = [];
      const pieces: Float64Array[] = [];
      const sql = `SELECT g0.record_id, ${columns.join(', ')} FROM ${from[0]} ${joins.join(' ')} ORDER BY g0.record_id`;
      await database.scan(sql, [], (chunk) => {
        const width = columns.length;
        const piece = new Float64Array(chunk.rowCount * width);
        for (let row = 0; row < chunk.rowCount; row++) ids.push(String(chunk.columns[0]?.values[row]));
        for (let c = 0; c < width; c++) {
          const values = chunk.columns[c + 1]?.values as Float64Array;
          for (let row = 0, at = c; row < chunk.rowCount; row++, at += width) piece[at] = values[row] as number;
        }
        pieces.push(piece);
      });
      return { ids, values: together(pieces) };
    },
  }));
}

function listAt(column: SqlColumn | undefined, row: number): Float64Array | null {
  return column?.type === 'numbers' ? (column.values[row] ?? null) : null;
}

function together(pieces: readonly Float64Array[]): Float64Array {
  const values = new Float64Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    values.set(piece, at);
    at += piece.length;
  }
  return values;
}
