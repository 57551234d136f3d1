import type { Dataset } from '../../contract/index.js';

/** A dataset as JSON: the matrix as a list of rows; JSON has no NaN, so missing is null. */
export function datasetDocument(dataset: Dataset): object {
  const { patientIds, columns, values, outcomes, present, ...rest } = dataset;
  const width = columns.length;
  const groups = dataset.spec.groups.length;
  return {
    ...rest,
    patientIds,
    columns,
    values: patientIds.map((_, row) => Array.from(values.subarray(row * width, (row + 1) * width))),
    outcomes,
    present: patientIds.map((_, row) => Array.from(present.subarray(row * groups, (row + 1) * groups))),
  };
}
