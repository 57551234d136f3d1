/** How a metric is called on the page, and which way is better. */
export interface MetricText {
  readonly label: string;
  readonly better: 'higher' | 'lower' | 'neither';
}

/** In the order of the page. */
export const metricTexts: Readonly<Record<string, MetricText>> = {
  rocAuc: { label: 'Area under the ROC curve', better: 'higher' },
  prAuc: { label: 'Area under the precision-recall curve', better: 'higher' },
  dynamicAuc: { label: 'Cumulative/dynamic AUC', better: 'higher' },
  integratedBrier: { label: 'Integrated Brier score (lower is better)', better: 'lower' },
  brier: { label: 'Brier score (lower is better)', better: 'lower' },
  logLoss: { label: 'Logarithmic loss (lower is better)', better: 'lower' },
  accuracy: { label: 'Accuracy', better: 'higher' },
  f1Weighted: { label: 'F1, weighted by class', better: 'higher' },
  precision: { label: 'Precision (of those called dead)', better: 'higher' },
  recall: { label: 'Recall (of those who died)', better: 'higher' },
  harrellC: { label: "Harrell's concordance with survival time", better: 'higher' },
  unoC: { label: "Uno's concordance with survival time", better: 'higher' },
  calibrationSlope: { label: 'Calibration slope (1 is right)', better: 'neither' },
  calibrationIntercept: { label: 'Calibration intercept (0 is right)', better: 'neither' },
  ici: { label: 'Integrated calibration index (lower is better)', better: 'lower' },
};
