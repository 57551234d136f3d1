import type { MetricReply } from '../../server/replies/runs-reply.js';

/** `0.815 (0.641 to 0.967)`; without an interval the value alone, a count as it is. */
export function intervalText(metric: MetricReply | null | undefined): string | null {
  if (metric === null || metric === undefined) return null;
  const { value, low, high } = metric;
  if (low === undefined || high === undefined) return Number.isInteger(value) ? String(value) : value.toFixed(3);
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** `2026-01-31 12:00:00`, UTC. */
export function timeText(at: number | string): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** Small p-values are not told to the last digit. */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** What metrics are called, in the words of the report. */
export const metricNames: Readonly<Record<string, string>> = {
  rocAuc: 'Area under the ROC curve',
  prAuc: 'Area under the precision-recall curve',
  dynamicAuc: 'Cumulative/dynamic AUC',
  integratedBrier: 'Integrated Brier score (lower is better)',
  brier: 'Brier score (lower is better)',
  logLoss: 'Logarithmic loss (lower is better)',
  accuracy: 'Accuracy',
  f1Weighted: 'F1, weighted by class',
  precision: 'Precision (of those called dead)',
  recall: 'Recall (of those who died)',
  harrellC: "Harrell's concordance with survival time",
  unoC: "Uno's concordance with survival time",
  calibrationSlope: 'Calibration slope (1 is right)',
  calibrationIntercept: 'Calibration intercept (0 is right)',
  ici: 'Integrated calibration index (lower is better)',
};
