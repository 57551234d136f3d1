import type { FeatureDefinition, FeatureStore, StoredDataset } from '../../../featurestore/contract/index.js';
import { StudioError, studioErrors } from '../errors.js';
import type { DistributionReply, Standing, StandingReply } from '../replies/patient-reply.js';
import { unknownPatient } from './patient-records.js';
import { binsOf, placeOf } from './standing.js';

/** Size, form and density: what a reader of CT thinks of first. */
const firstOfImaging = [
  'original_shape_MeshVolume',
  'original_shape_Maximum3DDiameter',
  'original_shape_Sphericity',
  'original_firstorder_Mean',
];
const firstCount = 4;

/** A group's matrix with the row of one patient. */
interface PatientRow {
  readonly dataset: StoredDataset;
  readonly row: number;
  readonly definitions: ReadonlyMap<string, FeatureDefinition>;
}

/**
 * Each numeric feature of a group: the patient's value and its place among all patients.
 * @throws StudioError STUDIO_UNKNOWN_GROUP or STUDIO_UNKNOWN_PATIENT
 */
export async function standingOf(store: FeatureStore, group: string, id: string): Promise<StandingReply> {
  const found = await patientRow(store, group, id);
  const features = found.dataset.columns.map((_, column) => standing(found, column));
  return {
    group,
    version: found.dataset.columns[0]?.version ?? 0,
    patients: found.dataset.patientIds.length,
    features,
    first: firstFeatures(features),
  };
}

/**
 * How the values of one feature are spread, with the patient's own.
 * @throws StudioError STUDIO_UNKNOWN_GROUP, STUDIO_UNKNOWN_FEATURE or STUDIO_UNKNOWN_PATIENT
 */
export async function distributionOf(
  store: FeatureStore,
  group: string,
  feature: string,
  id: string,
): Promise<DistributionReply> {
  const found = await patientRow(store, group, id);
  const column = found.dataset.columns.findIndex((one) => one.feature === feature);
  if (column < 0) {
    throw new StudioError('STUDIO_UNKNOWN_FEATURE', studioErrors.STUDIO_UNKNOWN_FEATURE(group, feature));
  }
  return { ...standing(found, column), bins: binsOf(columnOf(found.dataset, column)) };
}

async function patientRow(store: FeatureStore, group: string, id: string): Promise<PatientRow> {
  const groups = await store.listGroups();
  const stored = groups.find(({ name }) => name === group);
  if (stored === undefined) {
    const names = groups.map(({ name }) => name);
    throw new StudioError('STUDIO_UNKNOWN_GROUP', studioErrors.STUDIO_UNKNOWN_GROUP(group, names));
  }
  const dataset = await store.dataset({ groups: [{ name: group }], join: 'left' });
  const row = dataset.patientIds.indexOf(id);
  if (row < 0) throw unknownPatient(id);
  return { dataset, row, definitions: new Map(stored.definitions.map((one) => [one.name, one])) };
}

function columnOf({ patientIds, columns, values }: StoredDataset, column: number): Float64Array {
  const p = columns.length;
  return Float64Array.from(patientIds, (_, i) => values[i * p + column] as number);
}

function standing({ dataset, row, definitions }: PatientRow, column: number): Standing {
  const { feature, unit } = dataset.columns[column] as (typeof dataset.columns)[number];
  const values = columnOf(dataset, column);
  const own = values[row] as number;
  return {
    feature,
    definition: definitions.get(feature)?.description ?? '',
    unit,
    value: Number.isFinite(own) ? own : null,
    ...placeOf(values, own),
  };
}

/** The known ones where the group has them, else those in which the patient is farthest from the middle. */
function firstFeatures(features: readonly Standing[]): readonly string[] {
  const known = firstOfImaging.filter((name) => features.some(({ feature }) => feature === name));
  if (known.length > 0) return known;
  const far = ({ percentile }: Standing) => (percentile === null ? -1 : Math.abs(percentile - 50));
  return features
    .toSorted((a, b) => far(b) - far(a))
    .slice(0, firstCount)
    .map(({ feature }) => feature);
}
