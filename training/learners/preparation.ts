import type { DatasetColumn } from '../../featurestore/contract/index.js';
import { applySteps, type RowMatrix, type Step } from '../bundle/index.js';
import type { BackendChoice } from '../compute/index.js';
import { fitPcaWith, type PcaFit, type PcaSize } from '../pca/index.js';
import { fitSteps, type StepPlan } from '../prepare/index.js';
import { type Sample, takeRows } from '../sample.js';

/** Principal components of all columns together, of each modality on its own, or none. */
export type PcaPlan =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'joint' | 'per-modality';
      readonly size: PcaSize;
      /** Who computes it; chosen by size when left out. */
      readonly backend?: BackendChoice;
    };

/**
 * Which columns a model takes: `all`; `numbers`, which leaves out the one-hot columns of a category that has a place on a
 * scale (its number says the same with one coefficient); `one-hot`, which leaves out those numbers.
 */
export type ColumnChoice = 'all' | 'numbers' | 'one-hot';

/** What happens to the raw columns before the model. */
export interface Preparation {
  readonly columns: ColumnChoice;
  readonly pca: PcaPlan;
  /** `median` of the training rows, `zero`, or `none`: missing stays missing (trees; then no scaling and no PCA either). */
  readonly impute: 'median' | 'zero' | 'none';
  /** log(1 + x) of the genomic columns. */
  readonly logExpression: boolean;
  /** Leaves out columns with one value in the training rows. */
  readonly dropConstant: boolean;
}

/** Fitted steps and the rows they were fitted on behind the last of them. */
export interface Prepared {
  readonly steps: readonly Step[];
  readonly inputs: RowMatrix;
  /** Name of the raw column behind each input; null where inputs are components. */
  readonly names: readonly string[] | null;
}

const orderedSuffix = '_ordered';

/** Whether a column is the place of a category on its scale. */
export function isOrdered(name: string): boolean {
  return name.endsWith(orderedSuffix);
}

/** Positions of the columns that a choice keeps. */
export function chosenColumns(columns: readonly Pick<DatasetColumn, 'feature'>[], choice: ColumnChoice): number[] {
  const stems = columns.flatMap(({ feature }) =>
    isOrdered(feature) ? [`${feature.slice(0, -orderedSuffix.length)}_`] : [],
  );
  const keep: Readonly<Record<ColumnChoice, (name: string) => boolean>> = {
    all: () => true,
    numbers: (name) => isOrdered(name) || !stems.some((stem) => name.startsWith(stem)),
    'one-hot': (name) => !isOrdered(name),
  };
  return columns.flatMap(({ feature }, j) => (keep[choice](feature) ? [j] : []));
}

/**
 * Fits the steps on some rows of a sample; the other rows are not looked at.
 * @throws TrainingError of the steps and of the PCA
 */
export function prepare(sample: Sample, rows: readonly number[], preparation: Preparation): Prepared {
  const at = chosenColumns(sample.columns, preparation.columns);
  const raw = takeRows(sample.matrix, rows);
  const first: readonly Step[] = at.length === raw.p ? [] : [{ kind: 'select', at }];
  const chosen = applySteps(first, raw.rows, raw.n, raw.p);
  const columns = at.map((j) => sample.columns[j] as DatasetColumn);
  const names = columns.map(({ feature }) => feature);
  const fitted = fitSteps(planOf(columns, preparation), chosen, names);
  const steps = [...first, ...fitted.steps];
  if (preparation.pca.kind === 'none' || preparation.impute === 'none') {
    return { steps, inputs: fitted.output, names: fitted.usedColumns.map((j) => names[j] as string) };
  }
  const groups = fitted.usedColumns.map((j) => columns[j]?.group ?? '');
  const pca = pcaStep(fitted.output, groups, preparation.pca);
  const { output } = fitted;
  return { steps: [...steps, pca], inputs: applySteps([pca], output.rows, output.n, output.p), names: null };
}

function planOf(columns: readonly DatasetColumn[], preparation: Preparation): readonly StepPlan[] {
  const { impute, logExpression, dropConstant } = preparation;
  const genes = logExpression ? columns.flatMap(({ group }, j) => (group === 'genomic' ? [j] : [])) : [];
  return [
    ...(genes.length > 0 ? [{ kind: 'log1p', at: genes } as const] : []),
    ...(impute === 'none' ? [] : [{ kind: 'impute', with: impute } as const]),
    ...(dropConstant ? [{ kind: 'select' } as const] : []),
    ...(impute === 'none' ? [] : [{ kind: 'scale' } as const]),
  ];
}

/** One step for either kind: the components of a modality have loadings of 0 on the columns of the others. */
function pcaStep(inputs: RowMatrix, groups: readonly string[], plan: Exclude<PcaPlan, { kind: 'none' }>): Step {
  const blocks = plan.kind === 'joint' ? [groups.map((_, j) => j)] : columnsByGroup(groups);
  const fits = blocks.map((at) => ({
    at,
    fit: fitPcaWith(plan.backend ?? 'auto', takeColumns(inputs, at), sizeWithin(plan.size)),
  }));
  const total = fits.reduce((sum, { fit }) => sum + variance(fit), 0);
  const found = fits.flatMap(({ at, fit }) =>
    fit.components.slice(0, atMost(plan.size)).map((loadings, k) => {
      const spread = new Array<number>(inputs.p).fill(0);
      for (const [c, j] of at.entries()) spread[j] = loadings[c] as number;
      return { loadings: spread, share: (fit.explainedVariance[k] as number) / total };
    }),
  );
  const falling = found.map((component, k) => ({ ...component, k })).sort((a, b) => b.share - a.share || a.k - b.k);
  return {
    kind: 'pca',
    inputs: inputs.p,
    components: falling.map(({ loadings }) => loadings),
    explainedVarianceRatio: falling.map(({ share }) => share),
  };
}

/** A number of components is a wish: a fold or a modality may have a lower rank, so all are fitted and the first kept. */
function sizeWithin(size: PcaSize): PcaSize {
  return 'components' in size ? { varianceShare: 1 } : size;
}

function atMost(size: PcaSize): number | undefined {
  return 'components' in size ? size.components : undefined;
}

function variance(fit: PcaFit): number {
  return fit.explainedVariance.reduce((sum, value) => sum + value, 0);
}

function columnsByGroup(groups: readonly string[]): readonly (readonly number[])[] {
  return [...new Set(groups)].map((name) => groups.flatMap((group, j) => (group === name ? [j] : [])));
}

/** The columns of a matrix at these positions, in this order. */
export function takeColumns({ rows, n, p }: RowMatrix, at: readonly number[]): RowMatrix {
  const taken = new Float64Array(n * at.length);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < at.length; c++) taken[i * at.length + c] = rows[i * p + (at[c] as number)] as number;
  }
  return { rows: taken, n, p: at.length };
}
