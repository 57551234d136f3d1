/** A log-likelihood as a function of the linear predictor; what coordinate descent needs of a model family. */
export interface Likelihood {
  readonly n: number;
  /** Whether an intercept is fitted (a Cox model has none: it would be in the baseline hazard). */
  readonly intercept: boolean;
  /**
   * @param eta       linear predictor, shape (n)
   * @param gradient  filled with the derivative of the log-likelihood, shape (n)
   * @param curvature filled with an upper bound of the negative second derivative that holds along every direction (so that
   *   each step cannot lower the penalised likelihood), shape (n)
   * @returns the log-likelihood
   */
  evaluate(eta: Float64Array, gradient: Float64Array, curvature: Float64Array): number;
}
