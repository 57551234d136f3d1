import { glcmRows } from '../../radiomics/glcm.js';
import { expectation, type Glcm, withMarginals } from '../../radiomics/glcm-marginals.js';
import { addPairs, toProbabilities } from '../../radiomics/glcm-matrix.js';
import { type IbsiRow, sharedFormula } from '../feature.js';
import { defineTextureFamily } from './texture-family.js';

type Compute = IbsiRow<Glcm>['compute'];

const row = (tag: string, id: string, name: string, compute: Compute, unit = '1'): IbsiRow<Glcm> => ({
  tag: `cm_${tag}`,
  id,
  name,
  unit,
  compute,
  undefinedWhen: 'no two voxels of the region are neighbours',
});
const shared = (tag: string, id: string, name: string, unit?: string) =>
  row(tag, id, name, sharedFormula(glcmRows, id), unit);

const sumVariance: Compute = (m) => {
  const mean = expectation(m.sum, (k) => k);
  return expectation(m.sum, (k) => (k - mean) ** 2);
};

/** Grey level co-occurrence matrix, symmetric. */
export const glcm = defineTextureFamily<Glcm>({
  prefix: 'cm',
  id: 'LFYI',
  name: 'Grey level co-occurrence matrix',
  directional: true,
  rows: [
    shared('joint_max', 'GYBY', 'Joint maximum'),
    shared('joint_avg', '60VM', 'Joint average'),
    shared('joint_var', 'UR99', 'Joint variance'),
    shared('joint_entr', 'TU9B', 'Joint entropy', 'bit'),
    shared('diff_avg', 'TF7R', 'Difference average'),
    shared('diff_var', 'D3YU', 'Difference variance'),
    shared('diff_entr', 'NTRS', 'Difference entropy', 'bit'),
    shared('sum_avg', 'ZGXS', 'Sum average'),
    row('sum_var', 'OEEB', 'Sum variance', sumVariance),
    shared('sum_entr', 'P6QZ', 'Sum entropy', 'bit'),
    shared('energy', '8ZQL', 'Angular second moment'),
    shared('contrast', 'ACUI', 'Contrast'),
    row('dissimilarity', '8S9J', 'Dissimilarity', sharedFormula(glcmRows, 'TF7R')),
    shared('inv_diff', 'IB1Z', 'Inverse difference'),
    shared('inv_diff_norm', 'NDRX', 'Normalised inverse difference'),
    shared('inv_diff_mom', 'WF0Z', 'Inverse difference moment'),
    shared('inv_diff_mom_norm', '1QCO', 'Normalised inverse difference moment'),
    shared('inv_var', 'E8JP', 'Inverse variance'),
    shared('corr', 'NI2N', 'Correlation'),
    shared('auto_corr', 'QWB0', 'Autocorrelation'),
    shared('clust_tend', 'DG8W', 'Cluster tendency'),
    shared('clust_shade', '7NFM', 'Cluster shade'),
    shared('clust_prom', 'AE86', 'Cluster prominence'),
    shared('info_corr1', 'R8DG', 'Information correlation 1'),
    shared('info_corr2', 'JN9H', 'Information correlation 2'),
  ],
  distances: ({ distance }) => [distance],
  prepare: (_region, grid) => {
    const n = grid.values.length;
    const p = new Float64Array(n * n);
    return (_grid, parts) => {
      p.fill(0);
      for (const { steps, voxels } of parts) for (const step of steps) addPairs(grid, step, 1, p, voxels);
      if (!toProbabilities(p, n, true)) return undefined;
      return withMarginals({ n, levels: grid.values, highest: grid.highest, p });
    };
  },
});
