import type { RowMatrix } from '../bundle/index.js';
import type { Sample } from '../sample.js';
import type { LibrarySource, ModelPart } from './fitted-model.js';
import type { Preparation } from './preparation.js';
import type { Task } from './task.js';

/** What every fit of one model shares. */
export interface FitContext {
  readonly task: Task;
  /** Whole number; decides the inner folds and the booster's draws. */
  readonly seed: number;
  readonly library: LibrarySource;
}

/** Prepared rows with what happened to them. */
export interface TrainingRows {
  readonly sample: Sample;
  /** Positions of the rows in the sample. */
  readonly rows: readonly number[];
  readonly inputs: RowMatrix;
  /** Name of the raw column behind each input; null where inputs are components. */
  readonly names: readonly string[] | null;
}

/**
 * A way to fit, as a row of the table: what happens to the columns, and how some candidates (values of its settings) are
 * fitted on prepared rows. The inner cross-validation, which is the same for all, chooses the candidate and the scale.
 */
export interface Learner<Candidate> {
  readonly preparation: Preparation;
  /** In the order of preference between candidates that are as good: the simplest first. */
  readonly candidates: readonly Candidate[];
  /** Candidates of one trial lie on one path (of penalties, of rounds); all are one trial when left out. */
  readonly trialOf?: (candidate: Candidate) => number;
  /**
   * Which candidate of a trial: the first within one standard error of the trial's best, or the best. Of the trials, the one
   * whose candidate has the best score.
   */
  readonly choice: 'simplest-as-good' | 'best';
  /** Whether the worse half of the trials is given up after each inner fold; else every candidate is tried on all. */
  readonly halving?: boolean;
  /** Whether a high margin means a high risk (not so where the margin is a logarithm of time). */
  readonly higherIsWorse: boolean;
  /**
   * Margins of other rows by each candidate (in their order), fitted on the training rows alone.
   * @param inputs rows behind the same steps
   */
  margins(
    training: TrainingRows,
    candidates: readonly Candidate[],
    inputs: RowMatrix,
    context: FitContext,
  ): readonly Float64Array[];
  /** The model of one candidate. */
  refit(training: TrainingRows, candidate: Candidate, context: FitContext): ModelPart;
  /** The candidate for people. */
  describe(candidate: Candidate): Readonly<Record<string, number | string>>;
}
