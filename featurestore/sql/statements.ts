import type { FeatureDefinition, FeatureGroup, TargetStore, ValueSlot } from '../contract/index.js';
import { slotsOf } from '../records/pack.js';
import type { TableName } from './database.js';
import { type Dialect, quoteName } from './dialect.js';

/** Schema of the bookkeeping tables; users query the views beside it. */
export const internalSchema = 'thoracle_internal';

/** Columns that `<group>_history` adds; no feature may have such a name. */
export const historyColumns = [
  'version',
  'write_time',
  'api_invocation_time',
  'is_deleted',
  'expires_at',
  'provenance',
] as const;

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
  readonly target: TargetStore;
  /** Leaves out rows that have expired by then; a number, or an expression of the engine. Default: none expires. */
  readonly nowMs?: number | string;
  /** Rows of this version, and tombstones of any version: a deleted record is gone from all of them. */
  readonly version?: number;
  /** Rows with an event time before it are left out. */
  readonly fromMs?: number;
  readonly asOfMs?: number;
  readonly knownAtMs?: number;
  /** Lines with a greater sequence number are left out. */
  readonly upToSeq?: number;
}

/**
 * The order in which lines of one record count, the first above the others: those after its last hard deletion, then the greatest
 * event time, then the latest write.
 */
export const newestFirst = 'epoch DESC, is_hard, event_time DESC, seq DESC';

/**
 * The latest row of the log of each record that is not deleted.
 * Columns: seq, record_id.
 */
export function latestRows(filter: LogFilter): string {
  const alive =
    filter.nowMs === undefined
      ? 'NOT is_deleted'
      : `NOT is_deleted AND (expires_at IS NULL OR expires_at > ${filter.nowMs})`;
  return `SELECT seq, record_id FROM (
    SELECT DISTINCT ON (record_id) seq, record_id, is_deleted, expires_at FROM ${internalSchema}.log
    WHERE ${conditionOf(filter)} ORDER BY record_id, ${newestFirst}) newest WHERE ${alive}`;
}

/** A condition on lines of the log that is true of the latest one of each record that is not deleted; made for reading many at once. */
export function isLatest(filter: LogFilter, dialect: Dialect): string {
  const winners = dialect.latestSeqs(`${internalSchema}.log WHERE ${conditionOf(filter)}`);
  return `group_id = ${filter.groupId} AND NOT is_deleted AND seq IN (${winners})`;
}

function conditionOf(filter: LogFilter): string {
  const conditions = [`group_id = ${filter.groupId}`, filter.target === 'online' ? 'is_online' : 'is_offline'];
  if (filter.version !== undefined) conditions.push(`(version = ${filter.version} OR is_deleted)`);
  // a hard deletion holds whatever its event time
  if (filter.fromMs !== undefined) conditions.push(`(event_time >= ${filter.fromMs} OR is_hard)`);
  if (filter.asOfMs !== undefined) conditions.push(`(event_time <= ${filter.asOfMs} OR is_hard)`);
  if (filter.knownAtMs !== undefined) conditions.push(`write_time <= ${filter.knownAtMs}`);
  if (filter.upToSeq !== undefined) conditions.push(`seq <= ${filter.upToSeq}`);
  return conditions.join(' AND ');
}

/** Names of the views of a group of so many columns: the latest records, then the history, each in parts where it is too wide. */
export function viewNames(name: string, columnCount: number, dialect: Dialect): readonly (readonly [string, string])[] {
  const parts = Math.ceil(Math.max(1, columnCount - 2) / (dialect.mostViewColumns - 2 - historyColumns.length));
  return Array.from({ length: Math.max(1, parts) }, (_, part) => {
    const suffix = part === 0 ? '' : `__${part + 1}`;
    return [`${name}${suffix}`, `${name}_history${suffix}`] as const;
  });
}

/**
 * The views of a group: columns of the newest version, rows of all versions, a column that a version lacks is null. Two views
 * (latest records, history), or several of each where an engine's views are too narrow; each has record id and event time.
 * @param target where the latest records come from
 */
export function groupViews(
  versions: readonly VersionShape[],
  target: TargetStore,
  dialect: Dialect,
): readonly string[] {
  const newest = versions.at(-1);
  if (newest === undefined) return [];
  const { name, definitions, recordIdentifier, eventTime } = newest.group;
  const keys = definitions.filter((d) => d.name === recordIdentifier || d.name === eventTime);
  const others = definitions.filter((d) => !keys.includes(d));
  const names = viewNames(name, definitions.length, dialect);
  const width = Math.min(others.length, dialect.mostViewColumns - keys.length - historyColumns.length);
  return names.flatMap((pair, part) => {
    const columns = names.length === 1 ? definitions : [...keys, ...others.slice(part * width, (part + 1) * width)];
    return viewPair(pair, versions, columns, target, dialect);
  });
}

function viewPair(
  [latestName, historyName]: readonly [string, string],
  versions: readonly VersionShape[],
  definitions: readonly FeatureDefinition[],
  target: TargetStore,
  dialect: Dialect,
): readonly string[] {
  const keys = versions.at(-1)?.group;
  const rows = versions.map((shape) => ({ shape, columns: viewColumns(shape, definitions, keys, dialect) }));
  const latest = rows.map(({ shape, columns }) => {
    const filter = { groupId: shape.groupId, target, ...(target === 'online' ? { nowMs: dialect.nowMs } : {}) };
    return `SELECT ${columns.join(', ')} FROM ${internalSchema}.log l WHERE ${ofVersion(shape)}
        AND l.seq IN (SELECT seq FROM (${latestRows(filter)}) latest)`;
  });
  const bookkeeping = [
    'l.version AS version',
    `${dialect.timestampOfMs('l.write_time')} AS write_time`,
    `${dialect.timestampOfMs('l.api_invocation_time')} AS api_invocation_time`,
    'l.is_deleted AS is_deleted',
    `${dialect.timestampOfMs('l.expires_at')} AS expires_at`,
    'p.content AS provenance',
  ];
  const history = rows.map(
    ({ shape, columns }) =>
      `SELECT ${[...columns, ...bookkeeping].join(', ')} FROM ${internalSchema}.log l
        LEFT JOIN ${internalSchema}.provenance p ON p.provenance_id = l.provenance_id
        WHERE ${ofVersion(shape)} AND l.is_offline`,
  );
  return [
    ...dialect.createView(dialect.viewPrefix + quoteName(latestName), latest.join(' UNION ALL ')),
    ...dialect.createView(dialect.viewPrefix + quoteName(historyName), history.join(' UNION ALL ')),
  ];
}

function ofVersion({ groupId, version }: VersionShape): string {
  return `l.group_id = ${groupId} AND l.version = ${version}`;
}

/** The columns asked for as far as a version has them. */
function viewColumns(
  { group }: VersionShape,
  definitions: readonly FeatureDefinition[],
  keys: FeatureGroup | undefined,
  dialect: Dialect,
): readonly string[] {
  const slots = slotsOf(group);
  return definitions.map((definition) => {
    const name = quoteName(definition.name);
    if (definition.name === keys?.recordIdentifier) return `l.record_id AS ${name}`;
    if (definition.name === keys?.eventTime) return `${dialect.timestampOfMs('l.event_time')} AS ${name}`;
    return `${slotExpression(definition.type, slots.get(definition.name), dialect)} AS ${name}`;
  });
}

function slotExpression(type: FeatureDefinition['type'], slot: ValueSlot | undefined, dialect: Dialect): string {
  if (slot === undefined) return `CAST(NULL AS ${dialect.columnType[type]})`;
  const item = `l.${slot.list}[${slot.index + 1}]`;
  if (type === 'string') return item;
  // kept to the bare item where it can be: a view of 22,000 columns is planned anew for every query
  if (type === 'double') return item;
  const whole = `CAST(${item} AS ${dialect.columnType.integer})`;
  return type === 'integer' ? whole : dialect.timestampOfMs(whole);
}
