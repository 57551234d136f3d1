import { stepsOf } from './directions.js';
import { defineFamily, type FeatureRow } from './family.js';
import { greyLevels } from './grey-levels.js';
import { addToneDifferences, noToneDifferences, type ToneDifferences } from './neighbourhoods.js';

/** What is read off a tone difference matrix: its levels that occur, their shares p and sums of differences s. */
export interface ToneMatrix {
  /** Levels with at least one voxel, ascending; shape (n). */
  readonly levels: Float64Array;
  /** Share of each; shape (n), sum 1. */
  readonly p: Float64Array;
  readonly s: Float64Array;
  /** Voxels that are counted. */
  readonly voxels: number;
  /** Sum of s. */
  readonly difference: number;
}

/** Leaves out levels without voxels. */
export function toneMatrix({ levels, counts, sums }: ToneDifferences): ToneMatrix {
  const kept = [...levels.keys()].filter((i) => (counts[i] as number) > 0);
  const pick = (from: Float64Array) => Float64Array.from(kept, (i) => from[i] as number);
  const voxels = counts.reduce((a, b) => a + b, 0);
  const s = pick(sums);
  return {
    levels: pick(levels),
    p: pick(counts).map((n) => n / voxels),
    s,
    voxels,
    difference: s.reduce((a, b) => a + b, 0),
  };
}

/** Sum over ordered pairs of different levels; `f` is the same for (i, j) and (j, i). */
function overPairs({ levels }: ToneMatrix, f: (i: number, j: number) => number): number {
  let sum = 0;
  for (let i = 1; i < levels.length; i++) for (let j = 0; j < i; j++) sum += f(i, j);
  return 2 * sum;
}

type Compute = FeatureRow<ToneMatrix>['compute'];

/** 1 over the mean difference; 1e6 where there is none. */
const coarseness: Compute = (m) => {
  const mean = meanDifference(m);
  return mean === 0 ? 1e6 : 1 / mean;
};

const contrast: Compute = (m) => {
  const n = m.levels.length;
  if (n < 2) return 0;
  const at = (k: number) => m.levels[k] as number;
  const spread = overPairs(m, (i, j) => (m.p[i] as number) * (m.p[j] as number) * (at(i) - at(j)) ** 2);
  return ((spread / (n * (n - 1))) * m.difference) / m.voxels;
};

const busyness: Compute = (m) => {
  const weighted = m.levels.map((level, k) => level * (m.p[k] as number));
  const range = overPairs(m, (i, j) => Math.abs((weighted[i] as number) - (weighted[j] as number)));
  return range === 0 ? 0 : meanDifference(m) / range;
};

const complexity: Compute = (m) => {
  const weighted = m.s.map((s, k) => s * (m.p[k] as number));
  const sum = overPairs(m, (i, j) => {
    const both = ((weighted[i] as number) + (weighted[j] as number)) / ((m.p[i] as number) + (m.p[j] as number));
    return ((m.levels[i] as number) - (m.levels[j] as number)) * both;
  });
  return sum / m.voxels;
};

const strength: Compute = (m) => {
  if (m.difference === 0) return 0;
  const at = (k: number) => m.levels[k] as number;
  return overPairs(m, (i, j) => ((m.p[i] as number) + (m.p[j] as number)) * (at(i) - at(j)) ** 2) / m.difference;
};

/** Sum of p s. */
function meanDifference(m: ToneMatrix): number {
  return m.p.reduce((sum, p, k) => sum + p * (m.s[k] as number), 0);
}

const row = (name: string, code: string, description: string, compute: Compute): FeatureRow<ToneMatrix> => ({
  name,
  reference: `IBSI:${code}`,
  unit: '1',
  description,
  source: 'PyRadiomics 3.x, NGTDM; IBSI reference manual (arXiv:1612.07003), section 3.10',
  compute,
});

/** Rows over a tone difference matrix; i, j run over the n levels that occur, N is the number of voxels. */
export const toneFeatureRows: readonly FeatureRow<ToneMatrix>[] = [
  row(
    'Busyness',
    'NQ30',
    'Sum of p s over the sum of |i p(i) - j p(j)|; 0 when the region has one grey level',
    busyness,
  ),
  row('Coarseness', 'QCDE', '1 over the sum of p s; 1000000 when that sum is 0', coarseness),
  row('Complexity', 'HDEZ', 'Sum of |i - j| (p(i) s(i) + p(j) s(j)) / (p(i) + p(j)), over N', complexity),
  row(
    'Contrast',
    '65HE',
    'Sum of p(i) p(j) (i - j)^2 over n (n - 1), times the sum of s over N; 0 when the region has one grey level',
    contrast,
  ),
  row('Strength', '1X9X', 'Sum of (p(i) + p(j)) (i - j)^2 over the sum of s; 0 when that sum is 0', strength),
];

/** Features of the difference between a voxel and the mean of its neighbours. */
export const ngtdmFamily = defineFamily<ToneMatrix>({
  name: 'ngtdm',
  measures: 'intensity',
  rows: toneFeatureRows,
  *contexts(roi, settings) {
    const grid = greyLevels(roi, settings);
    const found = noToneDifferences(grid);
    const steps = stepsOf(roi, settings.distances, settings);
    addToneDifferences(grid, steps, 'count', found);
    yield toneMatrix(found);
  },
});
