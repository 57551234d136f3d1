import type { ColumnSelector, DatasetSpec, FeatureDefinition, StoredGroup } from '../featurestore/contract/index.js';
import { trainingError } from './errors.js';
import type { Modality } from './modalities.js';
import type { TrainedRecipe } from './train-options.js';

/** The group that holds the outcome, and its columns. */
export const outcomeColumns = { group: 'clinical', timeDays: 'survival_time_days', event: 'survival_event' } as const;

/** The target of the reference solution, under a role that never enters X. */
const statusColumn = 'SurvivalStatus';

/**
 * What to join for a training. All recipes but `reference`: every patient who has a record in any of the modalities, feature columns only.
 * Reference recipe: everything joined onto the genomic patients, with the columns allowed that the reference solution fed in.
 * The outcome always comes from the clinical group, which need not be among the modalities.
 * @param groups the store's newest groups
 * @throws TrainingError TRAIN_GROUP_MISSING, TRAIN_COLUMN_MISSING, TRAIN_NO_FEATURES, TRAIN_REFERENCE_NEEDS_GENOMIC
 */
export function datasetSpecFor(
  modalities: readonly Modality[],
  recipe: TrainedRecipe,
  groups: readonly StoredGroup[],
): DatasetSpec {
  const outcome = groupNamed(outcomeColumns.group, groups);
  for (const column of [outcomeColumns.timeDays, outcomeColumns.event]) assertNumeric(outcome, column);
  const asked = modalities.map((name) => groupNamed(name, groups));
  if (asked.length === 0) throw trainingError('TRAIN_NO_FEATURES', modalities);
  const named = asked.map(({ name, version }) => ({ name, version }));
  if (recipe !== 'reference') return { groups: named, join: 'full', outcome: outcomeColumns };
  if (modalities[0] !== 'genomic') throw trainingError('TRAIN_REFERENCE_NEEDS_GENOMIC', modalities);
  const groupsOfReference = asked.map((group) => ({
    name: group.name,
    version: group.version,
    ...withoutOrdered(group),
  }));
  return { groups: groupsOfReference, join: 'left', outcome: outcomeColumns, allow: asked.flatMap(referenceExtras) };
}

/**
 * What to join for an evaluation: the columns of the default recipe, and beside them, under their own roles, those that the
 * reference solution fed in though they are no features, so that its inflated figure can be shown.
 * @param allow clinical columns asked for by name
 * @throws TrainingError as `datasetSpecFor`
 */
export function assessSpecFor(
  modalities: readonly Modality[],
  groups: readonly StoredGroup[],
  allow: readonly string[] = [],
): DatasetSpec {
  const spec = datasetSpecFor(modalities, 'default', groups);
  const clinical = groupNamed(outcomeColumns.group, groups);
  const leaky = modalities.includes('clinical') ? referenceExtras(clinical).map(({ feature }) => feature) : [];
  const named = [...new Set([...allow, ...leaky])].map((feature) => ({ group: outcomeColumns.group, feature }));
  return named.length === 0 ? spec : { ...spec, allow: named };
}

/** The reference solution knows one-hot columns only: the numbers of ordered categories are ours. */
function withoutOrdered({ definitions }: StoredGroup): { readonly features?: readonly string[] } {
  if (!definitions.some(({ name }) => isOrdered(name))) return {};
  const taken = definitions.filter(({ role }) => role === 'feature').filter(({ name }) => !isOrdered(name));
  return { features: taken.map(({ name }) => name) };
}

/** Whether a clinical column is the number that stands for a category with an order. */
export function isOrdered(name: string): boolean {
  return name.endsWith('_ordered');
}

/**
 * Columns of the clinical group that are no features but that the reference solution fed to its model: the time to death,
 * and every one-hot column (`<column>_<value>`): of treatments and recurrence, and of the spellings of "missing".
 */
function referenceExtras(group: StoredGroup): readonly ColumnSelector[] {
  if (group.name !== outcomeColumns.group) return [];
  return group.definitions
    .filter(isReferenceExtra)
    .map((definition) => ({ group: group.name, feature: definition.name }));
}

function isReferenceExtra(definition: FeatureDefinition): boolean {
  return definition.name === 'TimetoDeathdays' || isExtraOneHot(definition);
}

function isExtraOneHot({ name, type, role }: FeatureDefinition): boolean {
  const extra = role === 'post-baseline' || role === 'metadata';
  return extra && type === 'integer' && name.includes('_') && !name.startsWith(statusColumn);
}

function groupNamed(name: string, groups: readonly StoredGroup[]): StoredGroup {
  const found = groups.find((group) => group.name === name);
  if (found !== undefined) return found;
  throw trainingError(
    'TRAIN_GROUP_MISSING',
    name,
    groups.map((group) => group.name),
  );
}

function assertNumeric(group: StoredGroup, column: string): void {
  const definition = group.definitions.find(({ name }) => name === column);
  if (definition === undefined || definition.type === 'string') {
    throw trainingError('TRAIN_COLUMN_MISSING', group.name, column);
  }
}
