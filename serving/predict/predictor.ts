/** A record by feature name; missing is null, NaN or absent. */
export type InputRecord = Readonly<Record<string, number | null>>;

/** The answer for one record. */
export interface Prediction {
  /**
   * The answer as one number, as XGBoost gives it: the probability of death; for survival over time the hazard ratio exp(risk),
   * or the expected days exp(-risk) where the model is one of time.
   */
  readonly score: number;
  /** Probability of death; null for survival over time. */
  readonly probability: number | null;
  /** 1 = dead, 0 = alive, by the bundle's threshold; null for survival over time. */
  readonly label: 0 | 1 | null;
  /** Before the link: log-odds of death, logarithm of the hazard ratio, or -ln(days). Higher is worse. */
  readonly risk: number;
  /** Name of the risk group; null where the bundle has none. */
  readonly riskGroup: string | null;
  /** Days from surgery that half of such patients survive; null where the model cannot say, or that is beyond what it saw. */
  readonly medianSurvivalDays: number | null;
  /** Raw inputs that were missing and therefore imputed, by feature name. */
  readonly imputed: readonly string[];
  /** Inputs outside the range seen in training, by feature name. */
  readonly outOfRange: readonly string[];
}

/** Survival of one patient; shapes (times). */
export interface SurvivalCurve {
  /** Days from surgery, ascending. */
  readonly timeDays: readonly number[];
  /** Probability of being alive after that many days. */
  readonly survival: readonly number[];
}

/** What one answer is made of: `expected` + all contributions = `risk`. */
export interface Contributions {
  readonly risk: number;
  /** The risk that the model expects of nobody in particular. */
  readonly expected: number;
  /** Shape (featureNames.length): what each raw column adds to the risk. */
  readonly byFeature: Float64Array;
  /** The same, summed over the columns of each modality (feature group). */
  readonly byModality: Readonly<Record<string, number>>;
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
  /** Names of the principal components that the model takes, in its order; empty when it takes columns, or is several models. */
  readonly componentNames: readonly string[];
  /**
   * Predicts for rows that are principal components already: what the fitted steps would make of raw features.
   * @param rows row-major, shape (n x componentNames.length)
   */
  predictComponents(rows: Float64Array): readonly Prediction[];
  /** @throws PredictError naming the record, the column and the reason (unknown column, not a number) */
  predictRecords(records: readonly InputRecord[]): readonly Prediction[];
  /**
   * What the answers for rows of raw features are made of: TreeSHAP values of trees, coefficient x value of linear models,
   * taken back through components to the raw columns.
   * @param rows row-major, shape (n x featureNames.length), NaN = missing
   * @throws PredictError PREDICT_NO_CONTRIBUTIONS when the booster does not hold what they are computed from
   */
  explainRows(rows: Float64Array): readonly Contributions[];
  /**
   * Survival over time of a patient with this risk; null when the model predicts no survival over time or came without the
   * baseline hazard.
   * @param timeDays days from surgery; when left out, the days at which the curve steps, or up to 4 times the median
   */
  survivalCurve(risk: number, timeDays?: readonly number[]): SurvivalCurve | null;
}
