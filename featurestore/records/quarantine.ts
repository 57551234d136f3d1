import type { QuarantinedRow, StoreValue } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import { readRows, type SqlDatabase } from '../sql/database.js';
import { internalSchema } from '../sql/statements.js';
import type { CheckedTable } from './check-table.js';
import { isoTime, storeValue } from './pack.js';
import type { InvalidRows } from './validate.js';

const table = { schema: internalSchema, table: 'quarantine' };

/** Puts rows that break rules aside, with their values and the reasons; to be called inside a transaction. */
export async function appendQuarantine(
  database: SqlDatabase,
  { groupId, version, group }: GroupVersion,
  { ids, eventTimes, table: source, firstRow }: CheckedTable,
  invalid: InvalidRows,
  nowMs: number,
): Promise<void> {
  const rows = [...invalid.keys()];
  const numbers = (value: (row: number) => number) =>
    ({ type: 'integer', values: Float64Array.from(rows, value) }) as const;
  const texts = (value: (row: number) => string) => ({ type: 'string', values: rows.map(value) }) as const;
  const content = (row: number): string =>
    JSON.stringify(group.definitions.map((d) => storeValue(d.type, source.columns.get(d.name)?.values[row] ?? null)));
  await database.append(
    table,
    [
      { type: 'constant', value: groupId },
      { type: 'constant', value: version },
      numbers((row) => row + firstRow),
      texts((row) => ids[row] as string),
      numbers((row) => eventTimes[row] as number),
      texts((row) => JSON.stringify(invalid.get(row))),
      texts(content),
      { type: 'constant', value: nowMs },
    ],
    rows.length,
  );
}

/** The rows put aside of a group, oldest first. */
export async function readQuarantine(
  database: SqlDatabase,
  versions: readonly [GroupVersion, ...GroupVersion[]],
): Promise<QuarantinedRow[]> {
  const [{ groupId }] = versions;
  const rows = await readRows(
    database,
    `SELECT version, row_number, record_id, event_time, reasons, content, quarantined_at
      FROM ${internalSchema}.quarantine WHERE group_id = ${groupId} ORDER BY quarantined_at, version, row_number`,
  );
  return rows.map(([version, row, id, eventTime, reasons, content, at]) => {
    const stored = versions.find((v) => v.version === version);
    const values = JSON.parse(String(content)) as StoreValue[];
    const named = stored?.group.definitions.map((d, index) => [d.name, values[index] ?? null] as const) ?? [];
    return {
      group: versions[0].group.name,
      version: Number(version),
      row: Number(row),
      id: String(id),
      eventTime: isoTime(Number(eventTime)),
      reasons: JSON.parse(String(reasons)),
      values: Object.fromEntries(named),
      quarantinedAt: isoTime(Number(at)),
    };
  });
}
