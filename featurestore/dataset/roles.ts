import type { ColumnSelector, DatasetSpec, FeatureDefinition, Role } from '../contract/index.js';
import { storeError } from '../errors.js';
import type { GroupVersion } from '../groups/group-version.js';
import { nearestNames } from './nearest.js';

/** What of one joined group enters the matrix. */
export interface ChosenColumns {
  readonly stored: GroupVersion;
  /** In the order of the group's definitions. */
  readonly taken: readonly FeatureDefinition[];
  readonly excluded: readonly (ColumnSelector & { readonly role: Role })[];
}

/**
 * Numeric columns with role `feature`, and those that `allow` names. With `features`, only these (and the allowed ones);
 * a listed column whose role keeps it out stays out and is among the excluded.
 * The record id is not among the excluded: it is the patient id of the dataset.
 * @throws StoreError STORE_UNKNOWN_FEATURE for a column that does not exist, STORE_NOT_NUMERIC for a text column asked for by name
 */
export function chooseColumns(
  stored: GroupVersion,
  wanted: DatasetSpec['groups'][number],
  allow: readonly ColumnSelector[],
): ChosenColumns {
  const { group } = stored;
  const allowed = new Set(allow.filter((a) => a.group === group.name).map((a) => a.feature));
  checkNamedColumns(stored, wanted.features ?? [], allowed);
  const listed = wanted.features === undefined ? undefined : new Set(wanted.features);
  const taken: FeatureDefinition[] = [];
  const excluded: (ColumnSelector & { readonly role: Role })[] = [];
  for (const definition of group.definitions) {
    const { name, role, type } = definition;
    if (allowed.has(name)) taken.push(definition);
    else if (role !== 'feature' || type === 'string') {
      if (name !== group.recordIdentifier) excluded.push({ group: group.name, feature: name, role });
    } else if (listed === undefined || listed.has(name)) taken.push(definition);
  }
  return { stored, taken, excluded };
}

function checkNamedColumns(stored: GroupVersion, listed: readonly string[], allowed: ReadonlySet<string>): void {
  for (const name of [...allowed, ...listed]) {
    const definition = findDefinition(stored, name);
    const enters = allowed.has(name) || definition.role === 'feature';
    if (enters && definition.type === 'string') throw storeError('STORE_NOT_NUMERIC', stored.group.name, name);
  }
}

/** @throws StoreError STORE_UNKNOWN_FEATURE with the nearest names */
export function findDefinition({ group, version }: GroupVersion, name: string): FeatureDefinition {
  const definition = group.definitions.find((d) => d.name === name);
  if (definition !== undefined) return definition;
  const known = group.definitions.map((d) => d.name);
  throw storeError('STORE_UNKNOWN_FEATURE', group.name, version, name, nearestNames(name, known));
}
