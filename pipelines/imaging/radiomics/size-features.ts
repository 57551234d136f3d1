import { EPSILON } from './epsilon.js';
import type { FeatureRow } from './family.js';
import type { Marginal, SizeMatrix } from './size-counts.js';

type Compute = FeatureRow<SizeMatrix>['compute'];

/** Mean over all counts of f(level, size). */
function mean(m: SizeMatrix, f: (level: number, size: number) => number): number {
  let sum = 0;
  for (let k = 0; k < m.count.length; k++) {
    sum += (m.count[k] as number) * f(m.level[k] as number, m.size[k] as number);
  }
  return sum / m.total;
}

function sumOfSquares({ count }: Marginal): number {
  let sum = 0;
  for (let k = 0; k < count.length; k++) sum += (count[k] as number) ** 2;
  return sum;
}

function variance({ value, count }: Marginal, total: number): number {
  let centre = 0;
  for (let k = 0; k < count.length; k++) centre += ((count[k] as number) / total) * (value[k] as number);
  let sum = 0;
  for (let k = 0; k < count.length; k++) sum += ((count[k] as number) / total) * ((value[k] as number) - centre) ** 2;
  return sum;
}

function entropy(m: SizeMatrix): number {
  let sum = 0;
  for (let k = 0; k < m.count.length; k++) {
    const p = (m.count[k] as number) / m.total;
    sum -= p * Math.log2(p + EPSILON);
  }
  return sum;
}

/**
 * The formulas that run lengths, zone sizes, zone distances and dependences share; what a "size" is depends on the matrix.
 * i: grey level, j: size, N: number of runs, zones or voxels counted.
 * @see IBSI reference manual (arXiv:1612.07003), sections 3.7 to 3.9 and 3.11: the same formulas under other names
 */
export const sizeFormulas = {
  smallSizes: { definition: 'Mean of 1 / j^2', compute: (m) => mean(m, (_i, j) => 1 / (j * j)) },
  largeSizes: { definition: 'Mean of j^2', compute: (m) => mean(m, (_i, j) => j * j) },
  lowLevels: { definition: 'Mean of 1 / i^2', compute: (m) => mean(m, (i) => 1 / (i * i)) },
  highLevels: { definition: 'Mean of i^2', compute: (m) => mean(m, (i) => i * i) },
  smallSizesLowLevels: {
    definition: 'Mean of 1 / (i^2 j^2)',
    compute: (m) => mean(m, (i, j) => 1 / (i * i * (j * j))),
  },
  smallSizesHighLevels: { definition: 'Mean of i^2 / j^2', compute: (m) => mean(m, (i, j) => (i * i) / (j * j)) },
  largeSizesLowLevels: { definition: 'Mean of j^2 / i^2', compute: (m) => mean(m, (i, j) => (j * j) / (i * i)) },
  largeSizesHighLevels: { definition: 'Mean of i^2 j^2', compute: (m) => mean(m, (i, j) => i * i * (j * j)) },
  levelNonUniformity: {
    definition: 'Sum over i of (count of i)^2, over N',
    compute: (m) => sumOfSquares(m.byLevel) / m.total,
  },
  levelNonUniformityNormalised: {
    definition: 'Sum over i of (count of i)^2, over N^2',
    compute: (m) => sumOfSquares(m.byLevel) / m.total ** 2,
  },
  sizeNonUniformity: {
    definition: 'Sum over j of (count of j)^2, over N',
    compute: (m) => sumOfSquares(m.bySize) / m.total,
  },
  sizeNonUniformityNormalised: {
    definition: 'Sum over j of (count of j)^2, over N^2',
    compute: (m) => sumOfSquares(m.bySize) / m.total ** 2,
  },
  percentage: { definition: 'N over the number of voxels', compute: (m) => m.total / m.voxels },
  levelVariance: { definition: 'Variance of i', compute: (m) => variance(m.byLevel, m.total) },
  sizeVariance: { definition: 'Variance of j', compute: (m) => variance(m.bySize, m.total) },
  entropy: { definition: 'Entropy of the joint distribution of i and j', compute: entropy },
  energy: {
    definition: 'Sum of squared shares of (i, j)',
    compute: (m) => m.count.reduce((sum, c) => sum + (c / m.total) ** 2, 0),
  },
} as const satisfies Record<string, { definition: string; compute: Compute }>;

export type SizeFormula = keyof typeof sizeFormulas;

/** A feature of a size matrix: its name, the formula it follows and its IBSI code, or null where IBSI has none. */
export type SizeFeature = readonly [name: string, formula: SizeFormula, code: string | null];

/**
 * Feature rows of one class of size matrices.
 * @param size what j stands for, for the descriptions: `run length`
 * @param source where the formulas come from
 */
export function sizeFeatureRows(
  features: readonly SizeFeature[],
  size: string,
  source: string,
): readonly FeatureRow<SizeMatrix>[] {
  return features.map(([name, formula, code]) => {
    const { definition, compute } = sizeFormulas[formula];
    return {
      name,
      ...(code === null ? {} : { reference: `IBSI:${code}` }),
      unit: formula === 'entropy' ? 'bit' : '1',
      description: `${definition} (i: grey level, j: ${size})`,
      source,
      compute,
    };
  });
}
