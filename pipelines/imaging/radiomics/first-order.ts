import type { Discretisation } from '../settings/settings.js';
import { EPSILON } from './epsilon.js';
import { defineFamily, type FeatureRow } from './family.js';
import { insideLevels } from './grey-levels.js';
import { insideValues, type Roi } from './roi.js';
import {
  type Moments,
  meanAbsoluteDeviation,
  momentsOf,
  percentile,
  robustMeanAbsoluteDeviation,
} from './value-statistics.js';

/** What first-order features are read off. */
export interface Intensities extends Moments {
  /** Ascending; shape (n). */
  readonly sorted: Float64Array;
  /** Share of each occurring grey level. */
  readonly shares: Float64Array;
  /** Sum of (value + voxelArrayShift)^2. */
  readonly energy: number;
  readonly voxelVolume: number;
}

const source = 'PyRadiomics 3.x, first order; IBSI reference manual (arXiv:1612.07003), section 3.3';

type Row = FeatureRow<Intensities>;
const row = (
  name: string,
  reference: string | null,
  unit: string,
  description: string,
  compute: Row['compute'],
): Row => ({
  name,
  ...(reference === null ? {} : { reference: `IBSI:${reference}` }),
  unit,
  description,
  source,
  compute,
});

const rows: readonly Row[] = [
  row('10Percentile', 'QG58', 'HU', '10th percentile, linear interpolation', (v) => percentile(v.sorted, 10)),
  row('90Percentile', '8DWT', 'HU', '90th percentile, linear interpolation', (v) => percentile(v.sorted, 90)),
  row('Energy', 'N8CA', 'HU2', 'Sum of squared values (after adding voxelArrayShift)', (v) => v.energy),
  row('Entropy', 'TLU2', 'bit', 'Entropy of the histogram of grey levels', (v) => {
    let sum = 0;
    for (const p of v.shares) sum -= p * Math.log2(p + EPSILON);
    return sum;
  }),
  row(
    'InterquartileRange',
    'SALO',
    'HU',
    '75th minus 25th percentile',
    (v) => percentile(v.sorted, 75) - percentile(v.sorted, 25),
  ),
  row(
    'Kurtosis',
    'IPH6',
    '1',
    'Fourth standardised moment, not reduced by 3 (IBSI: excess); 0 when all values are equal',
    (v) => (v.m2 === 0 ? 0 : v.m4 / v.m2 ** 2),
  ),
  row('Maximum', '84IY', 'HU', 'Largest value', (v) => v.sorted[v.sorted.length - 1] as number),
  row('MeanAbsoluteDeviation', '4FUA', 'HU', 'Mean distance from the mean', (v) =>
    meanAbsoluteDeviation(v.sorted, 0, v.sorted.length, v.mean),
  ),
  row('Mean', 'Q4LE', 'HU', 'Mean value', (v) => v.mean),
  row('Median', 'Y12H', 'HU', 'Median value', (v) => percentile(v.sorted, 50)),
  row('Minimum', '1GSF', 'HU', 'Smallest value', (v) => v.sorted[0] as number),
  row(
    'Range',
    '2OJQ',
    'HU',
    'Largest minus smallest value',
    (v) => (v.sorted[v.sorted.length - 1] as number) - (v.sorted[0] as number),
  ),
  row(
    'RobustMeanAbsoluteDeviation',
    '1128',
    'HU',
    'Mean distance from the mean among the values between the 10th and the 90th percentile',
    (v) => robustMeanAbsoluteDeviation(v.sorted),
  ),
  row('RootMeanSquared', '5ZWQ', 'HU', 'Root of the mean squared value (after adding voxelArrayShift)', (v) =>
    Math.sqrt(v.energy / v.sorted.length),
  ),
  row('Skewness', 'KE2A', '1', 'Third standardised moment; 0 when all values are equal', (v) =>
    v.m2 === 0 ? 0 : v.m3 / v.m2 ** 1.5,
  ),
  row('TotalEnergy', null, 'HU2.mm3', 'Energy times the volume of a voxel', (v) => v.energy * v.voxelVolume),
  row('Uniformity', 'BJ5W', '1', 'Sum of squared shares of the grey levels', (v) => {
    let sum = 0;
    for (const p of v.shares) sum += p * p;
    return sum;
  }),
  row('Variance', 'ECT3', 'HU2', 'Mean squared distance from the mean', (v) => v.m2),
  {
    ...row('StandardDeviation', null, 'HU', 'Root of the variance', (v) => Math.sqrt(v.m2)),
    onRequest: true,
  },
];

export { rows as firstOrderRows };

/** Features of the values alone; only Entropy and Uniformity depend on the discretisation. */
export const firstOrderFamily = defineFamily<Intensities>({
  name: 'firstorder',
  measures: 'intensity',
  rows,
  *contexts(roi, settings) {
    const values = insideValues(roi);
    const shares = levelShares(roi, settings.discretisation);
    const shift = settings.voxelArrayShift;
    let energy = 0;
    for (let i = 0; i < values.length; i++) energy += ((values[i] as number) + shift) ** 2;
    yield {
      ...momentsOf(values),
      shares,
      energy,
      voxelVolume: roi.spacing[0] * roi.spacing[1] * roi.spacing[2],
      sorted: values.sort(),
    };
  },
});

function levelShares(roi: Roi, rule: Discretisation): Float64Array {
  const { levels, highest } = insideLevels(roi, rule);
  const counts = new Float64Array(highest + 1);
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i] as number;
    counts[level] = (counts[level] as number) + 1;
  }
  return counts.filter((n) => n > 0).map((n) => n / levels.length);
}
