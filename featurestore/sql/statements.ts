import type { FeatureDefinition, FeatureGroup } from '../contract/index.js';
import { type Slot, slotsOf } from '../records/pack.js';
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
 * Columns: seq, record_id.
 */
export function latestRows(filter: LogFilter): string {
  const conditions = [`group_id = ${filter.groupId}`];
  if (filter.version !== undefined) conditions.push(`(version = ${filter.version} OR is_deleted)`);
  if (filter.asOfMs !== undefined) conditions.push(`event_time <= ${filter.asOfMs}`);
  if (filter.knownAtMs !== undefined) conditions.push(`write_time <= ${filter.knownAtMs}`);
  return `SELECT seq, record_id FROM (
    SELECT DISTINCT ON (record_id) seq, record_id, is_deleted FROM ${internalSchema}.log
    WHERE ${conditions.join(' AND ')} ORDER BY record_id, event_time DESC, seq DESC) newest WHERE NOT is_deleted`;
}

/** The two views of a group: columns of the newest version, rows of all versions, a column that a version lacks is null. */
export function groupViews(versions: readonly VersionShape[], dialect: Dialect): readonly string[] {
  const newest = versions.at(-1);
  if (newest === undefined) return [];
  const name = newest.group.name;
  const rows = versions.map((shape) => viewColumns(shape, newest.group, dialect));
  const latest = rows.map(
    ({ shape, columns }) =>
      `SELECT ${columns.join(', ')} FROM ${internalSchema}.log l WHERE ${ofVersion(shape)}
        AND l.seq IN (SELECT seq FROM (${latestRows({ groupId: shape.groupId })}) latest)`,
  );
  const bookkeeping = [
    'l.version AS version',
    `${dialect.timestampOfMs('l.write_time')} AS write_time`,
    `${dialect.timestampOfMs('l.api_invocation_time')} AS api_invocation_time`,
    'l.is_deleted AS is_deleted',
    'p.content AS provenance',
  ];
  const history = rows.map(
    ({ shape, columns }) =>
      `SELECT ${[...columns, ...bookkeeping].join(', ')} FROM ${internalSchema}.log l
        LEFT JOIN ${internalSchema}.provenance p ON p.provenance_id = l.provenance_id WHERE ${ofVersion(shape)}`,
  );
  return [
    dialect.createView(quoteName(name), latest.join(' UNION ALL ')),
    dialect.createView(quoteName(`${name}_history`), history.join(' UNION ALL ')),
  ];
}

function ofVersion({ groupId, version }: VersionShape): string {
  return `l.group_id = ${groupId} AND l.version = ${version}`;
}

/** The columns of `newest` as far as a version has them. */
function viewColumns(
  shape: VersionShape,
  newest: FeatureGroup,
  dialect: Dialect,
): { readonly shape: VersionShape; readonly columns: readonly string[] } {
  const slots = slotsOf(shape.group);
  const columns = newest.definitions.map((definition) => {
    const name = quoteName(definition.name);
    if (definition.name === newest.recordIdentifier) return `l.record_id AS ${name}`;
    if (definition.name === newest.eventTime) return `${dialect.timestampOfMs('l.event_time')} AS ${name}`;
    return `${slotExpression(definition.type, slots.get(definition.name), dialect)} AS ${name}`;
  });
  return { shape, columns };
}

function slotExpression(type: FeatureDefinition['type'], slot: Slot | undefined, dialect: Dialect): string {
  if (slot === undefined) return `CAST(NULL AS ${dialect.columnType[type]})`;
  const item = `l.${slot.list}[${slot.index + 1}]`;
  if (type === 'string') return item;
  // kept to the bare item where it can be: a view of 22,000 columns is planned anew for every query
  if (type === 'double') return item;
  const whole = `CAST(${item} AS ${dialect.columnType.integer})`;
  return type === 'integer' ? whole : dialect.timestampOfMs(whole);
}
