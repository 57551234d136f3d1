import type { ModelColumn } from '../bundle/index.js';
import { type ExplanationSummary, summariseExplanation } from '../explain/index.js';
import type { NestedEvaluation } from './report-data.js';

/** Contributions of made-up columns: a few strong ones, some values missing. Their sums are right. */
export function madeUpExplanation(
  columns: readonly ModelColumn[],
  patientIds: readonly string[],
  normal: () => number,
): ExplanationSummary {
  const [n, p] = [patientIds.length, columns.length];
  const rows = Float64Array.from({ length: n * p }, (_, k) => (k % 23 === 0 ? Number.NaN : normal()));
  const weight = columns.map((_, j) => (j % 5 === 0 ? 0.3 / (1 + j / 5) : 0.01) * (j % 2 === 0 ? 1 : -1));
  const contributions = rows.map((value, k) => (Number.isNaN(value) ? 0.02 : value) * (weight[k % p] as number));
  const expected = -0.62;
  const margin = Float64Array.from({ length: n }, (_, i) =>
    contributions.subarray(i * p, (i + 1) * p).reduce((sum, x) => sum + x, expected),
  );
  return summariseExplanation(
    { expected, contributions, margin },
    columns,
    { rows, n, p },
    patientIds,
    'log-odds of death',
  );
}

const between = (value: number, half: number) => ({ value, low: value - half, high: value + half });
const scores = (c: number, auc: number) => ({
  harrellC: between(c, 0.07),
  rocAuc: between(auc, 0.08),
  brier: between(0.2, 0.03),
});

/** Numbers of a nested cross-validation that never was. */
export const madeUpNested: NestedEvaluation = {
  task: 'survival',
  dataset: { patients: 119, events: 42, features: 56 },
  evaluation:
    'Nested cross-validation: 5 stratified folds, 5 repeats, 5 inner folds; everything fitted inside the fold.',
  metrics: scores(0.68, 0.7),
  baselines: { kaplanMeier: scores(0.5, 0.5), stageOnly: scores(0.63, 0.62), reference: scores(0.6, 0.61) },
  subsets: {
    genomic: { patients: 117, events: 41, metrics: scores(0.58, 0.57) },
    clinical: { patients: 119, events: 42, metrics: scores(0.67, 0.69) },
    'genomic-clinical': { patients: 119, events: 42, metrics: scores(0.66, 0.68) },
  },
  comparison: {
    harrellC: { value: 0.08, low: 0.01, high: 0.15, pValue: 0.03 },
    rocAuc: { value: 0.09, low: -0.01, high: 0.19, pValue: 0.07 },
  },
  warnings: [],
};
