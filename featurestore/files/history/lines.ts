import type { Column } from '../../contract/index.js';
import type { GroupVersion } from '../../groups/group-version.js';
import { slotsOf } from '../../records/pack.js';
import type { OnChunk, RowChunk, SqlColumn } from '../../sql/database.js';
import type { Work } from '../../sql/session.js';
import { internalSchema } from '../../sql/statements.js';
import type { ParquetColumn } from '../parquet-database.js';
import { type FeatureColumn, fieldTypes, type LineNames } from './layout.js';

type StoredField = keyof typeof fieldTypes;

const fields = Object.keys(fieldTypes) as StoredField[];

/** The columns of a file: the keys, the features, then what else a line says. */
export function fileColumns(names: LineNames, features: readonly FeatureColumn[]): readonly ParquetColumn[] {
  const field = (key: StoredField): ParquetColumn => ({ name: names[key], type: fieldTypes[key] });
  return [...fields.slice(0, 2).map(field), ...features, ...fields.slice(2).map(field)];
}

/** What `scanLines` selects, in the order of `fieldTypes`. */
const selected = `record_id, event_time, seq, version, write_time, api_invocation_time, is_deleted, is_hard, is_online, is_offline,
  epoch, expires_at, p.content AS provenance, numbers, texts`;

/**
 * Hands over the lines of a group that meet a condition in the order of writing, in the columns of `fileColumns`. Sorted here, where the values
 * are two lists: sorting 22,000 columns takes a minute.
 */
export async function scanLines(
  { database }: Work,
  versions: readonly [GroupVersion, ...GroupVersion[]],
  features: readonly FeatureColumn[],
  condition: string,
  onChunk: OnChunk,
): Promise<void> {
  const [{ groupId }] = versions;
  const slots = new Map(versions.map(({ version, group }) => [version, slotsOf(group)] as const));
  const places = features.map((feature) => ({
    feature,
    indexAt: new Map([...slots].map(([version, named]) => [version, named.get(feature.name)?.index ?? -1] as const)),
  }));
  await database.stream(
    `SELECT ${selected} FROM ${internalSchema}.log l
      LEFT JOIN ${internalSchema}.provenance p ON p.provenance_id = l.provenance_id
      WHERE l.group_id = ${groupId} AND ${condition} ORDER BY l.seq`,
    (chunk) => {
      const lineColumns = chunk.columns.slice(0, fields.length);
      const unpacked = places.map(({ feature, indexAt }) => unpack(chunk, feature, indexAt));
      return onChunk({
        columns: [...lineColumns.slice(0, 2), ...unpacked, ...lineColumns.slice(2)],
        rowCount: chunk.rowCount,
      });
    },
  );
}

function unpack(
  { columns, rowCount }: RowChunk,
  { type }: FeatureColumn,
  indexAt: ReadonlyMap<number, number>,
): Column {
  const versions = (columns[fields.indexOf('version')] as SqlColumn).values;
  const [numbers, texts] = columns.slice(fields.length);
  const only = indexAt.size === 1 ? [...indexAt.values()][0] : undefined;
  const index = (row: number): number => only ?? indexAt.get(Number(versions[row])) ?? -1;
  if (type === 'string') {
    const lists = texts?.type === 'texts' ? texts.values : [];
    return { type, values: Array.from({ length: rowCount }, (_, row) => lists[row]?.[index(row)] ?? null) };
  }
  const lists = numbers?.type === 'numbers' ? numbers.values : [];
  const values = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) values[row] = lists[row]?.[index(row)] ?? Number.NaN;
  return { type, values };
}
