import { EPSILON } from './epsilon.js';
import { defineFamily, type FeatureRow } from './family.js';
import {
  crossEntropy,
  entropy,
  expectation,
  type Glcm,
  independentEntropy,
  jointExpectation,
  MarginalBuffers,
  withMarginals,
} from './glcm-marginals.js';
import { coOccurrences } from './glcm-matrix.js';
import { maximalCorrelation } from './maximal-correlation.js';

const ibsi = 'PyRadiomics 3.x, GLCM; IBSI reference manual (arXiv:1612.07003), section 3.6';
const haralick = 'Haralick et al., IEEE Trans Syst Man Cybern 1973;SMC-3:610-621';

type Compute = FeatureRow<Glcm>['compute'];
const row = (name: string, code: string, description: string, compute: Compute, unit = '1'): FeatureRow<Glcm> => ({
  name,
  reference: `IBSI:${code}`,
  unit,
  description,
  source: ibsi,
  compute,
});

/** Mean of a power of i + j, less its mean. */
const cluster =
  (power: (distance: number) => number): Compute =>
  (m) => {
    const middle = m.ux + m.uy;
    return expectation(m.sum, (k) => power(k - middle), m.sumFrom);
  };
const bit = 'bit';

/** i, j: grey levels of a pair of neighbours; p: their joint probability. Levels are bin numbers, without unit. */
const rows: readonly FeatureRow<Glcm>[] = [
  row('Autocorrelation', 'QWB0', 'Mean of i j', (m) => jointExpectation(m, (i, j) => i * j)),
  row('JointAverage', '60VM', 'Mean of i', (m) => m.ux),
  row(
    'ClusterProminence',
    'AE86',
    'Fourth central moment of i + j',
    cluster((d) => d * d * (d * d)),
  ),
  row(
    'ClusterShade',
    '7NFM',
    'Third central moment of i + j',
    cluster((d) => d * d * d),
  ),
  row(
    'ClusterTendency',
    'DG8W',
    'Second central moment of i + j',
    cluster((d) => d * d),
  ),
  row('Contrast', 'ACUI', 'Mean of (i - j)^2', (m) => expectation(m.difference, (k) => k * k)),
  row('Correlation', 'NI2N', 'Correlation of i and j; 1 when one of them does not vary', correlation),
  row('DifferenceAverage', 'TF7R', 'Mean of |i - j|', (m) => expectation(m.difference, (k) => k)),
  row('DifferenceEntropy', 'NTRS', 'Entropy of |i - j|', (m) => entropy(m.difference), bit),
  row('DifferenceVariance', 'D3YU', 'Variance of |i - j|', (m) => {
    const mean = expectation(m.difference, (k) => k);
    return expectation(m.difference, (k) => (k - mean) ** 2);
  }),
  row('JointEnergy', '8ZQL', 'Sum of p^2', sumOfSquares),
  row('JointEntropy', 'TU9B', 'Entropy of p', (m) => m.jointEntropy, bit),
  row(
    'Imc1',
    'R8DG',
    'Mutual information of i and j over the larger of their entropies, negative; 0 when both are 0',
    imc1,
  ),
  row('Imc2', 'JN9H', 'sqrt(1 - exp(-2 mutual information in bit)); 0 when i and j are independent', imc2),
  row('Idm', 'WF0Z', 'Mean of 1 / (1 + (i - j)^2)', (m) => expectation(m.difference, (k) => 1 / (1 + k * k))),
  {
    name: 'MCC',
    unit: '1',
    description: 'Maximal correlation coefficient; 1 when the region has one grey level',
    source: `${haralick}, f14; PyRadiomics 3.x, GLCM`,
    compute: (m) => (m.n < 2 ? 1 : maximalCorrelation(m)),
  },
  row('Idmn', '1QCO', 'Mean of 1 / (1 + ((i - j) / Ng)^2)', (m) =>
    expectation(m.difference, (k) => 1 / (1 + (k * k) / (m.highest * m.highest))),
  ),
  row('Id', 'IB1Z', 'Mean of 1 / (1 + |i - j|)', (m) => expectation(m.difference, (k) => 1 / (1 + k))),
  row('Idn', 'NDRX', 'Mean of 1 / (1 + |i - j| / Ng)', (m) =>
    expectation(m.difference, (k) => 1 / (1 + k / m.highest)),
  ),
  row('InverseVariance', 'E8JP', 'Mean of 1 / (i - j)^2 over pairs of different levels', (m) =>
    expectation(m.difference, (k) => (k === 0 ? 0 : 1 / (k * k))),
  ),
  row('MaximumProbability', 'GYBY', 'Largest p', (m) => {
    let most = 0;
    for (let k = 0; k < m.cellCount; k++) most = Math.max(most, m.cellValue[k] as number);
    return most;
  }),
  row('SumAverage', 'ZGXS', 'Mean of i + j', (m) => expectation(m.sum, (k) => k, m.sumFrom)),
  row('SumEntropy', 'P6QZ', 'Entropy of i + j', (m) => entropy(m.sum, m.sumFrom), bit),
  row('SumSquares', 'UR99', 'Variance of i', varianceOfRows),
];

export { rows as glcmRows };

/** Features of the co-occurrence of grey levels in neighbouring voxels, averaged over directions. */
export const glcmFamily = defineFamily<Glcm>({
  name: 'glcm',
  measures: 'intensity',
  rows,
  *contexts(roi, settings) {
    let buffers: MarginalBuffers | undefined;
    for (const matrix of coOccurrences(roi, settings)) {
      buffers ??= new MarginalBuffers(matrix.levels);
      yield withMarginals(matrix, buffers);
    }
  },
});

function sumOfSquares({ cellCount, cellValue }: Glcm): number {
  let total = 0;
  for (let k = 0; k < cellCount; k++) total += (cellValue[k] as number) ** 2;
  return total;
}

function variance(shares: Float64Array, levels: Float64Array, mean: number): number {
  let total = 0;
  for (let i = 0; i < shares.length; i++) total += (shares[i] as number) * ((levels[i] as number) - mean) ** 2;
  return total;
}

function varianceOfRows(m: Glcm): number {
  return variance(m.px, m.levels, m.ux);
}

function correlation(m: Glcm): number {
  const scale = Math.sqrt(varianceOfRows(m)) * Math.sqrt(variance(m.py, m.levels, m.uy));
  if (scale === 0) return 1;
  return jointExpectation(m, (i, j) => (i - m.ux) * (j - m.uy)) / (scale + EPSILON);
}

function imc1(m: Glcm): number {
  const larger = Math.max(entropy(m.px), entropy(m.py));
  return larger === 0 ? 0 : (m.jointEntropy - crossEntropy(m)) / larger;
}

/** Mutual information cannot be negative; when rounding makes it so (independent levels) the value is 0, not NaN. */
function imc2(m: Glcm): number {
  return Math.sqrt(Math.max(0, 1 - Math.exp(-2 * (independentEntropy(m) - m.jointEntropy))));
}
