import type { FeatureDefinition, FeatureGroup } from '../contract/index.js';
import { storeError } from '../errors.js';

/** One version of a group. */
export interface GroupVersion {
  readonly groupId: number;
  readonly version: number;
  readonly createdAtMs: number;
  readonly group: FeatureGroup;
}

/** The version with the same definitions (order included), keys and settings digest, the newest when there are several. */
export function findSameVersion(group: FeatureGroup, versions: readonly GroupVersion[]): GroupVersion | undefined {
  const wanted = fingerprint(group);
  return versions.findLast((v) => fingerprint(v.group) === wanted);
}

function fingerprint(group: FeatureGroup): string {
  return JSON.stringify([
    group.recordIdentifier,
    group.eventTime,
    group.settingsDigest,
    group.definitions.map((d) => [d.name, d.type, d.unit, d.description, d.role, d.reference ?? null]),
  ]);
}

/**
 * A feature keeps its meaning for as long as it keeps its name: type, unit and role must be those of the newest version that has it.
 * @throws StoreError STORE_GROUP_CHANGED listing the differences
 */
export function checkUnchangedMeaning(group: FeatureGroup, versions: readonly GroupVersion[]): void {
  const known = new Map<string, { readonly definition: FeatureDefinition; readonly version: number }>();
  for (const { group: stored, version } of versions) {
    for (const definition of stored.definitions) known.set(definition.name, { definition, version });
  }
  const changes: string[] = [];
  let version = 0;
  for (const now of group.definitions) {
    const before = known.get(now.name);
    if (before === undefined) continue;
    for (const part of ['type', 'unit', 'role'] as const) {
      const was = before.definition[part];
      if (was === now[part]) continue;
      changes.push(`${part} of "${now.name}" was "${was}" and is now "${now[part]}"`);
      version = Math.max(version, before.version);
    }
  }
  if (changes.length === 0) return;
  const shown = changes.slice(0, 5).join(', ');
  const rest = changes.length > 5 ? ` and ${changes.length - 5} more` : '';
  throw storeError('STORE_GROUP_CHANGED', group.name, version, shown + rest);
}
