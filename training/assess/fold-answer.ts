import {
  deathBy,
  type FittedModel,
  type LibrarySource,
  marginsOf,
  probabilitiesOf,
  risksOf,
} from '../learners/index.js';
import { type Sample, takeRows } from '../sample.js';

/** What a fitted model says of the patients it never saw. */
export interface FoldAnswer {
  /** Higher = worse. */
  readonly risk: Float64Array;
  /**
   * Probability of death: when last seen or by the horizon, shape (n); by each time of a survival model, row-major
   * (n x times). NaN where the model gives none.
   */
  readonly probability: Float64Array;
}

/** @param timesDays at which a survival model is asked; empty for the other tasks */
export function answerOf(
  model: FittedModel,
  sample: Sample,
  test: readonly number[],
  timesDays: readonly number[],
  library: LibrarySource,
): FoldAnswer {
  const { output } = model;
  const risk = risksOf(output, marginsOf(model, takeRows(sample.matrix, test), library));
  if (output.kind === 'hazard') return { risk, probability: deathBy(output.baseline, risk, timesDays) };
  const probability = probabilitiesOf(risk);
  // A probability of being dead when last seen says nothing of when.
  return {
    risk,
    probability:
      timesDays.length === 0 ? probability : new Float64Array(test.length * timesDays.length).fill(Number.NaN),
  };
}
