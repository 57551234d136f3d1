import type { Estimates, ScoredSample } from './evaluate/index.js';
import type { FittedModel } from './fit.js';
import type { Sample } from './sample.js';

/** What a recipe hands to the result: the model, how it scored and on whom. */
export interface RecipeOutcome {
  /** Who took part. */
  readonly sample: Sample;
  readonly model: FittedModel;
  /** Positions of the patients that the model's steps were fitted on. */
  readonly trainedRows: readonly number[];
  /** Positions of the patients in `scored`, in its order. */
  readonly scoredRows: readonly number[];
  /** Predictions by models that never saw the patient. */
  readonly scored: ScoredSample;
  readonly metrics: Estimates;
  readonly baseline: Estimates;
  readonly holdout: Estimates | null;
  readonly warnings: readonly string[];
  /** How `metrics` were estimated. */
  readonly evaluation: string;
}
