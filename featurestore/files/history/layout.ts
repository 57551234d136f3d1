import type { FeatureType, GroupSettings } from '../../contract/index.js';
import type { GroupVersion } from '../../groups/group-version.js';
import { slotsOf } from '../../records/pack.js';

/** What the definition file of an exported group begins with. */
export const historyFormat = 'thoracle-history';
export const historyFormatVersion = 1;

/** Readers of Parquet folders pass over names that begin with an underscore. */
export const groupFileName = '_group.json';
export const quarantineFileName = '_quarantine.parquet';

/** `event-day`: a folder for each day (UTC) of the event time, as Hive has it; `none`: parts in one folder. */
export type HistoryPartition = 'event-day' | 'none';

/** What a line of the history says beside its features, and the names its columns have unless a feature has them. */
const preferredNames = {
  seq: 'seq',
  version: 'version',
  writeTime: 'write_time',
  apiInvocationTime: 'api_invocation_time',
  isDeleted: 'is_deleted',
  isHard: 'is_hard',
  isOnline: 'is_online',
  isOffline: 'is_offline',
  epoch: 'epoch',
  expiresAt: 'expires_at',
  provenance: 'provenance',
  eventDay: 'event_day',
} as const;

type LineField = keyof typeof preferredNames | 'recordId' | 'eventTime';

/** The name of the column for each field. */
export type LineNames = Readonly<Record<LineField, string>>;

/** Type of each field in the store's own terms; `boolean` travels as 0 and 1. */
export const fieldTypes: Readonly<Record<Exclude<LineField, 'eventDay'>, FeatureType | 'boolean'>> = {
  recordId: 'string',
  eventTime: 'timestamp',
  seq: 'integer',
  version: 'integer',
  writeTime: 'timestamp',
  apiInvocationTime: 'timestamp',
  isDeleted: 'boolean',
  isHard: 'boolean',
  isOnline: 'boolean',
  isOffline: 'boolean',
  epoch: 'integer',
  expiresAt: 'timestamp',
  provenance: 'string',
};

/** A file of an export, named relative to the folder of its group. */
export interface FileFacts {
  readonly path: string;
  readonly rows: number;
  /** SHA-256 (hex) of the bytes. */
  readonly sha256: string;
}

/** The content of the definition file of an exported group. */
export interface GroupFile {
  readonly format: typeof historyFormat;
  readonly formatVersion: typeof historyFormatVersion;
  readonly group: string;
  readonly partition: HistoryPartition;
  readonly columns: LineNames;
  readonly settings: GroupSettings;
  /** Milliseconds since 1970 UTC. */
  readonly settingsUpdatedAtMs: number;
  readonly versions: readonly Omit<GroupVersion, 'groupId'>[];
  readonly rows: number;
  readonly files: readonly FileFacts[];
  readonly quarantine?: FileFacts;
}

/** A column of a file: a feature under its own name. */
export interface FeatureColumn {
  readonly name: string;
  readonly type: FeatureType;
}

/** Every feature that any version has, beside the keys, in the order of first appearance. A name has one type for good. */
export function featureColumns(versions: readonly Pick<GroupVersion, 'group'>[]): readonly FeatureColumn[] {
  const columns = new Map<string, FeatureColumn>();
  for (const { group } of versions) {
    const slots = slotsOf(group);
    for (const { name, type } of group.definitions) if (slots.has(name)) columns.set(name, { name, type });
  }
  return [...columns.values()];
}

/** Names for the fields of a line that no feature of any version has; SQL names do not tell upper from lower case. */
export function lineNames(versions: readonly [GroupVersion, ...GroupVersion[]]): LineNames {
  const newest = versions.at(-1) ?? versions[0];
  const taken = new Set(featureColumns(versions).map(({ name }) => name.toLowerCase()));
  const free = (wanted: string): string => {
    let name = wanted;
    while (taken.has(name.toLowerCase())) name += '_';
    taken.add(name.toLowerCase());
    return name;
  };
  const keys = { recordId: free(newest.group.recordIdentifier), eventTime: free(newest.group.eventTime) };
  const others = Object.entries(preferredNames).map(([field, name]) => [field, free(name)] as const);
  return { ...keys, ...Object.fromEntries(others) } as LineNames;
}

const dayMs = 86_400_000;

/** Days since 1970 (UTC) of a time in milliseconds. */
export function dayOf(ms: number): number {
  return Math.floor(ms / dayMs);
}

/** `2020-01-31`; years before 0 and after 9999 have a sign and six digits (ISO 8601). */
export function dayText(day: number): string {
  return new Date(day * dayMs).toISOString().split('T')[0] ?? '';
}
