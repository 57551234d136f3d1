import type { MatrixBackend } from '../compute/index.js';
import { fitPca, type PcaFit, type PcaSolver, projectOnComponents, rowsFromScores } from '../pca/index.js';

/** A matrix with scikit-learn's answers. */
export interface SolverCase {
  readonly name: string;
  readonly n: number;
  readonly p: number;
  readonly values: readonly number[];
  readonly rank: number;
  readonly explainedVariance: readonly number[];
  readonly components: readonly (readonly number[])[];
  readonly half: number;
  readonly reconstructionOfHalf: readonly number[];
}

/** How far a fit is from scikit-learn's. */
export interface Disagreement {
  readonly rank: number;
  /** Largest difference of a variance over the largest variance. */
  readonly variance: number;
  /** Sine of the largest angle between the spaces of the leading components, over all cuts where the variances differ. */
  readonly angle: number;
  /** Largest difference of a reconstructed value from half of the components, over the largest value; 0 where the cut is not unique. */
  readonly reconstruction: number;
}

/** Fits a case with all its components, and with half of them. */
export function disagreement(reference: SolverCase, solver: PcaSolver, backend: MatrixBackend): Disagreement {
  const { n, p, rank, half } = reference;
  const matrix = { rows: Float64Array.from(reference.values), n, p };
  const fit = fitPca(matrix, { components: rank }, { solver, backend });
  const part = fitPca(matrix, { components: half }, { solver, backend });
  const largest = reference.explainedVariance[0] as number;
  const off = fit.explainedVariance.map((v, k) => Math.abs(v - (reference.explainedVariance[k] as number)) / largest);
  const peak = Math.max(...reference.values.map(Math.abs));
  const rows = rowsFromScores(part, projectOnComponents(part, matrix));
  const unique = isCut(reference, half);
  return {
    rank: fit.rank,
    variance: Math.max(...off),
    angle: Math.max(...cuts(reference).map((count) => sineOfAngle(fit, reference.components, count))),
    reconstruction: unique
      ? Math.max(...rows.map((v, i) => Math.abs(v - (reference.reconstructionOfHalf[i] as number)))) / peak
      : 0,
  };
}

/** Numbers of leading components whose space is determined: the next variance is clearly smaller. */
function cuts(reference: SolverCase): readonly number[] {
  return reference.components.map((_, k) => k + 1).filter((count) => isCut(reference, count));
}

function isCut({ explainedVariance, rank }: SolverCase, count: number): boolean {
  const next = count < rank ? (explainedVariance[count] as number) : 0;
  return (explainedVariance[count - 1] as number) - next > 1e-3 * (explainedVariance[0] as number);
}

/** The largest part of a reference component that lies outside the space of the first `count` found ones. */
function sineOfAngle(fit: PcaFit, reference: readonly (readonly number[])[], count: number): number {
  const sines = reference.slice(0, count).map((wanted) => {
    const left = Float64Array.from(wanted);
    for (const found of fit.components.slice(0, count)) {
      const along = found.reduce((sum, value, j) => sum + value * (left[j] as number), 0);
      for (const [j, value] of found.entries()) left[j] = (left[j] as number) - along * value;
    }
    return Math.hypot(...left);
  });
  return Math.max(...sines);
}
