import type { ConflictPolicy, IngestResult, NumericColumn, StringColumn } from '../contract/index.js';
import type { GroupVersion } from '../groups/group-version.js';
import { type AppendColumn, readRows, type SqlDatabase } from '../sql/database.js';
import { momentOf, type Work, type WriteMoment } from '../sql/session.js';
import { internalSchema, logTable } from '../sql/statements.js';
import { type BatchChanges, batchChanges, type LineTerms } from './changes.js';
import type { CheckedTable } from './check-table.js';
import { epochsOf, knownLines } from './known-lines.js';

/** How the rows of a batch are written. */
export interface AppendTerms extends LineTerms {
  readonly policy: ConflictPolicy;
}

/** Appends those rows of a batch that say something new; to be called inside a transaction with the group's lock held. */
export async function appendRows(
  work: Work,
  stored: GroupVersion,
  checked: CheckedTable,
  batch: Int32Array,
  terms: AppendTerms,
): Promise<IngestResult> {
  const { database } = work;
  const moment = await momentOf(work, stored.groupId);
  const isFirst = moment.firstSeq === 1;
  const epochs = isFirst ? new Map<string, number>() : await epochsOf(database, stored.groupId);
  const keys = keysOf(checked, batch);
  const known = isFirst ? new Map() : await knownLines(database, stored, keys, epochs);
  const byRow = new Map([...known].map(([index, line]) => [batch[index] as number, line] as const));
  const changes = batchChanges(checked, batch, byRow, terms, terms.policy);
  const { rows, ...counts } = changes;
  if (rows.length > 0) {
    const provenanceId = await provenanceIdOf(database, JSON.stringify(checked.table.provenance));
    await database.append(
      logTable,
      logColumns(stored, checked, changes, { ...moment, ...terms, provenanceId, epochs }),
      rows.length,
    );
  }
  const { unchanged, replaced, kept } = counts;
  return {
    group: stored.group.name,
    version: stored.version,
    written: rows.length,
    unchanged,
    replaced,
    kept,
    quarantined: 0,
  };
}

function keysOf({ ids, eventTimes }: CheckedTable, batch: Int32Array): { ids: string[]; eventTimes: Float64Array } {
  return {
    ids: Array.from(batch, (row) => ids[row] as string),
    eventTimes: Float64Array.from(batch, (row) => eventTimes[row] as number),
  };
}

interface LineFacts extends WriteMoment, LineTerms {
  readonly provenanceId: number;
  readonly epochs: ReadonlyMap<string, number>;
}

/** The columns of the log in the order of its table. */
function logColumns(
  stored: GroupVersion,
  { ids, eventTimes, values }: CheckedTable,
  { rows }: BatchChanges,
  facts: LineFacts,
): AppendColumn[] {
  const constant = (value: number | null): AppendColumn => ({ type: 'constant', value });
  const integers = (value: (row: number, index: number) => number): NumericColumn => ({
    type: 'integer',
    values: Float64Array.from(rows, value),
  });
  const { epochs, ttlMs } = facts;
  return [
    integers((_, index) => facts.firstSeq + index),
    constant(stored.groupId),
    constant(stored.version),
    { type: 'string', values: Array.from(rows, (row) => ids[row] as string) },
    integers((row) => eventTimes[row] as number),
    constant(facts.writeTimeMs),
    constant(facts.apiInvocationTimeMs),
    constant(0),
    constant(facts.provenanceId),
    { type: 'gathered-numbers', columns: values.filter((c): c is NumericColumn => c.type !== 'string'), rows },
    { type: 'gathered-texts', columns: values.filter((c): c is StringColumn => c.type === 'string'), rows },
    constant(facts.online ? 1 : 0),
    constant(facts.offline ? 1 : 0),
    epochs.size === 0 ? constant(0) : integers((row) => epochs.get(ids[row] as string) ?? 0),
    constant(0),
    Number.isNaN(ttlMs) ? constant(null) : integers((row) => (eventTimes[row] as number) + ttlMs),
  ];
}

/** The id of a provenance, which is kept when there is none of the same content; to be called inside a transaction. */
export async function provenanceIdOf(database: SqlDatabase, content: string): Promise<number> {
  const provenance = `${internalSchema}.provenance`;
  const find = () => readRows(database, `SELECT provenance_id FROM ${provenance} WHERE content = $1`, [content]);
  const [same] = await find();
  if (same !== undefined) return Number(same[0]);
  await database.lock('provenance');
  const [meanwhile] = await find();
  if (meanwhile !== undefined) return Number(meanwhile[0]);
  const [last] = await readRows(database, `SELECT coalesce(max(provenance_id), 0) FROM ${provenance}`);
  const id = Number(last?.[0]) + 1;
  await database.run(`INSERT INTO ${provenance} VALUES ($1, $2)`, [id, content]);
  return id;
}
