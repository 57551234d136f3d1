import type { FeatureDefinition, FeatureGroup } from '../contract/index.js';
import type { TableName } from './database.js';
import { type Dialect, quoteName } from './dialect.js';

/** Schema of the bookkeeping tables; users query the views beside it. */
export const internalSchema = 'thoracle_internal';

/** Columns that `<group>_history` adds; no feature may have such a name. */
export const historyColumns = ['version', 'write_time', 'api_invocation_time', 'is_deleted', 'provenance'] as const;

/** One version of a group, as the statements need it. */
export interface VersionShape {
  readonly groupId: number;
  readonly version: number;
  readonly group: FeatureGroup;
}

export const logTable: TableName = { schema: internalSchema, table: 'log' };
export const featureTableName: TableName = { schema: internalSchema, table: 'feature' };

/** The table that holds a version's values: `seq`, then `c0`, `c1`, … in the order of `valueDefinitions`. */
export function valuesTable(shape: VersionShape): TableName {
  return { schema: internalSchema, table: `values_${shape.groupId}_${shape.version}` };
}

/** The definitions whose values lie in the values table: all but record id and event time, which the log holds. */
export function valueDefinitions(group: FeatureGroup): readonly FeatureDefinition[] {
  return group.definitions.filter((d) => d.name !== group.recordIdentifier && d.name !== group.eventTime);
}

export function createValuesTable(shape: VersionShape, dialect: Dialect): string {
  const columns = valueDefinitions(shape.group).map((d, i) => `c${i} ${dialect.columnType[d.type]}`);
  return `CREATE TABLE ${internalSchema}.${valuesTable(shape).table} (${['seq BIGINT NOT NULL', ...columns].join(', ')})`;
}

/** Which rows of the log count. Bounds are inclusive, in milliseconds since 1970 UTC. */
export interface LogFilter {
  readonly groupId: number;
  /** Rows of this version, and tombstones of any version: a deleted record is gone from all of them. */
  readonly version?: number;
  readonly asOfMs?: number;
  readonly knownAtMs?: number;
}

/**
 * The latest row of the log of each record that is not deleted: greatest event time, then latest write.
 * Columns: seq, record_id, version, event_time.
 */
export function latestRows(filter: LogFilter): string {
  const conditions = [`group_id = ${filter.groupId}`];
  if (filter.version !== undefined) conditions.push(`(version = ${filter.version} OR is_deleted)`);
  if (filter.asOfMs !== undefined) conditions.push(`event_time <= ${filter.asOfMs}`);
  if (filter.knownAtMs !== undefined) conditions.push(`write_time <= ${filter.knownAtMs}`);
  return `SELECT seq, record_id, version, event_time FROM (
    SELECT DISTINCT ON (record_id) seq, record_id, version, event_time, is_deleted FROM ${internalSchema}.log
    WHERE ${conditions.join(' AND ')} ORDER BY record_id, event_time DESC, seq DESC) newest WHERE NOT is_deleted`;
}

/** Values columns of one version by definition position, as `v.c3`, for the definitions given. */
export function valueExpressions(shape: VersionShape, definitions: readonly FeatureDefinition[]): readonly string[] {
  const position = new Map(valueDefinitions(shape.group).map((d, i) => [d.name, i] as const));
  return definitions.map((d) => `v.c${position.get(d.name)}`);
}

/** The two views of a group: columns of the newest version, rows of all versions, a column that a version lacks is null. */
export function groupViews(versions: readonly VersionShape[], dialect: Dialect): readonly string[] {
  const newest = versions.at(-1);
  if (newest === undefined) return [];
  const name = newest.group.name;
  const latest = versions.map((shape) => versionSelect(shape, newest, dialect, 'latest')).join(' UNION ALL ');
  const history = versions.map((shape) => versionSelect(shape, newest, dialect, 'history')).join(' UNION ALL ');
  return [dialect.createView(quoteName(name), latest), dialect.createView(quoteName(`${name}_history`), history)];
}

function versionSelect(
  shape: VersionShape,
  newest: VersionShape,
  dialect: Dialect,
  kind: 'latest' | 'history',
): string {
  const position = new Map(valueDefinitions(shape.group).map((d, i) => [d.name, i] as const));
  const columns = newest.group.definitions.map((d) => {
    if (d.name === newest.group.recordIdentifier) return `l.record_id AS ${quoteName(d.name)}`;
    if (d.name === newest.group.eventTime) return `${dialect.timestampOfMs('l.event_time')} AS ${quoteName(d.name)}`;
    const at = position.get(d.name);
    const value = at === undefined ? `CAST(NULL AS ${dialect.columnType[d.type]})` : `v.c${at}`;
    return `${value} AS ${quoteName(d.name)}`;
  });
  const values = `${internalSchema}.${valuesTable(shape).table} v`;
  if (kind === 'latest') {
    const rows = latestRows({ groupId: shape.groupId });
    return `SELECT ${columns.join(', ')} FROM (${rows}) l JOIN ${values} ON v.seq = l.seq`;
  }
  const extra = [
    'l.version AS version',
    `${dialect.timestampOfMs('l.write_time')} AS write_time`,
    `${dialect.timestampOfMs('l.api_invocation_time')} AS api_invocation_time`,
    'l.is_deleted AS is_deleted',
    'p.content AS provenance',
  ];
  return `SELECT ${[...columns, ...extra].join(', ')} FROM ${internalSchema}.log l
    LEFT JOIN ${values} ON v.seq = l.seq LEFT JOIN ${internalSchema}.provenance p ON p.provenance_id = l.provenance_id
    WHERE l.group_id = ${shape.groupId} AND l.version = ${shape.version}`;
}
