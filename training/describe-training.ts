import type { Dataset } from '../featurestore/contract/index.js';
import type { Estimates } from './evaluate/index.js';
import type { ReportData } from './report/report-data.js';
import type { Sample } from './sample.js';
import type { TrainOptions } from './train-options.js';

/**
 * The patients and columns of a training, for the report.
 * @param unusable positions of columns that training dropped
 */
export function describeSample(dataset: Dataset, sample: Sample, unusable: readonly number[]): ReportData['dataset'] {
  const rows = sample.patientIds.map((_, i) => i);
  const complete = completePatients(sample);
  return {
    digest: dataset.digest,
    patients: rows.length,
    events: sample.dead.filter(Boolean).length,
    features: sample.columns.length,
    complete,
    incomplete: rows.length - complete,
    perModality: sample.modalities.map((name, g) => ({
      name,
      patients: rows.filter((i) => hasRecord(sample, i, g)).length,
      features: sample.columns.filter((column) => column.group === name).length,
    })),
    leftOut: sample.leftOut,
    unusable: unusable.map((j) => sample.columns[j]?.feature ?? ''),
  };
}

function hasRecord(sample: Sample, row: number, group: number): boolean {
  return sample.present[row * sample.modalities.length + group] === 1;
}

/** How many patients have a record in every modality. */
function completePatients(sample: Sample): number {
  return sample.patientIds.filter((_, i) => sample.modalities.every((_name, g) => hasRecord(sample, i, g))).length;
}

/** Whoever lacks a modality gets the same filled-in values as the others who do, and who lacks it is rarely chance. */
export function incompleteWarning(sample: Sample): readonly string[] {
  const patients = sample.patientIds.length;
  const incomplete = patients - completePatients(sample);
  if (incomplete === 0) return [];
  return [
    `${incomplete} of ${patients} patients have no record in some modality; its columns are filled in alike for all of them, so ` +
      'the model can tell them apart, and part of its score may be about who was examined where.',
  ];
}

/** Columns of any role but `feature` that a person let in, and modalities nobody has. */
export function personsChoices(dataset: Dataset, options: TrainOptions): readonly string[] {
  const groups = dataset.spec.groups.length;
  const empty = dataset.spec.groups.filter(
    (_, g) => !dataset.present.some((flag, k) => k % groups === g && flag === 1),
  );
  const allowed = dataset.columns.filter((column) => column.role !== 'feature').map((column) => column.feature);
  return [
    ...empty.map(({ name }) => `No patient of the dataset has a record in the group ${name}.`),
    ...(options.recipe !== 'reference' && allowed.length > 0
      ? [
          `Columns that are no features are inputs of this model because they were asked for by name: ${allowed.join(', ')}.`,
        ]
      : []),
  ];
}

/** Columns that were kept out, with their roles. */
export function excludedOf(dataset: Dataset): ReportData['excluded'] {
  const seen = new Map(dataset.excluded.map(({ feature, role }) => [`${feature}\n${role}`, { column: feature, role }]));
  return [...seen.values()];
}

/** Groups whose values the model has seen: its modalities and the outcome's. */
export function lineageOf({ groups, modalities }: TrainOptions) {
  return groups
    .filter(({ name }) => name === 'clinical' || modalities.some((modality) => modality === name))
    .map(({ name, version, settingsDigest }) => ({ name, version, settingsDigest }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Estimates without those that are not defined. */
export function given(estimates: Estimates): ReportData['metrics'] {
  return Object.fromEntries(Object.entries(estimates));
}
