import type { Estimate } from '../bundle/index.js';
import { TrainingError, trainingError } from '../errors.js';
import { accuracy, brierScore, confusionMatrix, f1Weighted, prAuc, precision, recall } from './classification.js';
import { harrellC } from './concordance.js';
import { countTrue } from './input-checks.js';
import { seededDraw } from './random.js';
import { rocAuc } from './roc.js';

/** Predictions with what happened; arrays of shape (n). */
export interface ScoredSample {
  /** true = died. */
  readonly dead: readonly boolean[];
  /** Probability of death, finite. */
  readonly probability: Float64Array;
  /** Days from surgery to death or last contact; NaN when unknown. */
  readonly timeDays: Float64Array;
}

const decisions = (sample: ScoredSample, threshold: number) =>
  confusionMatrix(sample.dead, sample.probability, threshold);

/** Every metric as a row: what it computes from a sample and a threshold. All but `brier` rise with quality. */
export const metrics = {
  rocAuc: (s: ScoredSample) => rocAuc(s.dead, s.probability),
  prAuc: (s: ScoredSample) => prAuc(s.dead, s.probability),
  brier: (s: ScoredSample) => brierScore(s.dead, s.probability),
  accuracy: (s: ScoredSample, threshold: number) => accuracy(decisions(s, threshold)),
  f1Weighted: (s: ScoredSample, threshold: number) => f1Weighted(decisions(s, threshold)),
  precision: (s: ScoredSample, threshold: number) => precision(decisions(s, threshold)),
  recall: (s: ScoredSample, threshold: number) => recall(decisions(s, threshold)),
  harrellC: (s: ScoredSample) => harrellOfKnownTimes(s),
} as const;

export type MetricName = keyof typeof metrics;

/** A metric that cannot be computed from the sample (no comparable pair) is left out. */
export type Estimates = Readonly<Partial<Record<MetricName, Estimate>>>;

/** How intervals are drawn. */
export interface BootstrapOptions {
  readonly threshold: number;
  readonly seed: number;
  readonly resamples: number;
  /** Factor on the distance of both bounds from the value (see `crossValidationWidening`); 1 when left out. */
  readonly widening?: number;
}

/**
 * How much wider than a bootstrap of patients the interval of a cross-validated score must be: the models of a
 * cross-validation share most of their training patients, so their errors go together, and the variance of the mean over
 * K folds is about (1/K + 1/(K - 1)) s2 instead of s2/K (corrected resampled variance; a test part is 1/(K - 1) of its
 * training part).
 * @param folds K, 2 or more
 * @see Nadeau & Bengio, Mach Learn 2003;52:239-281
 */
export function crossValidationWidening(folds: number): number {
  return Math.sqrt(1 + folds / (folds - 1));
}

/**
 * Metrics with percentile bootstrap 95 % intervals: patients are drawn with replacement, and the 2.5 % and 97.5 %
 * quantiles (linear between order statistics) of the metric over the resamples bound the interval. A resample with one
 * class only is drawn again; one from which a single metric is undefined is skipped for that metric. The predictions are
 * taken as given: what another training would have predicted enters only through `widening`. Bounds stay within [0, 1], as
 * all metrics do.
 * @throws TrainingError TRAIN_ONE_CLASS when the sample itself has one class only
 * @see Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13
 */
export function estimateMetrics(sample: ScoredSample, options: BootstrapOptions): Estimates {
  const deaths = countTrue(sample.dead);
  if (deaths === 0 || deaths === sample.dead.length) {
    throw trainingError('TRAIN_ONE_CLASS', 'The evaluation', deaths, sample.dead.length);
  }
  const resamples = drawResamples(sample, options);
  const estimates: Partial<Record<MetricName, Estimate>> = {};
  for (const name of Object.keys(metrics) as MetricName[]) {
    const value = measure(name, sample, options.threshold);
    if (value === null) continue;
    const drawn = resamples.map((resample) => measure(name, resample, options.threshold));
    const known = Float64Array.from(drawn.filter((x) => x !== null)).sort();
    const away = (bound: number) => Math.min(1, Math.max(0, value + (options.widening ?? 1) * (bound - value)));
    estimates[name] = { value, low: away(quantile(known, 0.025)), high: away(quantile(known, 0.975)) };
  }
  return estimates;
}

/**
 * The sample as a model without any input would score it: everybody gets the same probability, so the decision is the
 * majority class and every ranking is chance.
 * @param deathRate probability of death given to all
 */
export function majorityBaseline(sample: ScoredSample, deathRate: number): ScoredSample {
  return { ...sample, probability: new Float64Array(sample.dead.length).fill(deathRate) };
}

function harrellOfKnownTimes(sample: ScoredSample): number {
  const known: number[] = [];
  for (let i = 0; i < sample.dead.length; i++) if (!Number.isNaN(sample.timeDays[i])) known.push(i);
  const { dead, probability, timeDays } = known.length < sample.dead.length ? pick(sample, known) : sample;
  return harrellC(timeDays, dead, probability);
}

function measure(name: MetricName, sample: ScoredSample, threshold: number): number | null {
  try {
    return metrics[name](sample, threshold);
  } catch (error) {
    if (error instanceof TrainingError && error.code === 'TRAIN_NO_COMPARABLE_PAIR') return null;
    throw error;
  }
}

function drawResamples(sample: ScoredSample, options: BootstrapOptions): readonly ScoredSample[] {
  const n = sample.dead.length;
  const draw = seededDraw(options.seed, 'bootstrap');
  const resamples: ScoredSample[] = [];
  const rows = new Int32Array(n);
  while (resamples.length < options.resamples) {
    for (let k = 0; k < n; k++) rows[k] = draw(n);
    const resample = pick(sample, rows);
    const deaths = countTrue(resample.dead);
    if (deaths > 0 && deaths < n) resamples.push(resample);
  }
  return resamples;
}

function pick(sample: ScoredSample, rows: ArrayLike<number>): ScoredSample {
  const dead: boolean[] = [];
  const probability = new Float64Array(rows.length);
  const timeDays = new Float64Array(rows.length);
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number;
    dead.push(sample.dead[row] === true);
    probability[k] = sample.probability[row] as number;
    timeDays[k] = sample.timeDays[row] as number;
  }
  return { dead, probability, timeDays };
}

/** Quantile of ascending values, linear between order statistics (Hyndman & Fan's type 7). */
function quantile(ascending: Float64Array, share: number): number {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const low = ascending[below] as number;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] as number;
  return low + (position - below) * (high - low);
}
