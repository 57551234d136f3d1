import type { FeatureDefinition, FeatureStore, Role, StoredGroup } from '../../../featurestore/index.js';
import type { FeaturesReply, GroupReply, GroupSummary, VersionSummary } from '../replies/store-reply.js';

/** Names that are listed of what a version added or took away. */
const mostNames = 20;

/** What the list of groups says of one. */
export function summaryOf(group: StoredGroup): GroupSummary {
  const roles: Partial<Record<Role, number>> = {};
  for (const { role } of group.definitions) roles[role] = (roles[role] ?? 0) + 1;
  const { name, version, recordCount, recordIdentifier, eventTime, settings, updatedAtMs } = group;
  return {
    name,
    version,
    records: recordCount,
    roles,
    columns: group.definitions.length,
    recordIdentifier,
    eventTime,
    settings,
    updatedAtMs,
  };
}

/** A group with its versions, each beside the one before. */
export async function groupOf(store: FeatureStore, name: string): Promise<GroupReply> {
  const group = await store.describeGroup(name);
  const versions: VersionSummary[] = [];
  let before: ReadonlySet<string> = new Set();
  for (let version = 1; version <= group.version; version++) {
    const { definitions, createdAtMs, settingsDigest } = await store.definition(name, version);
    const names = new Set(definitions.map((definition) => definition.name));
    const added = version === 1 ? [] : [...names].filter((one) => !before.has(one));
    const removed = [...before].filter((one) => !names.has(one));
    versions.unshift({
      version,
      createdAtMs,
      columns: definitions.length,
      settingsDigest,
      added: added.slice(0, mostNames),
      removed: removed.slice(0, mostNames),
      addedCount: added.length,
      removedCount: removed.length,
    });
    before = names;
  }
  return { group: summaryOf(group), versions };
}

/** Which definitions of a group are wanted. */
export interface FeatureWindow {
  readonly version: number | undefined;
  readonly from: number;
  readonly count: number;
  /** A part of the name, description or reference. */
  readonly search: string | undefined;
  readonly role: string | undefined;
}

/** Definitions that fit; the whole of them when no window is given. */
export async function definitionsOf(
  store: FeatureStore,
  group: string,
  { version, search, role }: Pick<FeatureWindow, 'version' | 'search' | 'role'>,
): Promise<{
  readonly version: number;
  readonly keys: readonly string[];
  readonly definitions: readonly FeatureDefinition[];
}> {
  const stored = await store.definition(group, version);
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const definitions = stored.definitions.filter((definition) => {
    if (role !== undefined && definition.role !== role) return false;
    const text = `${definition.name} ${definition.description} ${definition.reference ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return { version: stored.version, keys: [stored.recordIdentifier, stored.eventTime], definitions };
}

/**
 * One window of the definitions with the statistics of the latest records. Without a version the records of all versions count, with one
 * those that were written at it.
 */
export async function featuresOf(store: FeatureStore, group: string, window: FeatureWindow): Promise<FeaturesReply> {
  const { version, keys, definitions } = await definitionsOf(store, group, window);
  const shown = definitions.slice(window.from, window.from + window.count);
  const described = shown.map(({ name }) => name).filter((name) => !keys.includes(name));
  const only = window.version === undefined ? {} : { version: window.version };
  const statistics =
    described.length === 0
      ? []
      : await store.statistics(group, { features: described, bins: 12, top: 1, quantiles: [0.25, 0.5, 0.75], ...only });
  const byName = new Map(statistics.map((one) => [one.feature, one]));
  return {
    version,
    total: definitions.length,
    from: window.from,
    features: shown.map((definition) => ({ definition, statistics: byName.get(definition.name) ?? null })),
  };
}
