import type { FeatureStore, StoredGroup } from '../../../featurestore/index.js';
import { runGroupName } from '../../../training/index.js';

/** The pipelines' own groups, in the order in which people name them. */
const usualOrder = ['genomic', 'clinical', 'imaging'];

/** Titles of the pipelines' own groups; other groups are called by their names. */
export function groupTitle(name: string): string {
  return { genomic: 'Genes', clinical: 'Clinical', imaging: 'Imaging features' }[name] ?? name;
}

/** The groups about patients: those whose records are named as the pipelines name them. The pipelines' own come first. */
export async function patientGroups(store: FeatureStore): Promise<readonly StoredGroup[]> {
  const groups = (await store.listGroups()).filter(({ name }) => name !== runGroupName);
  const own = groups.filter(({ name }) => usualOrder.includes(name));
  const identifiers = new Set(own.map(({ recordIdentifier }) => recordIdentifier));
  const others = groups.filter(
    ({ name, recordIdentifier }) =>
      !usualOrder.includes(name) && (own.length === 0 || identifiers.has(recordIdentifier)),
  );
  return [...own.sort((a, b) => usualOrder.indexOf(a.name) - usualOrder.indexOf(b.name)), ...others];
}

/** A name within SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Ids of the group's latest records. */
export async function recordIds(store: FeatureStore, group: StoredGroup): Promise<readonly string[]> {
  const id = quoted(group.recordIdentifier);
  const { rows } = await store.query(`SELECT ${id} FROM ${quoted(group.name)} ORDER BY ${id}`);
  return rows.map(([value]) => String(value));
}
