import { trainingError } from '../errors.js';
import { assertFiniteScores, assertLength, orderBy } from './input-checks.js';

/** Outcomes with the predicted probabilities; `weight` is 1 for all when left out. */
export interface WeightedOutcomes {
  /** Shape (n), true = died. */
  readonly dead: readonly boolean[];
  /** Shape (n), of death, in [0, 1]. */
  readonly probability: Float64Array;
  /** Shape (n), 0 or more: inverse probability of censoring, multiplicity in a resample. */
  readonly weight?: Float64Array;
}

/** How predicted probabilities relate to what happened. */
export interface Calibration {
  /** Coefficient of logit(probability) in a logistic regression of the outcome: 1 is right, below 1 too extreme. */
  readonly slope: number;
  /** Intercept with the slope fixed at 1 (calibration in the large): 0 is right, above 0 too few deaths predicted. */
  readonly intercept: number;
}

/** Probabilities of exactly 0 or 1 have no logit; they are taken as this close to it. */
const edge = 1e-12;

function logit(probability: number): number {
  const p = Math.min(1 - edge, Math.max(edge, probability));
  return Math.log(p / (1 - p));
}

/**
 * Logistic recalibration, by Newton's method.
 * @returns null when a regression has no finite solution (one class only, one probability only, classes apart)
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE
 * @see Van Calster et al., BMC Med 2019;17:230; Cox, Biometrika 1958;45:562-565
 */
export function calibrationOf(outcomes: WeightedOutcomes): Calibration | null {
  const { dead, probability } = outcomes;
  assertLength('probability', probability, dead.length);
  assertFiniteScores(probability);
  const x = probability.map(logit);
  const weight = outcomes.weight ?? new Float64Array(dead.length).fill(1);
  const joint = newtonLogistic(x, dead, weight, 'slope');
  const offset = newtonLogistic(x, dead, weight, 'offset');
  return joint === null || offset === null ? null : { slope: joint.slope, intercept: offset.intercept };
}

function newtonLogistic(x: Float64Array, dead: readonly boolean[], weight: Float64Array, kind: 'slope' | 'offset') {
  let intercept = 0;
  let slope = 1;
  for (let round = 0; round < 60; round++) {
    const { g0, g1, h00, h01, h11 } = derivatives(x, dead, weight, intercept, slope);
    const determinant = h00 * h11 - h01 * h01;
    const usable = kind === 'offset' ? h00 > 1e-12 : determinant > 1e-12 * Math.max(1, h00 * h11);
    if (!usable) return null;
    const step0 = kind === 'offset' ? g0 / h00 : (h11 * g0 - h01 * g1) / determinant;
    const step1 = kind === 'offset' ? 0 : (h00 * g1 - h01 * g0) / determinant;
    intercept += step0;
    slope += step1;
    if (!(Math.abs(intercept) < 1e4 && Math.abs(slope) < 1e4)) return null;
    if (Math.abs(step0) + Math.abs(step1) < 1e-13) break;
  }
  return { intercept, slope };
}

/** Gradient and curvature of the weighted log-likelihood of `intercept + slope x`. */
function derivatives(
  x: Float64Array,
  dead: readonly boolean[],
  weight: Float64Array,
  intercept: number,
  slope: number,
) {
  let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const w = weight[i] as number;
    const xi = x[i] as number;
    const p = 1 / (1 + Math.exp(-(intercept + slope * xi)));
    const residual = w * ((dead[i] ? 1 : 0) - p);
    const curvature = w * p * (1 - p);
    g0 += residual;
    g1 += residual * xi;
    h00 += curvature;
    h01 += curvature * xi;
    h11 += curvature * xi * xi;
  }
  return { g0, g1, h00, h01, h11 };
}

/** Points of a smoothed calibration curve, ascending by predicted probability. */
export interface CalibrationCurve {
  readonly predicted: readonly number[];
  readonly observed: readonly number[];
  /** Integrated calibration index: mean distance of curve and diagonal over the patients. */
  readonly ici: number;
}

/**
 * Calibration curve by local linear regression of the outcome on the predicted probability (tricube weights over the nearest
 * `span` of the patients, no robustness rounds), and its integrated calibration index.
 * @param span share of the patients in a neighbourhood, (0, 1]
 * @throws TrainingError TRAIN_LENGTHS_DIFFER, TRAIN_BAD_SCORE, TRAIN_ONE_CLASS for no patient
 * @see Austin & Steyerberg, Stat Med 2019;38:4051-4065; Cleveland, J Am Stat Assoc 1979;74:829-836
 */
export function calibrationCurve(outcomes: WeightedOutcomes, span = 0.75): CalibrationCurve {
  const { dead, probability } = outcomes;
  assertLength('probability', probability, dead.length);
  assertFiniteScores(probability);
  const weight = outcomes.weight ?? new Float64Array(dead.length).fill(1);
  const order = [...orderBy(probability, 'ascending')].filter((i) => (weight[i] as number) > 0);
  if (order.length === 0) throw trainingError('TRAIN_ONE_CLASS', 'A calibration curve', 0, 0);
  const x = order.map((i) => probability[i] as number);
  const y = order.map((i) => (dead[i] ? 1 : 0));
  const w = order.map((i) => weight[i] as number);
  const near = Math.max(2, Math.min(order.length, Math.ceil(span * order.length)));
  const observed = x.map((at) => Math.min(1, Math.max(0, localLine(x, y, w, at, near))));
  let [off, total] = [0, 0];
  for (const [k, value] of observed.entries()) {
    off += (w[k] as number) * Math.abs(value - (x[k] as number));
    total += w[k] as number;
  }
  return { predicted: x, observed, ici: off / total };
}

/** Weighted least-squares line through the nearest points, evaluated at `at`; their mean where they share one place. */
function localLine(x: readonly number[], y: readonly number[], w: readonly number[], at: number, near: number): number {
  const distances = x.map((value) => Math.abs(value - at)).sort((a, b) => a - b);
  const reach = distances[near - 1] as number;
  let [s, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  for (const [k, value] of x.entries()) {
    const d = value - at;
    const far = Math.abs(d);
    if (far > reach || (far === reach && reach > 0)) continue;
    const weight = (w[k] as number) * (reach === 0 ? 1 : (1 - (far / reach) ** 3) ** 3);
    s += weight;
    sx += weight * d;
    sy += weight * (y[k] as number);
    sxx += weight * d * d;
    sxy += weight * d * (y[k] as number);
  }
  const determinant = s * sxx - sx * sx;
  return determinant > 1e-12 * s * s ? (sxx * sy - sx * sxy) / determinant : sy / s;
}
