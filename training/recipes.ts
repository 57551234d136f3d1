import type { DatasetColumn } from '../featurestore/contract/index.js';
import type { StepPlan } from './prepare/index.js';
import type { BoosterParameters } from './xgboost/index.js';

/** Names of the fixed chains of PCA and XGBoost: ours, and the published template's. */
export const recipeNames = ['components', 'reference'] as const;
export type RecipeName = (typeof recipeNames)[number];

/** What a recipe fits: the steps before the booster and the booster's settings. */
export interface Recipe {
  readonly plan: (columns: readonly DatasetColumn[]) => readonly StepPlan[];
  /** @param deathRate share of deaths in the rows that are fitted on */
  readonly booster: (deathRate: number) => BoosterParameters;
  readonly rounds: number;
  /** Probability at or above which the answer is "dead". */
  readonly threshold: number;
}

/** How scores are estimated: part of a result, so written here once. */
export const evaluationSettings = { folds: 5, repeats: 3, holdoutShare: 0.2, resamples: 1000 } as const;

/** Below this many deaths an interval is so wide that a warning travels with the model. */
export const fewDeaths = 50;

export const recipes: Readonly<Record<RecipeName, Recipe>> = {
  /** Shallow trees, slow learning and draws of rows and columns, since there are fewer patients than columns. */
  components: {
    plan: (columns) => [
      { kind: 'log1p', at: columns.flatMap((column, j) => (column.group === 'genomic' ? [j] : [])) },
      { kind: 'impute', with: 'median' },
      { kind: 'select' },
      { kind: 'scale' },
      { kind: 'pca', varianceShare: 0.95 },
    ],
    booster: (deathRate) => ({
      objective: 'binary:logistic',
      eta: 0.05,
      maxDepth: 2,
      minChildWeight: 1,
      subsample: 0.7,
      columnSampleByTree: 0.5,
      lambda: 1,
      baseScore: deathRate,
      treeMethod: 'exact',
    }),
    rounds: 100,
    threshold: 0.5,
  },
  /**
   * The template's settings. Its "all else default" was the XGBoost of 2022, whose defaults for the tree method and the
   * first guess were those named here; newer versions have others.
   */
  reference: {
    plan: () => [{ kind: 'impute', with: 'zero' }, { kind: 'scale' }, { kind: 'pca', varianceShare: 0.95 }],
    booster: () => ({ objective: 'reg:logistic', eta: 0.1, baseScore: 0.5, treeMethod: 'exact' }),
    rounds: 10,
    threshold: 0.5,
  },
};
