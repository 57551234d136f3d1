/** A record by feature name; missing is null, NaN or absent. */
export type InputRecord = Readonly<Record<string, number | null>>;

/** The answer for one record. */
export interface Prediction {
  /** Probability of death. */
  readonly probability: number;
  /** 1 = dead, 0 = alive, by the bundle's threshold. */
  readonly label: 0 | 1;
  /** Raw inputs that were missing and therefore imputed, by feature name. */
  readonly imputed: readonly string[];
  /** Inputs outside the range seen in training, by feature name. */
  readonly outOfRange: readonly string[];
}

/** The fitted chain as a function. Pure and synchronous; safe to share. */
export interface Predictor {
  readonly modelId: string;
  /** Names of the raw inputs, in the model's order. */
  readonly featureNames: readonly string[];
  /**
   * Predicts for rows of raw features.
   * @param rows row-major, shape (n x featureNames.length), NaN = missing
   */
  predictRows(rows: Float64Array): readonly Prediction[];
  /** Names of the principal components that the booster takes, in its order; empty when it takes columns. */
  readonly componentNames: readonly string[];
  /**
   * Predicts for rows that are principal components already: what the fitted steps would make of raw features.
   * @param rows row-major, shape (n x componentNames.length)
   */
  predictComponents(rows: Float64Array): readonly Prediction[];
  /** @throws PredictError naming the record, the column and the reason (unknown column, not a number) */
  predictRecords(records: readonly InputRecord[]): readonly Prediction[];
}
