import type { DatasetColumn } from '../featurestore/contract/index.js';
import { applySteps, type ModelColumn, type RowMatrix, type Step } from './bundle/index.js';
import type { FittedSteps } from './prepare/index.js';
import type { ReportData } from './report/report-data.js';

/** A column as it travels with a model. */
export function modelColumn({ group, version, feature, role, unit }: DatasetColumn): ModelColumn {
  return { group, version, feature, role, unit };
}

/** Smallest and largest known value per column; null where there is none. */
export function rangesOf(matrix: RowMatrix): readonly (readonly [number, number] | null)[] {
  return Array.from({ length: matrix.p }, (_, j) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < matrix.n; i++) {
      const value = matrix.rows[i * matrix.p + j] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return low <= high ? ([low, high] as const) : null;
  });
}

/** Names of what the booster sees: `PC1` …, or the columns that are left without a PCA. */
export function boosterInputNames(fitted: FittedSteps, columns: readonly ModelColumn[]): readonly string[] {
  const pca = fitted.steps.find((step): step is Extract<Step, { kind: 'pca' }> => step.kind === 'pca');
  if (pca !== undefined) return pca.components.map((_, k) => `PC${k + 1}`);
  return fitted.usedColumns.map((j) => columns[j]?.feature ?? '');
}

/** What the report draws of the PCA; null without one. */
export function describePca(fitted: FittedSteps, columns: readonly ModelColumn[]): ReportData['pca'] {
  if (fitted.pca === undefined) return null;
  const { input, fit } = fitted.pca;
  const firstTwo = fit.components.slice(0, 2);
  const step = { kind: 'pca', inputs: input.p, components: firstTwo, explainedVarianceRatio: [] } as const;
  const scores = applySteps([step], input.rows, input.n, input.p);
  return {
    columns: fitted.usedColumns.map((j) => columns[j] as ModelColumn),
    components: fit.components.slice(0, fit.kept),
    explainedVarianceRatio: fit.explainedVarianceRatio.slice(0, fit.kept),
    allExplainedVarianceRatio: fit.explainedVarianceRatio,
    correlations: Array.from({ length: input.p }, (_, j) => {
      const along = (k: number) => (k < firstTwo.length ? correlation(input, j, scores, k) : 0);
      return [along(0), along(1)] as const;
    }),
  };
}

/** Pearson's correlation of two columns; 0 when one of them does not vary. */
function correlation(a: RowMatrix, columnA: number, b: RowMatrix, columnB: number): number {
  let sumA = 0;
  let sumB = 0;
  for (let i = 0; i < a.n; i++) {
    sumA += a.rows[i * a.p + columnA] as number;
    sumB += b.rows[i * b.p + columnB] as number;
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.n; i++) {
    const x = (a.rows[i * a.p + columnA] as number) - sumA / a.n;
    const y = (b.rows[i * b.p + columnB] as number) - sumB / b.n;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))) : 0;
}
