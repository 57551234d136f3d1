import type { RowMatrix } from '../bundle/index.js';
import { assertLength } from '../evaluate/input-checks.js';
import type { Likelihood } from './likelihood.js';
import { rotate } from './rotation.js';

/** Penalty `lambda (l1Share |b| + (1 - l1Share) / 2 b^2)` beside the mean negative log-likelihood. */
export interface ElasticNetOptions {
  /** 0 = ridge, 1 = lasso. */
  readonly l1Share: number;
  /** Penalties, each fitted from the solution of the one before it; largest first is fastest. */
  readonly lambdas: readonly number[];
  /** No penalty on negative coefficients but none allowed (weights of a stack). */
  readonly nonNegative?: boolean;
  /** Largest change of any linear predictor at which the search stops. */
  readonly tolerance?: number;
  readonly maxRounds?: number;
}

/** Columns from which a ridge is fitted in rotated coordinates. */
const rotatedFrom = 8;

/** A linear predictor: intercept + sum of coefficient x input. */
export interface LinearFit {
  readonly lambda: number;
  readonly intercept: number;
  /** Shape (p). */
  readonly coefficients: Float64Array;
}

/**
 * Fits an elastic net by coordinate descent: the log-likelihood is bounded below by a parabola in the linear predictor, the
 * penalised parabola is climbed coordinate by coordinate, and the bound is drawn again, until nothing moves. Columns should
 * be standardised: the penalty treats all alike.
 * @param x shape (n x p), finite
 * @returns one fit per lambda, in their order
 * @throws TrainingError TRAIN_LENGTHS_DIFFER
 * @see Simon et al., J Stat Softw 2011;39(5):1-13; Böhning & Lindsay, Ann Inst Stat Math 1988;40:641-663
 */
export function fitElasticNet(x: RowMatrix, likelihood: Likelihood, options: ElasticNetOptions): readonly LinearFit[] {
  assertLength('The outcome', { length: likelihood.n }, x.n);
  if (options.l1Share === 0 && options.nonNegative !== true && x.p >= rotatedFrom) {
    const { scores, coefficientsOf } = rotate(x);
    return descend(scores, likelihood, options).map((fit) => ({
      ...fit,
      coefficients: coefficientsOf(fit.coefficients),
    }));
  }
  return descend(x, likelihood, options);
}

function descend(x: RowMatrix, likelihood: Likelihood, options: ElasticNetOptions): readonly LinearFit[] {
  const state = startOf(x, likelihood);
  return options.lambdas.map((lambda) => {
    climb(state, likelihood, lambda, options);
    return { lambda, intercept: state.intercept, coefficients: state.coefficients.slice() };
  });
}

interface Descent {
  readonly n: number;
  readonly p: number;
  /** Column-major, so that a coordinate's inputs lie together. */
  readonly columns: Float64Array;
  readonly coefficients: Float64Array;
  readonly eta: Float64Array;
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
  /** Gradient of the parabola at the present coefficients, kept while they move. */
  readonly slope: Float64Array;
  readonly scale: Float64Array;
  /** Largest input of each column by magnitude: a step times it is the most that a linear predictor moves. */
  readonly reach: Float64Array;
  /** Whether a coordinate is looked at in every sweep, or only in the first of a round (its coefficient is 0). */
  readonly active: Uint8Array;
  intercept: number;
}

function startOf({ rows, n, p }: RowMatrix, likelihood: Likelihood): Descent {
  const columns = new Float64Array(n * p);
  const reach = new Float64Array(p);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < p; j++) {
      const value = rows[i * p + j] as number;
      columns[j * n + i] = value;
      reach[j] = Math.max(reach[j] as number, Math.abs(value));
    }
  }
  const vector = (length: number) => new Float64Array(length);
  const [coefficients, eta, gradient, curvature] = [vector(p), vector(n), vector(n), vector(n)];
  likelihood.evaluate(eta, gradient, curvature);
  const active = new Uint8Array(p).fill(1);
  const [slope, scale] = [vector(n), vector(p)];
  return { n, p, columns, coefficients, eta, gradient, curvature, slope, scale, reach, active, intercept: 0 };
}

function climb(state: Descent, likelihood: Likelihood, lambda: number, options: ElasticNetOptions): void {
  const { tolerance = 1e-6, maxRounds = 2000 } = options;
  const { n, p, columns, eta, gradient, curvature, slope, scale } = state;
  for (let round = 0; round < maxRounds; round++) {
    likelihood.evaluate(eta, gradient, curvature);
    for (let j = 0; j < p; j++) {
      let sum = 0;
      const start = j * n;
      for (let i = 0; i < n; i++) {
        const value = columns[start + i] as number;
        sum += (curvature[i] as number) * value * value;
      }
      scale[j] = sum;
    }
    slope.set(gradient);
    let moved = 0;
    for (let sweep = 0; sweep < 50; sweep++) {
      const change = sweepOnce(state, likelihood, lambda, options, sweep === 0);
      moved = Math.max(moved, change);
      if (change < tolerance / 3) break;
    }
    if (moved < tolerance) return;
  }
}

/** One pass over the coordinates; answers how far one of them moved the linear predictor at most. */
function sweepOnce(
  state: Descent,
  likelihood: Likelihood,
  lambda: number,
  options: ElasticNetOptions,
  everyColumn: boolean,
): number {
  const { n, p, columns, coefficients, eta, curvature, slope, scale, reach, active } = state;
  const l1 = n * lambda * options.l1Share;
  const l2 = n * lambda * (1 - options.l1Share);
  let most = likelihood.intercept ? stepIntercept(state) : 0;
  for (let j = 0; j < p; j++) {
    if (!everyColumn && active[j] === 0) continue;
    const start = j * n;
    const before = coefficients[j] as number;
    const bend = scale[j] as number;
    if (bend + l2 <= 0) continue;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (slope[i] as number) * (columns[start + i] as number);
    const after = threshold(sum + bend * before, l1, options.nonNegative === true) / (bend + l2);
    const step = after - before;
    active[j] = after === 0 ? 0 : 1;
    if (step === 0) continue;
    coefficients[j] = after;
    for (let i = 0; i < n; i++) {
      const change = step * (columns[start + i] as number);
      eta[i] = (eta[i] as number) + change;
      slope[i] = (slope[i] as number) - (curvature[i] as number) * change;
    }
    most = Math.max(most, Math.abs(step) * (reach[j] as number));
  }
  return most;
}

function threshold(value: number, l1: number, nonNegative: boolean): number {
  if (value > l1) return value - l1;
  return value < -l1 && !nonNegative ? value + l1 : 0;
}

function stepIntercept(state: Descent): number {
  const { n, eta, curvature, slope } = state;
  let [sum, bend] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum += slope[i] as number;
    bend += curvature[i] as number;
  }
  if (bend === 0) return 0;
  const step = sum / bend;
  state.intercept += step;
  for (let i = 0; i < n; i++) {
    eta[i] = (eta[i] as number) + step;
    slope[i] = (slope[i] as number) - (curvature[i] as number) * step;
  }
  return Math.abs(step);
}

/** Linear predictors of the rows of a matrix, shape (n). */
export function linearPredictor(fit: LinearFit, { rows, n, p }: RowMatrix): Float64Array {
  assertLength('The matrix', { length: p }, fit.coefficients.length);
  const eta = new Float64Array(n).fill(fit.intercept);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < p; j++) sum += (rows[i * p + j] as number) * (fit.coefficients[j] as number);
    eta[i] = (eta[i] as number) + sum;
  }
  return eta;
}
